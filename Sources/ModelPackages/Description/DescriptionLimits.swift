/// How much of a description is read; what lies beyond is an error before it costs anything.
public struct DescriptionLimits: Sendable, Equatable {
    /// Bytes of the file.
    public var bytes: Int
    /// Nesting of lists and mappings.
    public var depth: Int
    /// Uses of anchors (`*name`), which multiply what a file holds.
    public var aliases: Int
    /// Values after aliases are resolved.
    public var values: Int

    /// Makes limits; the defaults are far above any real description.
    public init(bytes: Int = 1 << 18, depth: Int = 64, aliases: Int = 16, values: Int = 20_000) {
        self.bytes = bytes
        self.depth = depth
        self.aliases = aliases
        self.values = values
    }
}
