internal import NeuralNetwork

/// `stardist_postprocessing`: labels from star-shaped polygons or polyhedra.
///
/// The first channel is the probability, the others are the lengths of the rays. The labels cover `grid` times the extents of the
/// tensor, as in bioimageio.core; more probable objects have smaller numbers.
/// Source: bioimage.io specification 0.5.14; compared with bioimageio.core 0.11 and stardist 0.9.2. See `StarLabels` for the two
/// choices that stardist leaves open.
struct StarDistPostprocessing: LabelStep {
    let id = "stardist_postprocessing"
    let method: StarLabels
    let rays: Int

    init(_ arguments: StepArguments) throws(PackageError) {
        let node = arguments.node
        let isStack = arguments.axes.contains("z")
        let names = ["prob_threshold", "nms_threshold", "n_rays", "grid", "b"]
        try node.refuseKeys(except: isStack ? names + ["anisotropy", "overlap_label"] : names)
        let count = isStack ? 3 : 2
        var method = StarLabels()
        method.probabilityThreshold = try node.required("prob_threshold").double()
        method.overlapThreshold = try node.required("nms_threshold").double()
        rays = try node.required("n_rays").int(in: (isStack ? 4 : 3)...StarLabels.mostRays)
        method.grid = try Self.entries(try node.required("grid"), count: count).map { (entry) throws(PackageError) in
            try entry.int(in: 1...64)
        }
        method.border = try Self.border(try node.required("b"), count: count)
        if isStack {
            method.anisotropy = try Self.entries(try node.required("anisotropy"), count: 3).map { (entry) throws(PackageError) in
                let value = try entry.double()
                guard (1e-3...1e3).contains(value) else {
                    throw entry.fault(found: "found \(entry.summary)", remedy: "write a pixel size from 0.001 to 1000")
                }
                return value
            }
            method.overlapLabel = try node["overlap_label"].map { (entry) throws(PackageError) in try entry.int(in: 0...Int(Int32.max)) }
        }
        self.method = method
    }

    var growth: [Int] { method.grid }

    var elementType: ElementType { .int32 }

    func check(channels: Int) throws(PackageError) {
        guard channels == rays + 1 else {
            throw PackageError(
                .tensor, found: "the step `\(id)` has `n_rays: \(rays)`, the network's output \(channels) channels",
                remedy: "give the probability and then one channel for each ray, or write the number of rays that the network has")
        }
    }

    func labels(channels: [[Float]], shape: [Int]) throws(PackageError) -> [UInt32] {
        try method.labels(
            probabilities: channels[0], rays: Array(channels.dropFirst()), shape: shape, extents: zip(shape, growth).map { $0 * $1 })
    }

    private static func entries(_ node: DescriptionNode, count: Int) throws(PackageError) -> [DescriptionNode] {
        let entries = try node.list()
        guard entries.count == count else {
            throw node.fault(
                found: "\(entries.count) entries for \(count) space axes", remedy: "write one for each space axis, slowest first")
        }
        return entries
    }

    /// One number for all ends, or a pair for each axis.
    private static func border(_ node: DescriptionNode, count: Int) throws(PackageError) -> [StarLabels.Border] {
        let most = 1 << 40
        guard node.isList else { return Array(repeating: StarLabels.Border(try node.int(in: 0...most)), count: count) }
        var borders: [StarLabels.Border] = []
        for entry in try entries(node, count: count) {
            let ends = try entry.list()
            guard ends.count == 2 else {
                throw entry.fault(found: "\(ends.count) numbers", remedy: "write the places before and after, such as `[2, 2]`")
            }
            borders.append(.init(before: try ends[0].int(in: 0...most), after: try ends[1].int(in: 0...most)))
        }
        return borders
    }
}
