/// Units by the names that OME-Zarr takes from UDUNITS-2.
enum OMEZarrUnits {
    /// The places in micrometres or seconds where the unit is one of length or time; as they are where it is none or another.
    static func settled(_ places: ImageGeometry.AxisPlaces, along axis: Axis) -> ImageGeometry.AxisPlaces {
        let (factors, unit) = axis.isSpatial ? (micrometres, ImageGeometry.micrometre) : (seconds, "second")
        guard let factor = places.unit.flatMap({ factors[$0] }) else { return places }
        return ImageGeometry.AxisPlaces(distance: places.distance * factor, origin: places.origin * factor, unit: unit)
    }

    private static let micrometres: [String: Double] = [
        "attometer": 1e-12, "femtometer": 1e-9, "picometer": 1e-6, "angstrom": 1e-4, "nanometer": 1e-3, "micrometer": 1, "millimeter": 1e3,
        "centimeter": 1e4, "decimeter": 1e5, "meter": 1e6, "hectometer": 1e8, "kilometer": 1e9, "megameter": 1e12, "inch": 25_400,
        "foot": 304_800, "yard": 914_400, "mile": 1_609_344_000,
    ]

    private static let seconds: [String: Double] = [
        "femtosecond": 1e-15, "picosecond": 1e-12, "nanosecond": 1e-9, "microsecond": 1e-6, "millisecond": 1e-3, "centisecond": 1e-2,
        "decisecond": 1e-1, "second": 1, "minute": 60, "hour": 3600, "day": 86_400,
    ]
}
