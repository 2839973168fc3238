/// What the multiscale metadata of an OME-Zarr says about its finest level.
/// Source: OME-Zarr specifications 0.4 and 0.5.
struct OMEZarrDescription {
    let axes: [Axis]
    /// Micrometres between pixels of the finest level, where units are given.
    let spacing: [Axis: Double]
    /// The finest level's place in the hierarchy.
    let path: [String]

    init(_ folder: ZarrFolder, limits: BlockLimits) throws(ImageError) {
        let multiscales = try OMEZarrDescription.multiscales(folder, limits: limits)
        let images = try multiscales.list()
        guard let image = images.first else { throw multiscales.wrong("at least one image") }
        var axes: [Axis] = []
        var units: [Double?] = []
        let axesNode = try image.required("axes")
        for node in try axesNode.list() {
            let name = try (node["name"] ?? node).text()
            guard let axis = Axis(rawValue: name), !axes.contains(axis) else {
                throw node.wrong("one of t, c, z, y, x, each once", .unsupported)
            }
            axes.append(axis)
            units.append(axis.isSpatial ? try node["unit"].flatMap { (unit) throws(ImageError) in micrometres[try unit.text()] } : nil)
        }
        guard axes.suffix(2) == [.y, .x], axes.count <= ZarrArray.mostAxes else {
            throw axesNode.wrong("up to five axes, y and x last", .unsupported)
        }
        let datasets = try image.required("datasets")
        guard let finest = try datasets.list().first else { throw datasets.wrong("at least one level") }
        var scale = [Double](repeating: 1, count: axes.count)
        for transforms in [finest["coordinateTransformations"], image["coordinateTransformations"]] {
            guard let transforms else { continue }
            for transform in try transforms.list() where try transform.required("type").text() == "scale" {
                let node = try transform.required("scale")
                let factors = try node.list()
                guard factors.count == axes.count else { throw node.wrong("\(axes.count) numbers") }
                for (index, factor) in factors.enumerated() { scale[index] *= try factor.number() }
            }
        }
        var spacing: [Axis: Double] = [:]
        for (index, axis) in axes.enumerated() {
            guard let unit = units[index], scale[index] > 0, scale[index].isFinite else { continue }
            spacing[axis] = scale[index] * unit
        }
        self.axes = axes
        self.spacing = spacing
        path = try folder.parts(of: try finest.required("path").text())
    }

    private static func multiscales(_ folder: ZarrFolder, limits: BlockLimits) throws(ImageError) -> ZarrJSON {
        if let group = try folder.json(["zarr.json"], limit: limits.metadataBytes) {
            let ome = try group.required("attributes").required("ome")
            if let version = ome["version"], try !version.text().hasPrefix("0.5") { throw version.wrong("\"0.5\"", .unsupported) }
            return try ome.required("multiscales")
        }
        guard let attributes = try folder.json([".zattrs"], limit: limits.metadataBytes) else {
            throw folder.error(.unknownFormat, "the folder has neither zarr.json nor .zattrs; expected an OME-Zarr image.")
        }
        let multiscales = try attributes.required("multiscales")
        if let version = try multiscales.list().first?["version"], try version.text() != "0.4" {
            throw version.wrong("\"0.4\"; older ones do not name units", .unsupported)
        }
        return multiscales
    }
}

/// Micrometres in one unit of length, by the names that OME-Zarr takes from UDUNITS-2.
private let micrometres: [String: Double] = [
    "angstrom": 1e-4, "picometer": 1e-6, "nanometer": 1e-3, "micrometer": 1, "millimeter": 1e3, "centimeter": 1e4, "meter": 1e6,
]
