/// The resolution tags of a page: pixels per unit in x and y.
struct TIFFResolution {
    /// Units per pixel, from the file's fraction; `nil` where the tag is missing or zero.
    let x: Double?
    let y: Double?
    /// 1 none, 2 inch, 3 centimetre.
    let unit: Int

    init(_ directory: TIFFDirectory, in structure: TIFFStructure) throws(ImageError) {
        x = try TIFFResolution.distance(directory[.xResolution], in: structure)
        y = try TIFFResolution.distance(directory[.yResolution], in: structure)
        var unit = 2
        if let entry = directory[.resolutionUnit], entry.count == 1 {
            unit = try structure.integers(entry, TIFFTag.resolutionUnit.text)[0]
        }
        self.unit = unit
    }

    private static func distance(_ entry: TIFFEntry?, in structure: TIFFStructure) throws(ImageError) -> Double? {
        guard let entry, let (numerator, denominator) = try structure.rational(entry), numerator > 0, denominator > 0 else { return nil }
        return Double(denominator) / Double(numerator)
    }

    /// Micrometres per pixel as the tags alone say it.
    ///
    /// Inches are the unit of printers and screens: such a resolution counts only where it is finer than 10 um, which no printer reaches.
    var physicalSpacing: [Axis: Double] {
        switch unit {
        case 2: spacing(unitInMicrometres: 25_400).filter { $0.value < 10 }
        case 3: spacing(unitInMicrometres: 10_000)
        default: [:]
        }
    }

    /// Micrometres per pixel if the resolution counts pixels per such a unit.
    func spacing(unitInMicrometres size: Double) -> [Axis: Double] {
        var spacing: [Axis: Double] = [:]
        if let x { spacing[.x] = x * size }
        if let y { spacing[.y] = y * size }
        return spacing
    }
}

/// Units of length by the names that ImageJ and OME use.
enum LengthUnit {
    /// Micrometres of one unit; `nil` if it is not a length, such as `pixel`.
    static func micrometres(_ name: String) -> Double? {
        switch name {
        case "um", "\u{B5}m", "\u{3BC}m", "\\u00B5m", "micron", "microns", "micrometer", "micrometers": 1
        case "nm": 1e-3
        case "pm": 1e-6
        case "\u{C5}": 1e-4
        case "mm": 1e3
        case "cm": 1e4
        case "m": 1e6
        case "inch", "in": 25_400
        default: nil
        }
    }
}

/// Units of time by the names that ImageJ and OME use.
enum TimeUnit {
    /// Seconds of one unit; `nil` if it is not one of these.
    static func seconds(_ name: String) -> Double? {
        switch name {
        case "s", "sec": 1
        case "ms", "msec": 1e-3
        case "\u{B5}s", "\u{3BC}s": 1e-6
        case "ns": 1e-9
        case "min": 60
        case "h", "hr", "hour": 3600
        case "d": 86_400
        default: nil
        }
    }
}
