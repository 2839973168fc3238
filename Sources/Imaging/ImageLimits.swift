/// How much a file may claim before it is refused. Checked before any memory is taken for pixels.
public struct ImageLimits: Sendable, Equatable {
    /// Bytes of all decoded pixels together, in the type in which they are returned.
    public var pixelBytes: Int
    /// Pages of a TIFF.
    public var pages: Int
    /// Bytes of one piece of metadata: a TIFF tag, a PNG chunk other than pixels, an NPY header.
    public var metadataBytes: Int

    /// Makes limits; by default 2 GiB of pixels, 65,536 pages, 64 MiB for one piece of metadata.
    public init(pixelBytes: Int = 1 << 31, pages: Int = 1 << 16, metadataBytes: Int = 1 << 26) {
        self.pixelBytes = pixelBytes
        self.pages = pages
        self.metadataBytes = metadataBytes
    }

    /// 2 GiB of pixels, 65,536 pages, 64 MiB for one piece of metadata.
    public static let standard = ImageLimits()

    /// The product of `factors` if it is positive and at most `pixelBytes`.
    func bytes(_ factors: [Int]) -> Int? {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow, next > 0, next <= pixelBytes else { return nil }
            product = next
        }
        return product
    }
}
