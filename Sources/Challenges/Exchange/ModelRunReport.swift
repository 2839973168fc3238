/// A file that a model's run wrote.
public struct ModelRunFile: Sendable, Codable, Equatable {
    /// Where it is, in the words of whoever asked.
    public var path: String
    /// The output of which it is made.
    public let output: String
    /// The number of objects of all samples, where labels of objects were made.
    public let objects: Int?

    /// Describes a file.
    public init(path: String, output: String, objects: Int?) {
        self.path = path
        self.output = output
        self.objects = objects
    }
}

/// What the runner says about a model's run on one image.
public struct ModelRunReport: Sendable, Codable, Equatable {
    /// The number of samples: one for each place along axes that the images have and the model lacks.
    public let samples: Int
    /// The number of tiles of all samples.
    public let tiles: Int
    /// How many of them an interrupted run had finished.
    public let resumedTiles: Int
    /// The extents of the largest window that the network saw.
    public let largestWindow: [Int]
    /// Elements that the network read for one element of the image: 1 where nothing was read twice.
    public let readFactor: Double
    /// How many values of the image are not finite.
    public let nonFiniteValues: Int
    /// Whether the result is, bit for bit, that of one run on the whole image.
    public let isExact: Bool
    /// What the network allows: `local`, `global` or `windowed`.
    public let tilingClass: String
    /// How the image went through it: `whole`, `tiles`, `statistics`, `windows` or `blended`.
    public let way: String
    /// The number of objects of the first file of which it is known.
    public let objects: Int?
    /// What was written, in the order in which it was asked for.
    public var files: [ModelRunFile]
    /// The vector instructions that were used: `avx512`, `avx2` or `baseline`.
    public let isa: String
    /// How convolutions of 3 x 3 were computed: `winograd4`, `winograd2` or `direct`.
    public let convolutions: String
    /// What a user should know: padding, rounding, inexact tiles.
    public var notes: [String]
    /// The most memory that the runner held at one time, in bytes.
    public let peakMemoryBytes: Int

    /// Makes a report.
    public init(
        samples: Int, tiles: Int, resumedTiles: Int, largestWindow: [Int], readFactor: Double, nonFiniteValues: Int, isExact: Bool,
        tilingClass: String, way: String, objects: Int?, files: [ModelRunFile], isa: String, convolutions: String, notes: [String],
        peakMemoryBytes: Int
    ) {
        self.readFactor = readFactor
        self.nonFiniteValues = nonFiniteValues
        self.samples = samples
        self.tiles = tiles
        self.resumedTiles = resumedTiles
        self.largestWindow = largestWindow
        self.isExact = isExact
        self.tilingClass = tilingClass
        self.way = way
        self.objects = objects
        self.files = files
        self.isa = isa
        self.convolutions = convolutions
        self.notes = notes
        self.peakMemoryBytes = peakMemoryBytes
    }
}
