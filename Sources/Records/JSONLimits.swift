/// How much a JSON reader accepts before it refuses; checked while reading, before memory is taken for the rest.
public struct JSONLimits: Sendable, Equatable {
    /// The largest document in bytes.
    public var bytes: Int
    /// How deep arrays and objects may lie in each other; a lone number has depth 0.
    public var depth: Int
    /// How many values a document may hold, containers included.
    public var values: Int

    /// Limits of 64 MiB, 64 levels and 8 million values unless said otherwise. Depths above 512 are cut to 512, since the
    /// reader descends by recursion.
    public init(bytes: Int = 64 << 20, depth: Int = 64, values: Int = 8_000_000) {
        self.bytes = bytes
        self.depth = min(depth, 512)
        self.values = values
    }
}
