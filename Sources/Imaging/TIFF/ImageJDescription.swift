/// The lines `key=value` that ImageJ keeps in the first page's description.
///
/// Planes run channel first, then slice, then frame. x and y are calibrated by the resolution tags in the unit of the line `unit`,
/// z by the line `spacing`, frames by `finterval` in the unit `tunit`, or seconds; `fps` says how fast ImageJ plays them and nothing of
/// when they were taken. Value calibrations (`cf`, `c0`, `c1`) are not applied: pixels are those of the file.
/// Source: ij.io.TiffDecoder and FileSaver of ImageJ 1.53.
struct ImageJDescription {
    private let values: [Substring: Substring]

    init(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        self.values = values
    }

    /// - Parameter named: what the planes are if no line says it.
    func stack(pages: Int, named: Axis? = nil, resolution: TIFFResolution, of file: ByteFile) throws(ImageError) -> TIFFStack {
        let images = try count("images", of: file) ?? 1
        let channels = try count("channels", of: file)
        let slices = try count("slices", of: file)
        let frames = try count("frames", of: file)
        guard images == pages || (pages > 1 && values["images"] == nil) else {
            if pages == 1 {
                throw file.error(
                    .unsupported,
                    "the ImageJ description says images=\(images), but there is one page: a stack above 4 GB, whose planes have no directories of their own. Save it as OME-TIFF or in parts."
                )
            }
            throw file.error(.malformed, "the ImageJ description says images=\(images), but the file has \(pages) pages.")
        }
        guard channels != nil || slices != nil || frames != nil else {
            return TIFFStack(fastest: [(named ?? .z, pages)], geometry: geometry(resolution))
        }
        let counts: [(axis: Axis, extent: Int)] = [(.channel, channels ?? 1), (.z, slices ?? 1), (.time, frames ?? 1)]
        guard counts.reduce(1, { $0 * $1.extent }) == pages else {
            throw file.error(
                .malformed,
                "the ImageJ description says channels \(counts[0].extent), slices \(counts[1].extent), frames \(counts[2].extent), but the file has \(pages) pages."
            )
        }
        return TIFFStack(fastest: counts, geometry: geometry(resolution))
    }

    private func geometry(_ resolution: TIFFResolution) -> ImageGeometry {
        var geometry = ImageGeometry(spacing: spacing(resolution))
        if let text = values["finterval"], let interval = Double(text), interval > 0, interval.isFinite,
            let seconds = TimeUnit.seconds(values["tunit"].map(String.init) ?? "sec")
        {
            geometry[.time] = ImageGeometry.AxisPlaces(distance: interval * seconds, unit: "second")
        }
        return geometry
    }

    private func spacing(_ resolution: TIFFResolution) -> [Axis: Double] {
        guard let unit = values["unit"] else { return resolution.physicalSpacing }
        guard let size = LengthUnit.micrometres(String(unit)) else { return [:] }
        var spacing = resolution.spacing(unitInMicrometres: size)
        if let text = values["spacing"], let distance = Double(text), distance > 0, distance.isFinite { spacing[.z] = distance * size }
        return spacing
    }

    /// A count of planes: 1 to 65536, which also keeps products small.
    private func count(_ key: Substring, of file: ByteFile) throws(ImageError) -> Int? {
        guard let text = values[key] else { return nil }
        guard let value = Int(text), (1...65_536).contains(value) || key == "images" && value > 0 else {
            throw file.error(.malformed, "the ImageJ description says \(key)=\(text.prefix(40)); expected a count from 1.")
        }
        return value
    }
}
