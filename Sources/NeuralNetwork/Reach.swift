/// How far one output of a network sees, for one size of input.
///
/// A tile whose origin is a multiple of `stride`, with at least `before` and `after` input pixels around the wanted part
/// (fewer only where the image ends), gives the same values as the whole image. Where the wanted part itself begins and ends
/// at multiples of `stride`, `haloBefore` and `haloAfter` are enough. That holds where `wholeImageOperators` is empty.
public struct Reach: Sendable, Equatable {
    /// What is known for one axis.
    public struct AxisReach: Sendable, Equatable {
        /// Tile origins must be multiples of this many input pixels, and so must tile ends that are not the image's end.
        public let stride: Int
        /// Input pixels seen before an output pixel's own place, at worst over the positions within a stride.
        public let before: Int
        /// Input pixels seen after an output pixel's own place, at worst over the positions within a stride.
        public let after: Int
        /// Input pixels that a part whose first pixel is a multiple of `stride` needs in front of it.
        public let haloBefore: Int
        /// Input pixels that a part which ends in front of a multiple of `stride` needs behind it.
        public let haloAfter: Int
        /// Output pixels for one input pixel; output pixel `o` has its own place at input pixel `floor(o / scale)`.
        public let scale: Ratio

        /// States the reach along an axis; the halos are `before` and `after` where nothing smaller is known.
        public init(stride: Int, before: Int, after: Int, haloBefore: Int? = nil, haloAfter: Int? = nil, scale: Ratio) {
            self.stride = stride
            self.before = before
            self.after = after
            self.haloBefore = haloBefore ?? before
            self.haloAfter = haloAfter ?? after
            self.scale = scale
        }
    }

    /// One entry for each spatial axis (tensor axes 2, 3…) of the first image input.
    public let axes: [AxisReach]
    /// The operators that see the whole image, as `node name (OpType)` with the reason where it is not the operator's nature;
    /// empty if the output is local.
    public let wholeImageOperators: [String]

    /// Whether tiles can give exactly what the whole image gives.
    public var isLocal: Bool { wholeImageOperators.isEmpty }

    /// States a reach.
    public init(axes: [AxisReach], wholeImageOperators: [String]) {
        self.axes = axes
        self.wholeImageOperators = wholeImageOperators
    }
}
