/// The sparse contingency table of a truth and a prediction: the objects of each with their sizes, and what each pair shares.
///
/// Background is label 0 and no object; its overlaps follow from the sizes. Two images of 5,000 cells have some 7,000 pairs
/// instead of 25 million.
public struct OverlapTable: Sendable, Equatable {
    /// The number of voxels of each image.
    public let voxelCount: Int
    /// The objects of the truth, by ascending label.
    public let truth: [LabelledObject]
    /// The objects of the prediction, by ascending label.
    public let prediction: [LabelledObject]
    /// The pairs of objects that share voxels, by ascending truth and then prediction.
    public let cells: [OverlapCell]

    /// Makes a table of its parts and checks that they fit together.
    ///
    /// Throws `MetricError.invalidEvidence` where labels or cells are out of order, a count is not positive, a cell names no object,
    /// an object shares more voxels than it has, or the objects do not fit into the image; `tooManyObjects` and `tooManyCells`
    /// above the limits.
    public init(
        voxelCount: Int, truth: [LabelledObject], prediction: [LabelledObject], cells: [OverlapCell],
        limits: EvidenceLimits = .standard
    ) throws(MetricError) {
        guard voxelCount > 0, voxelCount <= Evidence.largestVoxelCount else {
            throw .invalidEvidence(place: "shape", found: "\(voxelCount) voxels", expected: "1 to 2^53")
        }
        let truthVoxels = try Self.check(truth, image: "truth", voxelCount: voxelCount, limits: limits)
        let predictionVoxels = try Self.check(prediction, image: "prediction", voxelCount: voxelCount, limits: limits)
        guard cells.count <= limits.cells else { throw .tooManyCells(limit: limits.cells) }
        let shared = try Self.check(cells, truth: truth, prediction: prediction)
        guard truthVoxels + predictionVoxels - shared <= voxelCount else {
            let found = "\(truthVoxels + predictionVoxels - shared) voxels of objects"
            throw .invalidEvidence(place: "overlap", found: found, expected: "at most the \(voxelCount) voxels of the image")
        }
        self.voxelCount = voxelCount
        self.truth = truth
        self.prediction = prediction
        self.cells = cells
    }

    /// The voxels of all objects of an image.
    private static func check(
        _ objects: [LabelledObject], image: String, voxelCount: Int, limits: EvidenceLimits
    ) throws(MetricError) -> Int {
        guard objects.count <= limits.objects else {
            throw .tooManyObjects(image: image, found: objects.count, limit: limits.objects)
        }
        var previous: UInt32 = 0
        var sum = 0
        for object in objects {
            guard object.label > previous else {
                let found = "label \(object.label) behind \(previous)"
                throw .invalidEvidence(place: "overlap.\(image).labels", found: found, expected: "ascending labels above 0")
            }
            guard object.voxels > 0, object.voxels <= voxelCount - sum else {
                let found = "\(object.voxels) for label \(object.label)"
                let expected = "positive counts that fit into the \(voxelCount) voxels of the image"
                throw .invalidEvidence(place: "overlap.\(image).voxels", found: found, expected: expected)
            }
            previous = object.label
            sum += object.voxels
        }
        return sum
    }

    /// The voxels of all cells.
    private static func check(
        _ cells: [OverlapCell], truth: [LabelledObject], prediction: [LabelledObject]
    ) throws(MetricError) -> Int {
        var truthLeft = truth.map(\.voxels)
        var predictionLeft = prediction.map(\.voxels)
        var previous = (truth: -1, prediction: -1)
        var sum = 0
        for cell in cells {
            guard truth.indices.contains(cell.truth), prediction.indices.contains(cell.prediction) else {
                let found = "objects \(cell.truth) and \(cell.prediction)"
                let expected = "positions below \(truth.count) and \(prediction.count)"
                throw .invalidEvidence(place: "overlap.cells", found: found, expected: expected)
            }
            guard (cell.truth, cell.prediction) > previous else {
                let found = "(\(cell.truth), \(cell.prediction)) behind \(previous)"
                throw .invalidEvidence(place: "overlap.cells", found: found, expected: "ascending pairs (truth, prediction)")
            }
            guard cell.voxels > 0, cell.voxels <= truthLeft[cell.truth], cell.voxels <= predictionLeft[cell.prediction] else {
                let found = "\(cell.voxels) for the pair (\(cell.truth), \(cell.prediction))"
                let expected = "positive counts, in sum at most what each object has"
                throw .invalidEvidence(place: "overlap.cells.voxels", found: found, expected: expected)
            }
            truthLeft[cell.truth] -= cell.voxels
            predictionLeft[cell.prediction] -= cell.voxels
            previous = (cell.truth, cell.prediction)
            sum += cell.voxels
        }
        return sum
    }
}

extension OverlapTable {
    /// The voxels that the two objects of a cell cover together.
    public func union(_ cell: OverlapCell) -> Int {
        truth[cell.truth].voxels + prediction[cell.prediction].voxels - cell.voxels
    }

    /// Intersection over union of a cell, above 0 and at most 1.
    public func iou(_ cell: OverlapCell) -> Double { Double(cell.voxels) / Double(union(cell)) }

    /// The voxels of all objects of the truth.
    public var truthVoxels: Int { truth.reduce(0) { $0 + $1.voxels } }

    /// The voxels of all objects of the prediction.
    public var predictionVoxels: Int { prediction.reduce(0) { $0 + $1.voxels } }

    /// The voxels that are object in both images.
    public var sharedVoxels: Int { cells.reduce(0) { $0 + $1.voxels } }
}
