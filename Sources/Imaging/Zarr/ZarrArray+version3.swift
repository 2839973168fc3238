import Records

extension ZarrArray {
    /// Reads `zarr.json` of an array.
    /// Source: Zarr core specification, version 3.1, with the codecs bytes, transpose, blosc, gzip, zstd, crc32c and
    /// sharding_indexed, and those of numcodecs that are named after it: numcodecs.zlib, numcodecs.lz4 and numcodecs.bz2.
    init(version3 json: ZarrJSON, _ path: [String], _ folder: ZarrFolder) throws(ImageError) {
        _ = try json.required("zarr_format").integer(in: 3...3)
        let node = try json.required("node_type")
        guard try node.text() == "array" else { throw node.wrong("\"array\"") }
        shape = try ZarrArray.checkedShape(try json.required("shape"))
        let typeNode = try json.required("data_type")
        guard case .string(let typeName) = typeNode.value, let type = StoredType(rawValue: typeName) else {
            throw typeNode.wrong("a number type such as \"uint16\"", .unsupported)
        }
        self.type = type
        let grid = try json.required("chunk_grid")
        let gridName = try grid.required("name")
        guard try gridName.text() == "regular" else { throw gridName.wrong("\"regular\"", .unsupported) }
        let outer = try ZarrArray.checkedChunks(try grid.required("configuration").required("chunk_shape"), axes: shape.count)
        (prefix, separator) = try ZarrArray.keys(try json.required("chunk_key_encoding"))
        if let transformers = json["storage_transformers"], try !transformers.list().isEmpty {
            throw transformers.wrong("none", .unsupported)
        }
        let codecs = try json.required("codecs").list()
        if let first = codecs.first, try first.required("name").text() == "sharding_indexed" {
            guard codecs.count == 1 else { throw codecs[1].wrong("nothing behind sharding_indexed", .unsupported) }
            let configuration = try first.required("configuration")
            let inner = try ZarrArray.checkedChunks(try configuration.required("chunk_shape"), axes: shape.count)
            guard zip(outer, inner).allSatisfy({ $0 % $1 == 0 }) else {
                throw try configuration.required("chunk_shape").wrong("extents that divide those of the shard, \(outer)")
            }
            shards = try ZarrArray.shards(configuration, outer)
            chunkShape = inner
            self.codecs = try ZarrArray.chain(try configuration.required("codecs").list(), axes: shape.count)
        } else {
            shards = nil
            chunkShape = outer
            self.codecs = try ZarrArray.chain(codecs, axes: shape.count)
        }
        fill = try ZarrArray.fill(try json.required("fill_value"), type)
        self.folder = folder
        self.path = path
    }

    private static func keys(_ json: ZarrJSON) throws(ImageError) -> (prefix: [String], separator: String) {
        let name = try json.required("name")
        let isDefault: Bool
        switch try name.text() {
        case "default": isDefault = true
        case "v2": isDefault = false
        default: throw name.wrong("\"default\" or \"v2\"", .unsupported)
        }
        guard let node = json["configuration"]?["separator"] else { return isDefault ? (["c"], "/") : ([], ".") }
        let separator = try node.text()
        guard separator == "/" || separator == "." else { throw node.wrong("\"/\" or \".\"") }
        return (isDefault ? ["c"] : [], separator)
    }

    private static func shards(_ json: ZarrJSON, _ shape: [Int]) throws(ImageError) -> Shards {
        var isAtEnd = true
        if let location = json["index_location"] {
            switch try location.text() {
            case "end": break
            case "start": isAtEnd = false
            default: throw location.wrong("\"start\" or \"end\"")
            }
        }
        let index = try chain(try json.required("index_codecs").list(), axes: shape.count + 1)
        guard index.order == nil, !index.isBigEndian, index.steps.isEmpty || index.steps == [.crc32c] else {
            throw try json.required("index_codecs").wrong("bytes (little endian) and crc32c", .unsupported)
        }
        return Shards(shape: shape, isIndexAtEnd: isAtEnd, hasChecksum: !index.steps.isEmpty)
    }

    /// Transposition, then bytes, then compression.
    private static func chain(_ codecs: [ZarrJSON], axes: Int) throws(ImageError) -> ZarrCodecs {
        var result = ZarrCodecs()
        var hasBytes = false
        for codec in codecs {
            let name = try (codec["name"] ?? codec).text()
            switch name {
            case "transpose" where !hasBytes && result.order == nil:
                let node = try codec.required("configuration").required("order")
                let order = try node.integers(in: 0...axes - 1)
                guard order.sorted() == Array(0..<axes) else { throw node.wrong("each axis once") }
                result.order = order == Array(0..<axes) ? nil : order
            case "bytes" where !hasBytes:
                hasBytes = true
                guard let endian = codec["configuration"]?["endian"] else { continue }
                switch try endian.text() {
                case "little": break
                case "big": result.isBigEndian = true
                default: throw endian.wrong("\"little\" or \"big\"")
                }
            case "zstd" where hasBytes: result.steps.append(.zstd)
            case "gzip" where hasBytes: result.steps.append(.gzip)
            case "blosc" where hasBytes: result.steps.append(.blosc)
            case "numcodecs.zlib" where hasBytes: result.steps.append(.zlib)
            case "numcodecs.lz4" where hasBytes: result.steps.append(.lz4)
            case "numcodecs.bz2" where hasBytes: result.steps.append(.bz2)
            case "crc32c" where hasBytes: result.steps.append(.crc32c)
            default:
                throw codec.wrong(
                    "transpose, bytes, then zstd, gzip, blosc, crc32c or numcodecs.zlib, .lz4 or .bz2 (found \(name.prefix(40)))",
                    .unsupported)
            }
        }
        guard hasBytes, result.steps.count <= 4 else {
            throw codecs.first?.wrong("a chain with `bytes` and at most four steps behind it", .unsupported)
                ?? ImageError(.malformed, "the array's list of codecs is empty.")
        }
        return result
    }
}
