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
        /// The greatest absolute difference of elements that are finite in both; `nil` if the extents differ.
        public var maxAbsoluteDifference: Double?
        /// Elements in a million beyond the tolerance; `nil` if the extents differ.
        public var mismatchedPerMillion: Double?
        /// Elements that are NaN or infinite on one side and not the same on the other, in words; `nil` if there are none.
        public var notFinite: String?
        /// What the package tolerates.
        public var tolerance: Tolerance
        /// Whether the output is within the tolerance.
        public var isPassed: Bool

        /// Makes an output's entry.
        public init(
            id: String, shape: [Int], expectedShape: [Int], maxAbsoluteDifference: Double?, mismatchedPerMillion: Double?,
            notFinite: String? = nil, tolerance: Tolerance, isPassed: Bool
        ) {
            self.id = id
            self.shape = shape
            self.expectedShape = expectedShape
            self.maxAbsoluteDifference = maxAbsoluteDifference
            self.mismatchedPerMillion = mismatchedPerMillion
            self.notFinite = notFinite
            self.tolerance = tolerance
            self.isPassed = isPassed
        }
    }

    /// How far elements may be from those of the test tensor: `absolute + relative · |expected|`.
    public struct Tolerance: Sendable, Codable, Equatable {
        /// What is tolerated for any element.
        public var absolute: Double
        /// The part of the expected value that is tolerated beside it.
        public var relative: Double
        /// Elements in a million that may be further away.
        public var mismatchedPerMillion: Double

        /// Makes a tolerance.
        public init(absolute: Double, relative: Double, mismatchedPerMillion: Double) {
            self.absolute = absolute
            self.relative = relative
            self.mismatchedPerMillion = mismatchedPerMillion
        }
    }

    /// How far an output sees along one axis, in input pixels.
    public struct Reach: Sendable, Codable, Equatable {
        /// The output's name and the axis, such as `maps.y`.
        public var place: String
        /// Tiles begin at multiples of this.
        public var stride: Int
        /// Pixels on which an output pixel depends before its own place; `nil` if it depends on all.
        public var before: Int?
        /// Pixels on which it depends after its own place; `nil` if it depends on all.
        public var after: Int?
        /// Output pixels for one input pixel, such as `1` or `1/2`.
        public var scale: String
        /// The input pixel at which output pixel 0 lies.
        public var origin: Int
        /// Input pixels by which the output falls short of the image, both ends together; below 0 where it is larger.
        public var missing: Int
        /// The halo that the package declares; `nil` for a network without a package.
        public var declaredHalo: Int?
        /// The halo that tiles need which begin and end at multiples of the stride; `nil` for a network without a package, and if values
        /// depend on the whole image.
        public var neededHalo: Int?
        /// What a run reads around a tile; `nil` if values depend on the whole image.
        public var context: Context?
        /// The operators that see all of the axis; `nil` if it can be cut.
        public var wholeOperators: [String]?

        /// Makes an axis's entry.
        public init(
            place: String, stride: Int, before: Int?, after: Int?, scale: String, origin: Int, missing: Int, declaredHalo: Int?,
            neededHalo: Int? = nil, context: Context?, wholeOperators: [String]? = nil
        ) {
            self.place = place
            self.stride = stride
            self.before = before
            self.after = after
            self.scale = scale
            self.origin = origin
            self.missing = missing
            self.declaredHalo = declaredHalo
            self.neededHalo = neededHalo
            self.context = context
            self.wholeOperators = wholeOperators
        }
    }

    /// The pixels of context that a run reads along an axis around the places of a tile's values.
    public struct Context: Sendable, Codable, Equatable {
        /// Tiles begin and end at multiples of this.
        public var stride: Int
        /// Pixels in front of a tile.
        public var before: Int
        /// Pixels behind a tile.
        public var after: Int

        /// Makes an entry.
        public init(stride: Int, before: Int, after: Int) {
            self.stride = stride
            self.before = before
            self.after = after
        }
    }

    /// What an ONNX file says about its network, where it was checked without a package.
    public struct NetworkFacts: Sendable, Codable, Equatable {
        /// The version of the operator set.
        public var opset: Int
        /// Inputs and outputs in words, such as `x: float32, 1 x 1 x height x width`.
        public var inputs, outputs: [String]
        /// Bytes of the weights and other constants.
        public var constantBytes: Int

        /// States the facts.
        public init(opset: Int, inputs: [String], outputs: [String], constantBytes: Int) {
            self.opset = opset
            self.inputs = inputs
            self.outputs = outputs
            self.constantBytes = constantBytes
        }
    }

    /// The package's name for itself, or the name of the ONNX file.
    public var name: String
    /// The version of the description's format; empty for a network without a package.
    public var formatVersion: String
    /// The network, where it was checked without a package.
    public var network: NetworkFacts?
    /// Who multiplied matrices, in words; `nil` where nothing was computed.
    public var computedBy: String?
    /// The outputs that have a test tensor.
    public var outputs: [Output]
    /// How far the outputs see.
    public var reaches: [Reach]
    /// The extents of a tile for which windows read about twice what they write; empty where tiles are not for the network.
    public var sensibleTile: [Int]
    /// The extents of the space axes along which the network takes one extent only.
    public var window: [Int]
    /// How the network can be tiled: `local`, `global` or `windowed`; `nil` where that cannot be said.
    public var tilingClass: String?
    /// The operators that see all of some axis, such as `GlobalAveragePool`; empty if tiles give what the whole image gives.
    public var wholeImageOperators: [String]
    /// What is wrong besides differences.
    public var faults: [String]
    /// What a user should know.
    public var warnings: [String]
    /// Whether everything that can be tested is as the package says.
    public var isPassed: Bool

    /// Makes a report.
    public init(
        name: String, formatVersion: String, network: NetworkFacts? = nil, computedBy: String? = nil, outputs: [Output] = [],
        reaches: [Reach] = [], sensibleTile: [Int] = [], window: [Int] = [], tilingClass: String? = nil,
        wholeImageOperators: [String] = [], faults: [String] = [], warnings: [String] = [], isPassed: Bool
    ) {
        self.network = network
        self.sensibleTile = sensibleTile
        self.window = window
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
