/// What the runner found when it ran a model package's own test, told to the host as JSON.
public struct ModelCheckReport: Sendable, Codable, Equatable {
    /// An output against its test tensor.
    public struct Output: Sendable, Codable, Equatable {
        /// The output's name.
        public var id: String
        /// The extents that came out.
        public var shape: [Int]
        /// The extents of the test tensor.
        public var expectedShape: [Int]
        /// The greatest absolute difference; `nil` if the extents differ.
        public var maxAbsoluteDifference: Double?
        /// Elements in a million beyond the tolerance; `nil` if the extents differ.
        public var mismatchedPerMillion: Double?
        /// The tolerance in words.
        public var tolerance: String
        /// Whether the output is within the tolerance.
        public var isPassed: Bool

        /// Makes an output's entry.
        public init(
            id: String, shape: [Int], expectedShape: [Int], maxAbsoluteDifference: Double?, mismatchedPerMillion: Double?,
            tolerance: String, isPassed: Bool
        ) {
            self.id = id
            self.shape = shape
            self.expectedShape = expectedShape
            self.maxAbsoluteDifference = maxAbsoluteDifference
            self.mismatchedPerMillion = mismatchedPerMillion
            self.tolerance = tolerance
            self.isPassed = isPassed
        }
    }

    /// How far an output sees along one axis, in input pixels.
    public struct Reach: Sendable, Codable, Equatable {
        /// The output's name and the axis, such as `maps.y`.
        public var place: String
        /// Tiles begin at multiples of this.
        public var stride: Int
        /// Pixels seen before an output pixel's own place.
        public var before: Int
        /// Pixels seen after it.
        public var after: Int
        /// Output pixels for one input pixel, such as `1` or `1/2`.
        public var scale: String
        /// The input pixel at which output pixel 0 lies.
        public var origin: Int
        /// Input pixels by which the output falls short of the image, both ends together; below 0 where it is larger.
        public var missing: Int
        /// The halo that the package declares.
        public var declaredHalo: Int

        /// Makes an axis's entry.
        public init(
            place: String, stride: Int, before: Int, after: Int, scale: String, origin: Int, missing: Int, declaredHalo: Int
        ) {
            self.place = place
            self.stride = stride
            self.before = before
            self.after = after
            self.scale = scale
            self.origin = origin
            self.missing = missing
            self.declaredHalo = declaredHalo
        }
    }

    /// The package's name for itself.
    public var name: String
    /// The version of the description's format.
    public var formatVersion: String
    /// Who multiplied matrices, in words; `nil` where nothing was computed.
    public var computedBy: String?
    /// The outputs that have a test tensor.
    public var outputs: [Output]
    /// How far the outputs see.
    public var reaches: [Reach]
    /// How the network can be tiled: `local`, `global` or `windowed`; `nil` where that cannot be said.
    public var tilingClass: String?
    /// The operators that see the whole image, such as `GlobalAveragePool`; empty if tiles give what the whole image gives.
    public var wholeImageOperators: [String]
    /// What is wrong besides differences.
    public var faults: [String]
    /// What a user should know.
    public var warnings: [String]
    /// Whether everything that can be tested is as the package says.
    public var isPassed: Bool

    /// Makes a report.
    public init(
        name: String, formatVersion: String, computedBy: String? = nil, outputs: [Output] = [], reaches: [Reach] = [],
        tilingClass: String? = nil, wholeImageOperators: [String] = [],
        faults: [String] = [], warnings: [String] = [], isPassed: Bool
    ) {
        self.name = name
        self.formatVersion = formatVersion
        self.computedBy = computedBy
        self.outputs = outputs
        self.reaches = reaches
        self.tilingClass = tilingClass
        self.wholeImageOperators = wholeImageOperators
        self.faults = faults
        self.warnings = warnings
        self.isPassed = isPassed
    }
}
