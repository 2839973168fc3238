/// How much a copy of a foreign folder may be.
public struct CopyLimits: Sendable, Hashable {
    /// Files and folders together.
    public var maximumEntries: Int
    /// All files together, in bytes.
    public var maximumBytes: Int
    /// One file, in bytes.
    public var maximumFileBytes: Int
    /// Components of a path; a file in the top folder has depth 1.
    public var maximumDepth: Int
    /// One name, in bytes of UTF-8.
    public var maximumNameBytes: Int
    /// Whether a file with several names is taken. Off for foreign folders: the other name may be somebody's secret.
    public var allowsHardLinks: Bool

    /// Makes limits; the defaults are those of a submission.
    public init(
        maximumEntries: Int = 10_000, maximumBytes: Int = 4 << 30, maximumFileBytes: Int = 4 << 30, maximumDepth: Int = 16,
        maximumNameBytes: Int = 200, allowsHardLinks: Bool = false
    ) {
        self.maximumEntries = maximumEntries
        self.maximumBytes = maximumBytes
        self.maximumFileBytes = maximumFileBytes
        self.maximumDepth = maximumDepth
        self.maximumNameBytes = maximumNameBytes
        self.allowsHardLinks = allowsHardLinks
    }
}
