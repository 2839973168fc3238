/// An image in memory, read region by region.
public final class WholeImageBlocks: ImageBlocks {
    private let image: Image
    private let bytes: [UInt8]

    /// Takes an image.
    public init(_ image: Image) {
        self.image = image
        bytes = image.pixels.littleEndianBytes(0..<image.pixels.count)
    }

    /// The image's extents.
    public var shape: [Int] { image.shape }
    /// The image's axes.
    public var axes: [Axis] { image.axes }
    /// The image's type.
    public var type: PixelType { image.pixels.type }
    /// The image's spacing, from 0 on.
    public var geometry: ImageGeometry { ImageGeometry(spacing: image.spacing) }
    /// The whole image.
    public var blockShape: [Int] { image.shape }

    /// The pixels of a region.
    public func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try check(region)
        var result = [UInt8](repeating: 0, count: region.reduce(type.byteCount) { $0 * $1.count })
        BoxCopy.copy(from: bytes, at: shape.map { 0..<$0 }, to: &result, at: region, elementSize: type.byteCount)
        return Pixels(littleEndian: result, type)
    }
}
