/// An n-dimensional image: pixels in C order with named axes and, where the file states it, physical spacing.
///
/// `shape[i]` is the extent of `axes[i]`; a gray 2-D image has axes `(y, x)`, an RGB one `(y, x, c)`, a stack `(z, y, x)`.
public struct Image: Sendable, Equatable {
    /// The extent of each axis, slowest first. Never empty, never zero.
    public let shape: [Int]
    /// The name of each axis, in the order of `shape`.
    public let axes: [Axis]
    /// The distance between neighbouring pixels in micrometres for each spatial axis of which it is known.
    public let spacing: [Axis: Double]
    /// The values; `pixels.count` is the product of `shape`.
    public let pixels: Pixels

    /// Makes an image; `nil` if the counts do not fit together or an axis stands twice.
    public init?(shape: [Int], axes: [Axis], spacing: [Axis: Double] = [:], pixels: Pixels) {
        guard shape.count == axes.count, !shape.isEmpty, shape.allSatisfy({ $0 > 0 }), Set(axes).count == axes.count else { return nil }
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        guard count == pixels.count else { return nil }
        self.shape = shape
        self.axes = axes
        self.spacing = spacing
        self.pixels = pixels
    }

    /// The extent of an axis; 1 where the image does not have it.
    public func extent(of axis: Axis) -> Int { axes.firstIndex(of: axis).map { shape[$0] } ?? 1 }
}
