/// The OME-XML of an image whose planes lie in the pages of one file, in the order of the array.
/// Source: OME schema 2016-06.
struct OMEXML {
    let shape: [Int]
    /// `(y, x)` last.
    let axes: [Axis]
    let type: PixelType
    let geometry: ImageGeometry
    /// A label for each channel, or none.
    let channels: [ChannelLabel]

    var text: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\">"
            + "<Pixels ID=\"Pixels:0\" DimensionOrder=\"\(order)\" Type=\"\(typeName)\" \(attributes)>\(channelElements)"
            + "<TiffData IFD=\"0\" PlaneCount=\"\(shape.dropLast(2).reduce(1, *))\"/>\(planeElements)</Pixels></Image></OME>"
    }

    private static let spatial = [(Axis.x, "X"), (.y, "Y"), (.z, "Z")]

    private func extent(_ axis: Axis) -> Int { axes.firstIndex(of: axis).map { shape[$0] } ?? 1 }

    /// Planes lie as in the array: the slowest axis last in the order's name.
    private var order: String {
        let present = axes.dropLast(2).reversed().map { $0.rawValue.uppercased() }
        return "XY" + present.joined() + ["Z", "C", "T"].filter { !present.contains($0) }.joined()
    }

    private var typeName: String {
        switch type {
        case .float32: "float"
        case .float64: "double"
        default: type.rawValue
        }
    }

    private var attributes: String {
        let sizes = (Self.spatial + [(.channel, "C"), (.time, "T")]).map { "Size\($0.1)=\"\(extent($0.0))\"" }
        let physical = Self.spatial.filter { geometry[$0.0] != .pixels && axes.contains($0.0) }.map { axis, name in
            "PhysicalSize\(name)=\"\(geometry[axis].distance)\"" + (isInMicrometres(axis) ? "" : unit(axis, "PhysicalSize\(name)"))
        }
        let time = geometry[.time].unit == "second" ? ["TimeIncrement=\"\(geometry[.time].distance)\""] : []
        return (sizes + physical + time).joined(separator: " ")
    }

    private var channelElements: String {
        (0..<extent(.channel)).map { index in
            let name = channels.isEmpty ? "" : "Name=\"\(XMLAttribute.escaped(channels[index].name))\" "
            return "<Channel ID=\"Channel:0:\(index)\" \(name)SamplesPerPixel=\"1\"/>"
        }.joined()
    }

    /// The places of the planes' first pixels, where the image does not begin at 0.
    private var planeElements: String {
        let moved = Self.spatial.filter { geometry[$0.0].origin != 0 && axes.contains($0.0) }
        guard !moved.isEmpty else { return "" }
        var elements = ""
        for time in 0..<extent(.time) {
            for channel in 0..<extent(.channel) {
                for z in 0..<extent(.z) {
                    let places = moved.map { axis, name in
                        let place = geometry[axis].origin + (axis == .z ? Double(z) * geometry[axis].distance : 0)
                        return "Position\(name)=\"\(place)\"" + unit(axis, "Position\(name)")
                    }
                    elements += "<Plane TheZ=\"\(z)\" TheT=\"\(time)\" TheC=\"\(channel)\" \(places.joined(separator: " "))/>"
                }
            }
        }
        return elements
    }

    /// Whether an axis is measured in micrometres, the schema's standard for sizes of pixels.
    private func isInMicrometres(_ axis: Axis) -> Bool { geometry[axis].unit == ImageGeometry.micrometre }

    /// The schema's word for the unit of lengths of which nobody knows how long they are.
    static let unknownLength = "reference frame"

    private func unit(_ axis: Axis, _ name: String) -> String {
        " \(name)Unit=\"\(isInMicrometres(axis) ? "\u{B5}m" : Self.unknownLength)\""
    }
}
