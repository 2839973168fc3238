import Records

/// The metadata files of an OME-Zarr image of one level, named `0`.
/// Source: OME-Zarr specifications 0.4 and 0.5; labels carry `image-label` with the version in both.
struct OMEZarrMetadata {
    let shape: [Int]
    let chunks: [Int]
    let axes: [Axis]
    let type: PixelType
    let geometry: ImageGeometry
    let channels: [ChannelLabel]
    let isLabel: Bool
    let version: OMEZarrWriter.Version

    /// File names in the image's folder with their contents.
    var files: [(name: String, json: JSONValue)] {
        switch version {
        case .v04:
            var attributes: [String: JSONValue] = ["multiscales": [multiscale]]
            if isLabel { attributes["image-label"] = ["version": "0.4"] }
            if !channels.isEmpty { attributes["omero"] = omero }
            return [(".zgroup", ["zarr_format": 2]), (".zattrs", .object(attributes)), ("0/.zarray", arrayVersion2)]
        case .v05:
            var ome: [String: JSONValue] = ["version": "0.5", "multiscales": [multiscale]]
            if isLabel { ome["image-label"] = ["version": "0.5"] }
            if !channels.isEmpty { ome["omero"] = omero }
            let group: JSONValue = ["zarr_format": 3, "node_type": "group", "attributes": ["ome": .object(ome)]]
            return [("zarr.json", group), ("0/zarr.json", arrayVersion3)]
        }
    }

    private var multiscale: JSONValue {
        var transforms: [JSONValue] = [["type": "scale", "scale": .array(axes.map { .number(geometry[$0].distance) })]]
        let origins = axes.map { geometry[$0].origin }
        // The translation comes after the only scale, and is that of the first pixel's middle.
        if origins.contains(where: { $0 != 0 }) {
            transforms.append(["type": "translation", "translation": .array(origins.map { .number($0) })])
        }
        var result: [String: JSONValue] = [
            "axes": .array(axes.map(description)), "datasets": [["path": "0", "coordinateTransformations": .array(transforms)]],
        ]
        if version == .v04 { result["version"] = "0.4" }
        return .object(result)
    }

    /// The colours that viewers give to channels, in turn; a single one is white.
    private static let colours = ["00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF"]

    /// How viewers name and show the channels.
    private var omero: JSONValue {
        let channels = self.channels.enumerated().map { index, channel -> JSONValue in
            let colour = self.channels.count == 1 ? "FFFFFF" : Self.colours[index % Self.colours.count]
            let (low, high) = (JSONValue.number(channel.window.lowerBound), JSONValue.number(channel.window.upperBound))
            return [
                "label": .string(channel.name), "color": .string(colour), "active": true,
                "window": ["min": low, "start": low, "max": high, "end": high],
            ]
        }
        return ["channels": .array(channels)]
    }

    private func description(_ axis: Axis) -> JSONValue {
        let type =
            switch axis {
            case .time: "time"
            case .channel: "channel"
            case .z, .y, .x: "space"
            }
        var result: [String: JSONValue] = ["name": .string(axis.rawValue), "type": .string(type)]
        if let unit = geometry[axis].unit { result["unit"] = .string(unit) }
        return .object(result)
    }

    private var arrayVersion2: JSONValue {
        let types: [PixelType: String] = [.uint8: "|u1", .uint16: "<u2", .uint32: "<u4", .int32: "<i4", .float32: "<f4", .float64: "<f8"]
        return [
            "zarr_format": 2, "shape": numbers(shape), "chunks": numbers(chunks), "dtype": .string(types[type] ?? ""), "fill_value": 0,
            "order": "C", "filters": nil, "dimension_separator": "/", "compressor": ["id": "zstd", "level": 1],
        ]
    }

    private var arrayVersion3: JSONValue {
        let bytes: JSONValue = type == .uint8 ? ["name": "bytes"] : ["name": "bytes", "configuration": ["endian": "little"]]
        return [
            "zarr_format": 3, "node_type": "array", "shape": numbers(shape), "data_type": .string(type.rawValue),
            "chunk_grid": ["name": "regular", "configuration": ["chunk_shape": numbers(chunks)]],
            "chunk_key_encoding": ["name": "default", "configuration": ["separator": "/"]], "fill_value": 0,
            "codecs": [bytes, ["name": "zstd", "configuration": ["level": 1, "checksum": false]]],
            "dimension_names": .array(axes.map { .string($0.rawValue) }), "attributes": [:],
        ]
    }

    private func numbers(_ values: [Int]) -> JSONValue { .array(values.map { .integer(Int64($0)) }) }
}
