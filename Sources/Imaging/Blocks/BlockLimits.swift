/// How much a file that is read block by block may claim, and how much memory its reader may hold.
public struct BlockLimits: Sendable, Equatable {
    /// Bytes of one decoded block: a TIFF's strip or tile, a Zarr chunk.
    public var blockBytes: Int
    /// Bytes of decoded blocks that are kept for the next read.
    public var cacheBytes: Int
    /// Pages of a TIFF.
    public var pages: Int
    /// Bytes of one piece of metadata.
    public var metadataBytes: Int

    /// Makes limits; by default 128 MiB for a block, 32 MiB of cache, 65,536 pages, 64 MiB for one piece of metadata.
    public init(blockBytes: Int = 1 << 27, cacheBytes: Int = 1 << 25, pages: Int = 1 << 16, metadataBytes: Int = 1 << 26) {
        self.blockBytes = blockBytes
        self.cacheBytes = cacheBytes
        self.pages = pages
        self.metadataBytes = metadataBytes
    }
}
