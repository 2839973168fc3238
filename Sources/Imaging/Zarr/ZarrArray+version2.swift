import Records

extension ZarrArray {
    /// Reads `.zarray`.
    /// Source: Zarr storage specification, version 2.
    init(version2 json: ZarrJSON, _ path: [String], _ folder: ZarrFolder) throws(ImageError) {
        _ = try json.required("zarr_format").integer(in: 2...2)
        shape = try ZarrArray.checkedShape(try json.required("shape"))
        chunkShape = try ZarrArray.checkedChunks(try json.required("chunks"), axes: shape.count)
        var codecs = ZarrCodecs()
        (type, codecs.isBigEndian) = try ZarrArray.type(version2: try json.required("dtype"))
        let order = try json.required("order")
        switch try order.text() {
        case "C": break
        case "F": codecs.order = shape.indices.reversed()
        default: throw order.wrong("\"C\" or \"F\"")
        }
        if let filters = json["filters"], try !filters.list().isEmpty { throw filters.wrong("null; filters are not read", .unsupported) }
        if let compressor = json["compressor"] {
            let id = try compressor.required("id")
            switch try id.text() {
            case "zstd": codecs.steps = [.zstd]
            case "gzip": codecs.steps = [.gzip]
            case "zlib": codecs.steps = [.zlib]
            case "blosc": codecs.steps = [.blosc]
            case "lz4": codecs.steps = [.lz4]
            case "bz2": codecs.steps = [.bz2]
            default: throw id.wrong("zstd, gzip, zlib, blosc, lz4 or bz2", .unsupported)
            }
        }
        self.codecs = codecs
        if let value = json["fill_value"] {
            fill = try ZarrArray.fill(value, type)
        } else {
            fill = [UInt8](repeating: 0, count: type.pixelType.byteCount)
        }
        shards = nil
        prefix = []
        if let mark = json["dimension_separator"] {
            separator = try mark.text()
            guard separator == "/" || separator == "." else { throw mark.wrong("\"/\" or \".\"") }
        } else {
            separator = "."
        }
        self.folder = folder
        self.path = path
    }

    private static func type(version2 json: ZarrJSON) throws(ImageError) -> (StoredType, isBigEndian: Bool) {
        let types: [String: StoredType] = [
            "b1": .bool, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
            "f2": .float16, "f4": .float32, "f8": .float64,
        ]
        let text = try json.text()
        guard let mark = text.first, "<>|".contains(mark), let type = types[String(text.dropFirst())] else {
            throw json.wrong("a number type such as \"<u2\"", .unsupported)
        }
        return (type, mark == ">")
    }

    /// One value, little endian, in the type in which values of `type` are returned.
    static func fill(_ json: ZarrJSON, _ type: StoredType) throws(ImageError) -> [UInt8] {
        let value: Double
        switch json.value {
        case .integer(let number):
            if type.pixelType.isInteger { return try whole(number, json, type) }
            value = Double(number)
        case .bool(let flag): return try whole(flag ? 1 : 0, json, type)
        case .number(let number): value = number
        case .string("NaN"): value = .nan
        case .string("Infinity"): value = .infinity
        case .string("-Infinity"): value = -.infinity
        default: throw json.wrong("a number, \"NaN\" or \"Infinity\"", .unsupported)
        }
        switch type.pixelType {
        case .float32: return Pixels.float32([Float(value)]).littleEndianBytes(0..<1)
        case .float64: return Pixels.float64([value]).littleEndianBytes(0..<1)
        default:
            guard let number = Int64(exactly: value) else { throw json.wrong("a whole number") }
            return try whole(number, json, type)
        }
    }

    private static func whole(_ number: Int64, _ json: ZarrJSON, _ type: StoredType) throws(ImageError) -> [UInt8] {
        let range: ClosedRange<Int64> =
            switch type {
            case .bool: 0...1
            case .uint8: 0...255
            case .uint16: 0...65_535
            case .uint32, .uint64: 0...Int64(UInt32.max)
            case .int8: -128...127
            case .int16: -32_768...32_767
            case .int32, .int64: Int64(Int32.min)...Int64(Int32.max)
            case .float16, .float32, .float64: Int64.min...Int64.max
            }
        guard range.contains(number) else { throw json.wrong("a value of \(type.rawValue)") }
        switch type.pixelType {
        case .float32: return Pixels.float32([Float(number)]).littleEndianBytes(0..<1)
        case .float64: return Pixels.float64([Double(number)]).littleEndianBytes(0..<1)
        default: return Array(TIFFWriter.little(number).prefix(type.pixelType.byteCount))
        }
    }
}
