internal import ModelPackages

/// `cellposeFlows`: pixels that flow to the same place are an object; images only.
///
/// The network gives a flow along y and along x, five times as long as unit vectors that lead to the middle of the object, and a value
/// that is high inside objects. The steps: pixels above `cellThreshold` move along the flow (`FlowField`); places where many end
/// are objects (`FlowSinks`); objects whose own flow differs too much from the network's go (`FlowCheck`); holes are filled and small
/// objects go.
/// Source: Stringer et al. 2021, Cellpose; the defaults are those of cellpose 3. Computed in double precision, with ties in raster
/// order, so that there is one result; compared with our own NumPy version of the published steps.
public struct FlowLabelling: Sendable, Equatable {
    /// The output that is read.
    public var source = OutputSource()
    /// The channels of the flow along y, the flow along x and the value that is high inside, counted from 0.
    public var channels = [0, 1, 2]
    /// Pixels above it belong to objects.
    public var cellThreshold = 0.0
    /// The greatest mean squared difference between an object's flow and the network's; 0 to keep all objects.
    public var flowThreshold = 0.4
    /// Steps along the flow.
    public var iterations = 200
    /// The fewest pixels of an object.
    public var minSize = 15

    /// How much longer than unit vectors the network's flows are.
    static let flowScale = 5.0

    /// The defaults, which are those of cellpose.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(except: ["id", "output", "channels", "cellThreshold", "flowThreshold", "iterations", "minSize"])
        source = try OutputSource(node)
        if let entry = node["channels"] {
            var numbers: [Int] = []
            for item in try entry.list() { numbers.append(try item.int(atLeast: 0)) }
            guard numbers.count == 3 else {
                throw entry.fault(
                    found: "\(numbers.count) channels", remedy: "write the channels of the flow along y, along x and of the cells' value")
            }
            channels = numbers
        }
        cellThreshold = try node.number("cellThreshold", default: cellThreshold)
        flowThreshold = try node.number("flowThreshold", default: flowThreshold)
        iterations = try node["iterations"].map { (node) throws(PackageError) in try node.int(in: 1...10_000) } ?? iterations
        minSize = try node.channel("minSize", default: minSize)
    }

    func labels(_ output: PredictedTensor) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        var planes: [[Double]] = []
        var shape: [Int] = []
        for channel in channels {
            let (extents, values) = try output.plane(channel: channel)
            let limit: Float = 1e6
            guard try output.comparable(values, channel: channel).allSatisfy({ abs($0) <= limit }) else {
                throw .unfitOutput(output: output.id, found: "channel \(channel) has values beyond a million", remedy: "correct the model")
            }
            shape = extents
            planes.append(values.map(Double.init))
        }
        guard shape.count == 2 else {
            throw .unfitOutput(
                output: output.id, found: "a stack of \(shape[0]) planes",
                remedy: "use `cellposeFlows` for images; stacks are not done here")
        }
        let isCell = planes[2].map { $0 > cellThreshold }
        let (height, width) = (shape[0], shape[1])
        guard isCell.contains(true) else { return (shape, [UInt32](repeating: 0, count: isCell.count)) }
        let field = FlowField(height: height, width: width, dy: planes[0], dx: planes[1], isCell: isCell)
        let labels = FlowSinks.labels(of: field.ends(iterations: iterations), height: height, width: width)
        var objects = FlowObjects(labels: labels, height: height, width: width)
        if flowThreshold > 0 {
            let check = FlowCheck(width: width, dy: planes[0], dx: planes[1])
            objects.keep { check.error(of: $0) <= flowThreshold }
        }
        objects.fillHoles(minSize: minSize)
        return (shape, LabelNumbering.renumbered(objects.labels, minSize: 0))
    }
}
