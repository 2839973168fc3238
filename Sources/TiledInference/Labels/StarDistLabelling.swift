internal import Imaging
internal import ModelPackages

/// `stardist`: objects as star-shaped polygons in images and polyhedra in stacks, chosen by probability and overlap.
///
/// The network gives, at each place of a grid, an object probability and the lengths of rays in pixels: at equal angles in images, along
/// a golden spiral in stacks. Places above `probabilityThreshold` are candidates, except within `border` places of the rim;
/// non-maximum suppression chooses among them; more probable objects lie over less probable ones. Rays below 1e-3 become 1e-3.
/// Source: Schmidt et al. 2018, Weigert et al. 2020; stardist 0.9.2.
public struct StarDistLabelling: Sendable, Equatable {
    /// The output with the rays, one channel for each; the probability is its first channel unless `probability` names another output.
    public var source = OutputSource()
    /// The output of one channel that is the probability; `nil` for the first channel of `source`.
    public var probability: OutputSource?
    /// Candidates are above it.
    public var probabilityThreshold = 0.5
    /// A candidate goes if a larger share of the smaller object is covered by a more probable one.
    public var overlapThreshold = 0.4
    /// Pixels between neighbouring places of the network's grid, along (z,) y and x; a single number holds for all.
    public var grid = [1]
    /// Places at the rim that are no candidates.
    public var border = 2
    /// Pixel sizes along z, y and x, in any unit, by which the rays of stacks spread.
    public var anisotropy = [1.0, 1.0, 1.0]
    /// The number of pixels in stacks that lie in more than one object; `nil` for that of the most probable one.
    public var overlapLabel: Int?

    /// The defaults, which are stardist's.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(
            except: [
                "id", "output", "probabilityOutput", "probabilityThreshold", "overlapThreshold", "grid", "border", "anisotropy",
                "overlapLabel",
            ])
        source = try OutputSource(node)
        probability = try node["probabilityOutput"].map { (node) throws(PackageError) in OutputSource(try node.string()) }
        probabilityThreshold = try node.number("probabilityThreshold", default: probabilityThreshold)
        overlapThreshold = try node.number("overlapThreshold", default: overlapThreshold)
        border = try node.channel("border", default: border)
        overlapLabel = try node["overlapLabel"].map { (node) throws(PackageError) in try node.int(in: 0...Int(Int32.max)) }
        if let entry = node["anisotropy"] {
            anisotropy = []
            for item in try entry.list() {
                let size = try item.double()
                guard (1e-3...1e3).contains(size) else {
                    throw item.fault(found: "found \(item.summary)", remedy: "write a pixel size from 0.001 to 1000")
                }
                anisotropy.append(size)
            }
            guard anisotropy.count == 3 else {
                throw entry.fault(
                    found: "\(anisotropy.count) numbers", remedy: "write the pixel sizes along z, y and x, such as `[2, 1, 1]`")
            }
        }
        guard let entry = node["grid"] else { return }
        grid = []
        for item in try entry.isList ? entry.list() : [entry] { grid.append(try item.int(in: 1...64)) }
        guard !entry.isList || (2...3).contains(grid.count) else {
            throw entry.fault(
                found: "\(grid.count) numbers", remedy: "write the pixels between places along (z,) y and x, such as `[2, 2]`")
        }
    }

    /// - Parameter imageExtents: extents of the image along (z,) y and x, where they are known; else the grid's.
    func labels(
        _ output: PredictedTensor, all outputs: [PredictedTensor], imageExtents: [Axis: Int]
    ) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let probabilityOutput = try probability.map { (source) throws(InferenceError) in try source.find(in: outputs) } ?? output
        if probability != nil, let fault = Self.probabilityFault(channels: probabilityOutput.channelCount) {
            throw .unfitOutput(output: probabilityOutput.id, found: fault.found, remedy: fault.remedy)
        }
        let (shape, values) = try probabilityOutput.comparable(channel: 0)
        let probabilities = values.floats
        if let fault = formFault(channels: output.channelCount, spaces: shape.count) {
            throw .unfitOutput(output: output.id, found: fault.found, remedy: fault.remedy)
        }
        var planes: [[Float]] = []
        for channel in (probability == nil ? 1 : 0)..<max(1, output.channelCount) {
            let (extents, values) = try output.plane(channel: channel)
            guard extents == shape else {
                throw .unfitOutput(output: output.id, found: "the extents \(extents)", remedy: "the probability has \(shape)")
            }
            planes.append(values)
        }
        var method = StarLabels()
        method.probabilityThreshold = probabilityThreshold
        method.overlapThreshold = overlapThreshold
        method.grid = grid.count == shape.count ? grid : shape.map { _ in grid[0] }
        method.border = shape.map { _ in .init(border) }
        method.anisotropy = anisotropy
        method.overlapLabel = overlapLabel
        let extents = grown(shape, by: method.grid, imageExtents)
        let labels = try output.carryingOut { () throws(PackageError) in
            try method.labels(probabilities: probabilities, rays: planes, shape: shape, extents: extents)
        }
        return (extents, LabelNumbering.renumbered(labels, minSize: 0))
    }

    /// Bytes that candidates take while objects are chosen among them: their rays, corners and neighbours.
    func candidateBytes(in outputs: [PredictedTensor]) throws(InferenceError) -> Int {
        let output = try source.find(in: outputs)
        let probabilities = try (probability.map { (source) throws(InferenceError) in try source.find(in: outputs) } ?? output)
        let values = try probabilities.comparable(channel: 0).values.floats
        let threshold = Float(probabilityThreshold)
        return values.count { $0 > threshold } * (768 + 16 * output.channelCount)
    }

    /// The extents of the labels: the image's if the grid's last place may stand for fewer pixels than the others.
    private func grown(_ shape: [Int], by grid: [Int], _ imageExtents: [Axis: Int]) -> [Int] {
        let grown = zip(shape, grid).map { $0 * $1 }
        let image = [Axis.z, .y, .x].suffix(shape.count).compactMap { imageExtents[$0] }
        guard image.count == shape.count else { return grown }
        let fits = zip(image, zip(shape, grid)).allSatisfy { $0 <= $1.0 * $1.1 && $0 > ($1.0 - 1) * $1.1 }
        return fits ? image : grown
    }
}

extension PredictedTensor {
    /// Names this output in what a method finds wrong with its values.
    func carryingOut<Value>(_ body: () throws(PackageError) -> Value) throws(InferenceError) -> Value {
        do { return try body() } catch { throw .unfitOutput(output: id, found: error.found, remedy: error.remedy) }
    }
}
