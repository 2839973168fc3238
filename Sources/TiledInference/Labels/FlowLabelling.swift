internal import ModelPackages

/// `cellposeFlows`: pixels that flow to the same place are an object.
///
/// The network gives a flow along (z,) y and x, five times as long as unit vectors that lead to the middle of the object, and a value
/// that is high inside objects. Pixels above `cellThreshold` move along the flow; places where many end are objects; in images, objects
/// whose own flow differs too much from the network's go; holes are filled and small objects go. With `stitchThreshold`, a stack
/// is labelled plane by plane, and objects of neighbouring planes that overlap become one.
/// Source: Stringer et al. 2021, Cellpose; agrees with cellpose 4.0.8, whose defaults these are.
public struct FlowLabelling: Sendable, Equatable {
    /// The output that is read.
    public var source = OutputSource()
    /// The channels of the flows along (z,) y and x and of the value that is high inside, counted from 0; `nil` for the first ones.
    public var channels: [Int]?
    /// Pixels above it belong to objects.
    public var cellThreshold = 0.0
    /// The greatest mean squared difference between an object's flow and the network's; 0 to keep all objects. Not asked in stacks.
    public var flowThreshold = 0.4
    /// Steps along the flow.
    public var iterations = 200
    /// The fewest pixels of an object.
    public var minSize = 15
    /// The least IoU by which objects of neighbouring planes are one; `nil` to let pixels flow through the stack.
    public var stitchThreshold: Double?

    /// The defaults, which are those of cellpose.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(
            except: ["id", "output", "channels", "cellThreshold", "flowThreshold", "iterations", "minSize", "stitchThreshold"])
        source = try OutputSource(node)
        if let entry = node["channels"] {
            var numbers: [Int] = []
            for item in try entry.list() { numbers.append(try item.int(atLeast: 0)) }
            guard (3...4).contains(numbers.count) else {
                throw entry.fault(
                    found: "\(numbers.count) channels",
                    remedy: "write the channels of the flow along (z,) y, along x and of the cells' value")
            }
            channels = numbers
        }
        cellThreshold = try node.number("cellThreshold", default: cellThreshold)
        flowThreshold = try node.number("flowThreshold", default: flowThreshold)
        iterations = try node["iterations"].map { (node) throws(PackageError) in try node.int(in: 1...10_000) } ?? iterations
        minSize = try node.channel("minSize", default: minSize)
        guard let entry = node["stitchThreshold"] else { return }
        let threshold = try entry.double()
        guard threshold > 0, threshold <= 1 else {
            throw entry.fault(found: "found \(entry.summary)", remedy: "write an IoU above 0 and at most 1, such as 0.25")
        }
        stitchThreshold = threshold
    }

    func labels(_ output: PredictedTensor) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let (shape, _) = try output.plane(channel: 0)
        if let fault = formFault(spaces: shape.count) { throw .unfitOutput(output: output.id, found: fault.found, remedy: fault.remedy) }
        var planes: [[Float]] = []
        for channel in channels(spaces: shape.count) { planes.append(try output.plane(channel: channel).values) }
        var method = FlowLabels()
        method.cellThreshold = cellThreshold
        method.flowThreshold = flowThreshold
        method.iterations = iterations
        method.minSize = minSize
        guard shape.count == 3, let stitchThreshold else {
            let found = try output.carryingOut { () throws(PackageError) in
                try method.labels(flows: Array(planes.dropLast()), cells: planes[planes.count - 1], shape: shape)
            }
            return (shape, LabelNumbering.renumbered(found, minSize: 0))
        }
        let size = shape[1] * shape[2]
        var stitch = PlaneStitching(threshold: stitchThreshold)
        for plane in 0..<shape[0] {
            let range = plane * size..<(plane + 1) * size
            let labels = try output.carryingOut { () throws(PackageError) in
                try method.labels(
                    flows: planes.dropLast().map { Array($0[range]) }, cells: Array(planes[2][range]), shape: Array(shape.dropFirst()))
            }
            stitch.append(labels)
        }
        return (shape, LabelNumbering.renumbered(stitch.labels, minSize: 0))
    }
}
