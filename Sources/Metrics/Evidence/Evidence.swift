public import Imaging

/// What one pass over a prediction and its truth leaves behind; every score is arithmetic on it, without the images.
///
/// Each kind of metric adds a part of its own (`EvidenceKind`); a part that was not computed is `nil`. Stored as JSON:
/// `json()` writes the one canonical form, `init(json:limits:)` reads only that.
public struct Evidence: Sendable, Equatable {
    /// The version of the stored form. A new part is a new key and leaves it as it is; a new meaning of an old key raises it.
    public static let version = 1

    /// Counts up to here are exact in JSON.
    static let largestVoxelCount = 1 << 53

    /// The extents of both images, slowest first.
    public let shape: [Int]
    /// Micrometres between neighbours along each axis, as the truth states them; `nil` where it does not.
    public let spacing: [Double?]
    /// The sparse contingency table; `nil` where the images were no label images.
    public let overlap: OverlapTable?

    /// Makes the evidence of an instance segmentation in one pass over both images. The spacing is the truth's.
    ///
    /// Throws `MetricError.shapesDiffer` with both shapes, `spacingNotPositive`, and `tooManyObjects` or `tooManyCells` above the limits.
    public init(prediction: LabelImage, truth: LabelImage, limits: EvidenceLimits = .standard) throws(MetricError) {
        let overlap = try OverlapTable(prediction: prediction, truth: truth, limits: limits)
        try self.init(shape: truth.shape, spacing: truth.spacing, overlap: overlap)
    }

    /// Makes evidence of its parts.
    ///
    /// Throws `MetricError.invalidEvidence` where shape, spacing and parts do not fit together, `spacingNotPositive`.
    public init(shape: [Int], spacing: [Double?], overlap: OverlapTable?) throws(MetricError) {
        let voxelCount = try Self.voxelCount(of: shape)
        guard spacing.count == shape.count else {
            throw .invalidEvidence(place: "spacing", found: "\(spacing.count) entries", expected: "one for each of \(shape.count) axes")
        }
        for (axis, distance) in spacing.enumerated() {
            if let distance, !(distance > 0 && distance.isFinite) { throw .spacingNotPositive(axis: axis, found: distance) }
        }
        if let overlap, overlap.voxelCount != voxelCount {
            throw .invalidEvidence(place: "overlap", found: "\(overlap.voxelCount) voxels", expected: "the \(voxelCount) of the shape")
        }
        self.shape = shape
        self.spacing = spacing
        self.overlap = overlap
    }

    /// The product of the extents, as far as it is one to eight positive extents and at most 2^53 voxels.
    static func voxelCount(of shape: [Int]) throws(MetricError) -> Int {
        guard (1...8).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
            throw .invalidEvidence(place: "shape", found: "\(shape)", expected: "one to eight positive extents")
        }
        var product = 1
        for extent in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow, next <= largestVoxelCount else {
                throw .invalidEvidence(place: "shape", found: "\(shape)", expected: "at most 2^53 voxels")
            }
            product = next
        }
        return product
    }
}
