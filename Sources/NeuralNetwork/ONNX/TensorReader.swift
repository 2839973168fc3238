internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Turns ONNX's `TensorProto` into a `Tensor`.
enum TensorReader {
    /// The largest extent of an axis that shape arithmetic accepts; products of two of them fit into an `Int`.
    static let largestExtent = 1 << 31

    static func elementType(_ code: Int32, place: String) throws(NetworkError) -> ElementType {
        switch code {
        case 1: return .float32
        case 2: return .uint8
        case 3: return .int8
        case 4: return .uint16
        case 5: return .int16
        case 6: return .int32
        case 7: return .int64
        case 9: return .bool
        case 10: return .float16
        case 11: return .float64
        case 12: return .uint32
        case 13: return .uint64
        case 16: return .bfloat16
        case 17: return .float8e4m3fn
        case 18: return .float8e4m3fnuz
        case 19: return .float8e5m2
        case 20: return .float8e5m2fnuz
        case 21: return .uint4
        case 22: return .int4
        case 23: return .float4e2m1
        case 24: return .float8e8m0
        case 25: return .uint2
        case 26: return .int2
        default:
            let names: [Int32: String] = [8: "string", 14: "complex64", 15: "complex128"]
            throw NetworkError(
                .unsupported,
                "\(place) has elements of type \(names[code] ?? "number \(code)"); the core reads "
                    + ElementType.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    /// A tensor that holds its elements itself.
    static func tensor(_ proto: ONNXTensorProto, place: String, limits: NetworkLimits) throws(NetworkError) -> Tensor {
        guard proto.dataLocation == 0, proto.externalData.isEmpty else {
            throw NetworkError(
                .elsewhere,
                "\(place) lies in another file (external data); beside a network alone that is read as FILE.onnx.data, in a package where "
                    + "the description names it under `onnx`, such as `external_data: {source: weights.onnx.data}`; or save the model as one "
                    + "file")
        }
        let (type, shape) = try form(proto, place: place, limits: limits)
        let count = shape.reduce(1, *)
        guard !proto.rawData.isEmpty else { return Tensor(shape, try listed(proto, type: type, count: count, place: place)) }
        let expected = storedBytes(type, count: count)
        guard proto.rawData.count == expected else {
            throw NetworkError(
                .malformed, "\(place) has \(proto.rawData.count) bytes of data; its extents and type (\(type.rawValue)) ask for \(expected)"
            )
        }
        return Tensor(shape, raw([UInt8](proto.rawData), type: type, count: count))
    }

    /// A tensor whose elements a scan has left in the file.
    static func tensor(
        _ proto: ONNXTensorProto, elements: StoredElements, in source: ByteSource, place: String, limits: NetworkLimits
    ) throws(NetworkError) -> StoredTensor {
        let (type, shape) = try form(proto, place: place, limits: limits)
        switch (elements.form, type) {
        case (.raw, _), (.floats, .float32), (.doubles, .float64):
            return try StoredTensor(type, shape, in: source, at: elements.bytes, place: place)
        case (.integers64, .int64), (.naturals64, .uint64), (.naturals64, .uint32),
            (.integers32, _) where listsAsInt32(type):
            let elementCount = shape.reduce(1, *), count = type.isNarrow ? storedBytes(type, count: elementCount) : elementCount
            let numbers = try PackedNumbers(in: source, at: elements.bytes, count: count, place: place)
            return StoredTensor(type, shape, numbers)
        default: throw NetworkError(.malformed, "\(place) lists elements of another type than its own (\(type.rawValue))")
        }
    }

    /// Whether a type's elements, or their bits, are listed as numbers of 32 bits.
    private static func listsAsInt32(_ type: ElementType) -> Bool {
        switch type {
        case .float32, .float64, .int64, .uint64, .uint32: false
        default: true
        }
    }

    /// Element type and extents.
    static func form(
        _ proto: ONNXTensorProto, place: String, limits: NetworkLimits
    ) throws(NetworkError) -> (type: ElementType, shape: [Int]) {
        guard proto.segment.isEmpty else { throw NetworkError(.unsupported, "\(place) is stored in segments; save the model anew") }
        let type = try elementType(proto.dataType, place: place)
        return (type, try checkedShape(proto.dims, elementType: type, place: place, limits: limits))
    }

    /// The bytes of elements in a file, where those of less than a byte share bytes.
    static func storedBytes(_ type: ElementType, count: Int) -> Int {
        guard let bits = NarrowFormat.formats[type]?.bits else { return count * type.byteCount }
        return (count + 8 / bits - 1) / (8 / bits)
    }

    private static func checkedShape(
        _ dims: [Int64], elementType: ElementType, place: String, limits: NetworkLimits
    ) throws(NetworkError) -> [Int] {
        guard dims.count <= limits.maxRank else {
            throw NetworkError(.limit, "\(place) has \(dims.count) axes; at most \(limits.maxRank) are read")
        }
        for extent in dims where extent < 0 || extent > Int64(largestExtent) {
            throw NetworkError(.malformed, "\(place) has the extents \(dims); expected numbers from 0 to \(largestExtent)")
        }
        let shape = dims.map(Int.init)
        guard let count = Tensor.elementCount(of: shape), count <= limits.maxTensorBytes / elementType.byteCount else {
            throw NetworkError(.limit, "\(place) has the extents \(dims), more than \(limits.maxTensorBytes) bytes")
        }
        return shape
    }

    /// The elements from their bytes, of which there are `storedBytes`.
    static func raw(_ bytes: [UInt8], type: ElementType, count: Int) -> TensorStorage {
        if let bits = NarrowFormat.formats[type]?.bits { return packed(bytes, type: type, bits: bits, count: count) }
        if type == .bool { return .bool(bytes.map { $0 != 0 }) }
        // The file's numbers are little-endian, as are the machines that this runs on.
        return TensorStorage.filled(type: type, count: count) { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// Elements of less than a byte fill the bytes from the lowest bits on.
    private static func packed(_ bytes: [UInt8], type: ElementType, bits: Int, count: Int) -> TensorStorage {
        let perByte = 8 / bits
        let mask = UInt8(truncatingIfNeeded: 1 << bits - 1)
        return .narrow(NarrowElements(type, codes: (0..<count).map { bytes[$0 / perByte] >> UInt8($0 % perByte * bits) & mask }))
    }

    private static func listed(_ proto: ONNXTensorProto, type: ElementType, count: Int, place: String) throws(NetworkError) -> TensorStorage
    {
        let storage: TensorStorage
        switch type {
        case .float32: storage = .float32(proto.floatData)
        case .float64: storage = .float64(proto.doubleData)
        // Listed floats of half precision are their bits.
        case .float16: storage = .float16(proto.int32Data.map { Float16(bitPattern: UInt16(truncatingIfNeeded: $0)) })
        case .bfloat16: storage = .bfloat16(proto.int32Data.map { BFloat16(bits: UInt16(truncatingIfNeeded: $0)) })
        case .int64: storage = .int64(proto.int64Data)
        case .uint64: storage = .uint64(proto.uint64Data)
        case .uint32: storage = .uint32(proto.uint64Data.map(UInt32.init(truncatingIfNeeded:)))
        case .int16: storage = .int16(proto.int32Data.map(Int16.init(truncatingIfNeeded:)))
        case .int32: storage = .int32(proto.int32Data)
        case .int8: storage = .int8(proto.int32Data.map(Int8.init(truncatingIfNeeded:)))
        case .uint8: storage = .uint8(proto.int32Data.map(UInt8.init(truncatingIfNeeded:)))
        case .uint16: storage = .uint16(proto.int32Data.map(UInt16.init(truncatingIfNeeded:)))
        case .bool: storage = .bool(proto.int32Data.map { $0 != 0 })
        default:
            let bytes = proto.int32Data.map(UInt8.init(truncatingIfNeeded:))
            guard bytes.count == storedBytes(type, count: count) else {
                throw NetworkError(
                    .malformed, "\(place) lists \(bytes.count) bytes; its extents and type (\(type.rawValue)) ask for \(count) elements")
            }
            storage = packed(bytes, type: type, bits: NarrowFormat.formats[type]?.bits ?? 8, count: count)
        }
        guard storage.count == count else {
            throw NetworkError(.malformed, "\(place) lists \(storage.count) elements; its extents ask for \(count)")
        }
        return storage
    }
}

extension Tensor {
    /// Reads a serialized ONNX `TensorProto`, the form of ONNX's test data (`input_0.pb`).
    public init(onnxTensor bytes: [UInt8], limits: NetworkLimits = .init()) throws(NetworkError) {
        guard bytes.count <= limits.maxFileBytes else {
            throw NetworkError(.limit, "the tensor has \(bytes.count) bytes; at most \(limits.maxFileBytes) are read")
        }
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 16
        options.discardUnknownFields = true
        let proto: ONNXTensorProto
        do {
            proto = try ONNXTensorProto(serializedBytes: bytes, options: options)
        } catch {
            throw NetworkError(.malformed, "not an ONNX tensor: its fields do not decode (\(error))")
        }
        self = try TensorReader.tensor(proto, place: "the tensor '\(proto.name)'", limits: limits)
    }
}
