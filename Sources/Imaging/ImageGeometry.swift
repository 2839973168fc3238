/// Where the pixels of an image lie: along each axis the distance between neighbours and the place of the first one.
///
/// Pixel `i` has its middle at `origin + i · distance`. An axis of which a file says nothing counts pixels: distance 1, origin 0, no unit.
public struct ImageGeometry: Sendable, Equatable {
    /// The places along one axis.
    public struct AxisPlaces: Sendable, Equatable {
        /// The distance between the middles of neighbouring pixels; above 0 and finite.
        public var distance: Double
        /// The place of the first pixel's middle.
        public var origin: Double
        /// The unit of both by its OME-Zarr name, `micrometer` for lengths and `second` for times that are known; `nil` where the file
        /// names none.
        public var unit: String?

        /// Counts pixels.
        public static let pixels = AxisPlaces(distance: 1)

        /// States the places.
        public init(distance: Double, origin: Double = 0, unit: String? = nil) {
            self.distance = distance
            self.origin = origin
            self.unit = unit
        }
    }

    /// The unit of lengths.
    public static let micrometre = "micrometer"

    private var places: [Axis: AxisPlaces] = [:]

    /// Pixels with these distances in micrometres, the first one at 0.
    public init(spacing: [Axis: Double] = [:]) {
        for (axis, distance) in spacing { self[axis] = AxisPlaces(distance: distance, unit: Self.micrometre) }
    }

    /// The places along an axis.
    public subscript(axis: Axis) -> AxisPlaces {
        get { places[axis] ?? .pixels }
        set { places[axis] = newValue == .pixels ? nil : newValue }
    }

    /// Micrometres between neighbouring pixels for each axis of which they are known.
    public var spacing: [Axis: Double] { places.filter { $0.value.unit == Self.micrometre }.mapValues(\.distance) }

    /// The places along some of the axes.
    public func along(_ axes: [Axis]) -> ImageGeometry {
        var result = ImageGeometry()
        for axis in axes { result[axis] = self[axis] }
        return result
    }

    /// Makes pixels `factor` times as long along an axis; the first one begins where it began, so that its middle moves.
    public mutating func stretch(_ axis: Axis, by factor: Double) {
        self[axis].origin += (factor - 1) / 2 * self[axis].distance
        self[axis].distance *= factor
    }

    /// Leaves out pixels at the beginning of an axis; a negative number puts some in front.
    public mutating func leaveOut(_ pixels: Int, of axis: Axis) { self[axis].origin += Double(pixels) * self[axis].distance }
}
