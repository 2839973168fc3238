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
}
