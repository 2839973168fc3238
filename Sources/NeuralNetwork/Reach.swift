/// How far one output of a network sees, for one size of input.
///
/// A tile whose origin is a multiple of `stride`, with at least `before` and `after` input pixels around the wanted part's places
/// (fewer only where the image ends), gives the same values as the whole image. Where the wanted part itself begins and ends
/// at multiples of `stride`, `haloBefore` and `haloAfter` are enough. That holds along axes that no operator sees as a whole, for tiles that
/// are not cut along others, and whose extents differ from the image's by multiples of `stride`, if the geometry is the same (`ReachGeometry`).
public struct Reach: Sendable, Equatable {
    /// What is known for one axis.
    public struct AxisReach: Sendable, Equatable {
        /// Tile origins must be multiples of this many input pixels, and tile ends as far from the image's end: the network's stride, and
        /// the multiples to which it pads or cuts the image inside.
        public let stride: Int
        /// Input pixels seen before an output pixel's own place, at worst over the positions within a stride.
        public let before: Int
        /// Input pixels seen after an output pixel's own place, at worst over the positions within a stride.
        public let after: Int
        /// Input pixels that a tile needs in front of m, a multiple of `stride`, for the output pixels from m · `scale` on.
        public let haloBefore: Int
        /// Input pixels that a tile needs from m, a multiple of `stride`, on for the output pixels in front of m · `scale`.
        public let haloAfter: Int
        /// Output pixels for one input pixel; output pixel `o` has its own place at input pixel `origin + floor(o / scale)`.
        public let scale: Ratio
        /// Input pixels by which the output falls short of the image, both ends together: 0 where it is as large as `scale` says,
        /// above 0 behind unpadded convolutions and crops, below 0 where it is larger.
        public let missing: Int

        /// The input pixel at which output pixel 0 lies: half of what is missing, unless what it sees lies elsewhere, as behind a crop of
        /// one end.
        public let origin: Int

        /// The place of output pixel 0's middle, in input pixels from the middle of the first: the middle of what it sees, where every
        /// output pixel sees as much on both sides; else where it has its middle if it begins at `origin`.
        public let firstMiddle: Double
        /// The operators that see all pixels of this axis, however many there are, as `node name (OpType)` with the reason where it is not
        /// the operator's nature; `before` and `after` are then those of the others. Empty where the axis can be cut.
        public let wholeOperators: [String]

        /// A step that lies otherwise in an image that is larger along this axis, by whichever multiple of the stride, with the reason:
        /// tiles that cut the axis are no parts of the image. `nil` where none is known.
        public let unsteadyStep: String?

        /// Whether some operator sees all pixels of this axis.
        public var isWhole: Bool { !wholeOperators.isEmpty }

        /// The input pixels that so many output pixels take, rounded up, at most 2^40.
        public func pixels(covering count: Int) -> Int {
            let wide = 1 << 40, product = max(0, count).multipliedReportingOverflow(by: scale.denominator)
            return product.overflow ? wide : min(wide, ceilDivide(product.partialValue, scale.numerator))
        }

        /// States the reach along an axis; the halos are `before` and `after` where nothing smaller is known.
        public init(
            stride: Int, before: Int, after: Int, haloBefore: Int? = nil, haloAfter: Int? = nil, scale: Ratio, missing: Int = 0,
            origin: Int? = nil, firstMiddle: Double? = nil, wholeOperators: [String] = [], unsteadyStep: String? = nil
        ) {
            let place = origin ?? floorDivide(missing, 2)
            self.origin = place
            self.firstMiddle = firstMiddle ?? Double(place) + (Double(scale.denominator) / Double(scale.numerator) - 1) / 2
            self.wholeOperators = wholeOperators
            self.unsteadyStep = unsteadyStep
            self.stride = stride
            self.before = before
            self.after = after
            self.haloBefore = haloBefore ?? before
            self.haloAfter = haloAfter ?? after
            self.scale = scale
            self.missing = missing
        }

        /// The same where another operator sees all pixels of the axis, if one is given and none was known.
        public func seeingAll(_ name: String?) -> AxisReach {
            guard let name, !isWhole else { return self }
            return AxisReach(
                stride: stride, before: before, after: after, haloBefore: haloBefore, haloAfter: haloAfter, scale: scale, missing: missing,
                origin: origin, firstMiddle: firstMiddle, wholeOperators: [name], unsteadyStep: unsteadyStep)
        }
    }

    /// One entry for each axis of the image.
    public let axes: [AxisReach]
    /// For each axis of the image the output's tensor axis that follows it; `nil` where none does.
    public let outputAxes: [Int?]
    /// The operators that see all of some axis, as `node name (OpType)` with the reason where it is not the operator's nature; empty if the
    /// output is local.
    public let wholeImageOperators: [String]

    /// Whether tiles can give exactly what the whole image gives, along whichever axes they are cut.
    public var isLocal: Bool { wholeImageOperators.isEmpty && unsteadyStep == nil }

    /// The step by which tiles are no parts of the image along an axis that no operator sees as a whole; `nil` where none is known.
    public var unsteadyStep: String? { axes.lazy.filter { !$0.isWhole }.compactMap(\.unsteadyStep).first }

    /// States a reach.
    public init(axes: [AxisReach], outputAxes: [Int?], wholeImageOperators: [String]) {
        self.axes = axes
        self.outputAxes = outputAxes
        self.wholeImageOperators = wholeImageOperators
    }
}
