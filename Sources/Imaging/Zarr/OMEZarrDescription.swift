/// What the multiscale metadata of an OME-Zarr says about its finest level.
/// Source: OME-Zarr specifications 0.4 and 0.5.
struct OMEZarrDescription {
    let axes: [Axis]
    /// Where the pixels of the finest level lie.
    let geometry: ImageGeometry
    /// What cannot be true of them and is not used.
    let notes: [String]
    /// The finest level's place in the hierarchy.
    let path: [String]

    init(_ folder: ZarrFolder, limits: BlockLimits) throws(ImageError) {
        let multiscales = try OMEZarrDescription.multiscales(folder, limits: limits)
        let images = try multiscales.list()
        guard let image = images.first else { throw multiscales.wrong("at least one image") }
        var axes: [Axis] = []
        var units: [String?] = []
        let axesNode = try image.required("axes")
        for node in try axesNode.list() {
            let named = node["name"] ?? node, name = try named.text()
            guard let axis = Axis(rawValue: name), !axes.contains(axis) else {
                throw named.wrong("one of t, c, z, y, x, each once", .unsupported)
            }
            axes.append(axis)
            units.append(try node["unit"].map { (unit) throws(ImageError) in try unit.text() })
        }
        guard axes.suffix(2) == [.y, .x], axes.count <= ZarrArray.mostAxes else {
            let names = axes.map(\.rawValue).joined(separator: ", ")
            throw folder.error(
                .unsupported,
                "\(axesNode.place) names the axes \(names); expected up to \(ZarrArray.mostAxes) of t, c, z, y, x, the last two y and x.")
        }
        let datasets = try image.required("datasets")
        guard let finest = try datasets.list().first else { throw datasets.wrong("at least one level") }
        var scale = [Double](repeating: 1, count: axes.count), translation = [Double](repeating: 0, count: axes.count)
        // Those of the level come first, then those of all levels; each is carried out on what the ones before made.
        for transforms in [finest["coordinateTransformations"], image["coordinateTransformations"]] {
            guard let transforms else { continue }
            for transform in try transforms.list() {
                let type = try transform.required("type").text()
                guard ["scale", "translation"].contains(type) else { continue }
                let node = try transform.required(type)
                let numbers = try node.list()
                guard numbers.count == axes.count else { throw node.wrong("\(axes.count) numbers") }
                for (index, entry) in numbers.enumerated() {
                    let number = try entry.number()
                    if type == "scale" { scale[index] *= number }
                    translation[index] = type == "scale" ? translation[index] * number : translation[index] + number
                }
            }
        }
        var geometry = ImageGeometry(), notes: [String] = []
        for (index, axis) in axes.enumerated() where axis != .channel {
            let places = OMEZarrUnits.settled(
                ImageGeometry.AxisPlaces(distance: scale[index], origin: translation[index], unit: units[index]), along: axis)
            guard places.distance > 0, places.distance.isFinite, places.origin.isFinite else {
                notes.append(
                    "the image's metadata put pixels \(scale[index]) apart along \(axis.rawValue), the first at \(translation[index]); "
                        + "expected a distance above 0 and finite numbers, so that pixels are counted along this axis")
                continue
            }
            geometry[axis] = places
        }
        self.axes = axes
        self.geometry = geometry
        self.notes = notes
        path = try folder.parts(of: try finest.required("path").text())
    }

    private static func notOME(_ folder: ZarrFolder, _ found: String) -> ImageError {
        folder.error(.malformed, "\(found); expected an OME-Zarr image 0.4 or 0.5, which a plain Zarr array or group is not.")
    }

    private static func multiscales(_ folder: ZarrFolder, limits: BlockLimits) throws(ImageError) -> ZarrJSON {
        if let group = try folder.json(["zarr.json"], limit: limits.metadataBytes) {
            guard let ome = group["attributes"]?["ome"] else { throw notOME(folder, "\(group.place): `attributes` have no `ome`") }
            if let version = ome["version"], try !version.text().hasPrefix("0.5") { throw version.wrong("\"0.5\"", .unsupported) }
            guard let multiscales = ome["multiscales"] else { throw notOME(folder, "\(ome.place) has no `multiscales`") }
            return multiscales
        }
        guard let attributes = try folder.json([".zattrs"], limit: limits.metadataBytes) else {
            throw folder.error(.unknownFormat, "the folder has neither zarr.json nor .zattrs; expected an OME-Zarr image.")
        }
        guard let multiscales = attributes["multiscales"] else { throw notOME(folder, "\(attributes.place) has no `multiscales`") }
        if let version = try multiscales.list().first?["version"], try version.text() != "0.4" {
            throw version.wrong("\"0.4\"; older ones do not name units", .unsupported)
        }
        return multiscales
    }
}
