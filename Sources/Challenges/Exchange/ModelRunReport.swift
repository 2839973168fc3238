/// What the runner says about a model's run on one image.
public struct ModelRunReport: Sendable, Codable, Equatable {
    /// The number of tiles.
    public let tiles: Int
    /// How many of them an interrupted run had finished.
    public let resumedTiles: Int
    /// The extents of the largest window that the network saw.
    public let largestWindow: [Int]
    /// Whether the result is, bit for bit, that of one run on the whole image.
    public let isExact: Bool
    /// The number of objects, where labels of objects were made.
    public let objects: Int?
    /// What a user should know: padding, rounding, inexact tiles.
    public let notes: [String]
    /// The most memory that the runner held at one time, in bytes.
    public let peakMemoryBytes: Int

    /// Makes a report.
    public init(
        tiles: Int, resumedTiles: Int, largestWindow: [Int], isExact: Bool, objects: Int?, notes: [String], peakMemoryBytes: Int
    ) {
        self.tiles = tiles
        self.resumedTiles = resumedTiles
        self.largestWindow = largestWindow
        self.isExact = isExact
        self.objects = objects
        self.notes = notes
        self.peakMemoryBytes = peakMemoryBytes
    }
}
