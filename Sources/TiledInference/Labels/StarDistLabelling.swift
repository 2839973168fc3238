internal import ModelPackages

/// `stardist`: objects as star-shaped polygons, chosen by probability and overlap; images only.
///
/// The network gives, at each place of a grid, an object probability and the lengths of rays at equal angles in pixels. Places above
/// `probabilityThreshold` are candidates, except within `border` places of the rim; non-maximum suppression chooses among them
/// (`StarSuppression`); more probable objects are painted over less probable ones (`StarPainter`). Rays below 1e-3 become 1e-3.
/// Source: Schmidt et al. 2018, Cell detection with star-convex polygons; stardist 0.9.2.
public struct StarDistLabelling: Sendable, Equatable {
    /// The output with the rays, one channel for each; the probability is its first channel unless `probability` names another output.
    public var source = OutputSource()
    /// The output whose first channel is the probability; `nil` for the first channel of `source`.
    public var probability: OutputSource?
    /// Candidates are above it.
    public var probabilityThreshold = 0.5
    /// A candidate goes if a larger share of the smaller area is covered by a more probable one.
    public var overlapThreshold = 0.4
    /// Pixels between neighbouring places of the network's grid, along y and x.
    public var grid = [1, 1]
    /// Places at the rim that are no candidates.
    public var border = 2

    /// The longest ray that is taken for one, in pixels.
    private static let longestRay: Float = 1e6

    /// The defaults, which are stardist's.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(
            except: ["id", "output", "probabilityOutput", "probabilityThreshold", "overlapThreshold", "grid", "border"])
        source = try OutputSource(node)
        probability = try node["probabilityOutput"].map { (node) throws(PackageError) in OutputSource(try node.string()) }
        probabilityThreshold = try node.number("probabilityThreshold", default: probabilityThreshold)
        overlapThreshold = try node.number("overlapThreshold", default: overlapThreshold)
        border = try node.channel("border", default: border)
        guard let entry = node["grid"] else { return }
        var steps: [Int] = []
        for item in try entry.isList ? entry.list() : [entry, entry] { steps.append(try item.int(in: 1...64)) }
        guard steps.count == 2 else {
            throw entry.fault(found: "\(steps.count) numbers", remedy: "write the pixels between places along y and x, such as `[2, 2]`")
        }
        grid = steps
    }

    /// - Parameter imageShape: rows and columns of the image, where they are known; else the grid's.
    func labels(
        _ output: PredictedTensor, all outputs: [PredictedTensor], imageShape: [Int]?
    ) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let probabilityOutput = try probability.map { (source) throws(InferenceError) in try source.find(in: outputs) } ?? output
        let (shape, values) = try probabilityOutput.plane(channel: 0)
        let probabilities = try probabilityOutput.comparable(values, channel: 0)
        guard shape.count == 2 else {
            throw .unfitOutput(
                output: output.id, found: "a stack of \(shape[0]) planes", remedy: "use `stardist` for images; stacks are not done here")
        }
        var planes: [[Float]] = []
        for channel in (probability == nil ? 1 : 0)..<max(1, output.channelCount) {
            let (extents, values) = try output.plane(channel: channel)
            guard extents == shape else {
                throw .unfitOutput(output: output.id, found: "the extents \(extents)", remedy: "the probability has \(shape)")
            }
            let rays = try output.comparable(values, channel: channel)
            if let longest = rays.max(), longest > StarDistLabelling.longestRay {
                throw .unfitOutput(output: output.id, found: "a ray of \(longest) pixels", remedy: "correct the model")
            }
            planes.append(rays)
        }
        guard planes.count >= 3 else {
            throw .unfitOutput(
                output: output.id, found: "\(planes.count) channels for rays",
                remedy: "give at least 3, after the probability or in an output of their own (`probabilityOutput`)")
        }
        let grown = zip(shape, grid).map { $0 * $1 }
        // The last place of the grid may stand for fewer pixels than the others.
        let fits = imageShape.map { zip($0, zip(shape, grid)).allSatisfy { $0 <= $1.0 * $1.1 && $0 > ($1.0 - 1) * $1.1 } } ?? false
        let extents = fits ? imageShape ?? grown : grown
        return (extents, paint(candidates(probabilities, planes, shape), shape, extents))
    }

    private func candidates(_ probabilities: [Float], _ planes: [[Float]], _ shape: [Int]) -> [StarSuppression.Candidate] {
        var candidates: [StarSuppression.Candidate] = []
        let threshold = Float(probabilityThreshold)
        guard shape[0] > 2 * border, shape[1] > 2 * border else { return [] }
        for row in border..<shape[0] - border {
            for column in border..<shape[1] - border {
                let index = row * shape[1] + column
                guard probabilities[index] > threshold else { continue }
                candidates.append(
                    .init(
                        row: row, column: column, probability: probabilities[index], rays: planes.map { max(1e-3, $0[index]) }))
            }
        }
        return candidates
    }

    private func paint(_ candidates: [StarSuppression.Candidate], _ shape: [Int], _ extents: [Int]) -> [UInt32] {
        let suppression = StarSuppression(grid: (grid[0], grid[1]), overlapThreshold: Float(overlapThreshold))
        let survivors = suppression.survivors(of: candidates, shape: (shape[0], shape[1]))
        var painter = StarPainter(shape: (extents[0], extents[1]))
        for (number, object) in survivors.enumerated().reversed() {
            painter.paint(y: object.row * grid[0], x: object.column * grid[1], rays: object.rays, label: UInt32(number + 1))
        }
        return LabelNumbering.renumbered(painter.labels, minSize: 0)
    }
}
