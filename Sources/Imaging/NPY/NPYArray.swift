/// An array as NumPy knows it: a shape and values in C order, without names for the axes.
public struct NPYArray: Sendable, Equatable {
    /// Extents, slowest first. May be empty (one value) and may contain 0 (no value).
    public let shape: [Int]
    /// The values in C order; `pixels.count` is the product of `shape`.
    public let pixels: Pixels

    /// Makes an array; shape and number of values must fit together when it is written.
    public init(shape: [Int], pixels: Pixels) {
        self.shape = shape
        self.pixels = pixels
    }

    /// One element along the first axis, which keeps an extent of 1; `nil` for an array without axes, or beyond its end.
    public func element(_ index: Int) -> NPYArray? {
        guard let count = shape.first, index >= 0, index < count else { return nil }
        let size = pixels.count / count
        let bytes = pixels.littleEndianBytes(index * size..<(index + 1) * size)
        return NPYArray(shape: [1] + shape.dropFirst(), pixels: Pixels(littleEndian: bytes, pixels.type))
    }

    /// The values of a box: one range for each axis, none empty, all inside the array.
    public func box(_ region: [Range<Int>]) throws(ImageError) -> NPYArray {
        try Region.check(region, in: shape)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(region.reduce(pixels.type.byteCount) { $0 * $1.count })
        try Region.forEachRun(of: region, in: shape) { (start, count) throws(ImageError) in
            bytes += pixels.littleEndianBytes(start..<start + count)
        }
        return NPYArray(shape: region.map(\.count), pixels: Pixels(littleEndian: bytes, pixels.type))
    }
}
