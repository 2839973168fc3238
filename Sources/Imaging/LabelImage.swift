/// An instance segmentation: each pixel holds the id of its object, 0 is background.
public struct LabelImage: Sendable, Equatable {
    /// Extents, slowest first: `(y, x)` or `(z, y, x)`.
    public let shape: [Int]
    /// Object ids in C order; `labels.count` is the product of `shape`.
    public let labels: [UInt32]
    /// Micrometres between neighbours for each entry of `shape`; `nil` where the file does not say.
    public let spacing: [Double?]

    /// Makes a label image; `nil` if the number of labels is not the product of the shape.
    public init?(shape: [Int], labels: [UInt32], spacing: [Double?]? = nil) {
        guard !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) else { return nil }
        guard shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == labels.count else { return nil }
        if let spacing, spacing.count != shape.count { return nil }
        self.shape = shape
        self.labels = labels
        self.spacing = spacing ?? shape.map { _ in nil }
    }
}
