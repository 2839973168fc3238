/// A number type as files hold it; more than `PixelType`, which is what it becomes in memory.
enum StoredType: String {
    case bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, float32, float64

    /// Bytes of one value in the file.
    var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// The type in memory. 64-bit integers become 32-bit ones, which is checked value by value.
    var pixelType: PixelType {
        switch self {
        case .bool, .uint8: .uint8
        case .uint16: .uint16
        case .uint32, .uint64: .uint32
        case .int8, .int16, .int32, .int64: .int32
        case .float16, .float32: .float32
        case .float64: .float64
        }
    }
}

extension Pixels {
    /// Fills pixels block by block with a decoder that writes values of `stored`'s type in the machine's byte order.
    ///
    /// - Parameters:
    ///   - count: all values; `block`: values of one block (the last may be shorter).
    ///   - fill: writes the block of the given index to the given bytes, all of them.
    static func decode(
        _ stored: StoredType, count: Int, block: Int, of file: ByteFile,
        fill: (Int, UnsafeMutableRawBufferPointer) throws(ImageError) -> Void
    ) throws(ImageError) -> Pixels {
        let blocks = Blocks(count: count, block: block, file: file)
        switch stored {
        case .uint8: return .uint8(try blocks.direct(0, fill))
        case .uint16: return .uint16(try blocks.direct(0, fill))
        case .uint32: return .uint32(try blocks.direct(0, fill))
        case .int32: return .int32(try blocks.direct(0, fill))
        case .float32: return .float32(try blocks.direct(0, fill))
        case .float64: return .float64(try blocks.direct(0, fill))
        case .bool: return .uint8(try blocks.widened(from: UInt8(0), to: UInt8(0), fill) { $0 == 0 ? 0 : 1 })
        case .int8: return .int32(try blocks.widened(from: Int8(0), to: Int32(0), fill) { Int32($0) })
        case .int16: return .int32(try blocks.widened(from: Int16(0), to: Int32(0), fill) { Int32($0) })
        case .int64: return .int32(try blocks.widened(from: Int64(0), to: Int32(0), fill) { Int32(exactly: $0) })
        case .uint64: return .uint32(try blocks.widened(from: UInt64(0), to: UInt32(0), fill) { UInt32(exactly: $0) })
        case .float16: return .float32(try blocks.widened(from: UInt16(0), to: Float(0), fill) { halfPrecision($0) })
        }
    }

    /// The value of an IEEE 754 binary16 number.
    private static func halfPrecision(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Float(bits & 0x3FF)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
        }
    }
}

private struct Blocks {
    let count: Int
    let block: Int
    let file: ByteFile

    typealias Fill = (Int, UnsafeMutableRawBufferPointer) throws(ImageError) -> Void

    /// Decodes straight into the result: the decoders are C and write to addresses.
    func direct<Value: Numeric>(_ zero: Value, _ fill: Fill) throws(ImageError) -> [Value] {
        var values = [Value](repeating: zero, count: count)
        let size = MemoryLayout<Value>.stride
        let result: Result<Void, ImageError> = values.withUnsafeMutableBytes { bytes in
            Result { () throws(ImageError) in
                for (index, start) in stride(from: 0, to: count, by: block).enumerated() {
                    let end = min(start + block, count)
                    try fill(index, UnsafeMutableRawBufferPointer(rebasing: bytes[start * size..<end * size]))
                }
            }
        }
        try result.get()
        return values
    }

    /// Decodes each block to a scratch of its own type and converts it; `nil` from `convert` is a value that does not fit.
    func widened<Source: Numeric, Value: Numeric>(
        from sourceZero: Source, to zero: Value, _ fill: Fill, convert: (Source) -> Value?
    ) throws(ImageError) -> [Value] {
        var values = [Value](repeating: zero, count: count)
        var scratch = [Source](repeating: sourceZero, count: min(block, count))
        for (index, start) in stride(from: 0, to: count, by: block).enumerated() {
            let length = min(block, count - start)
            let result: Result<Void, ImageError> = scratch.withUnsafeMutableBytes { bytes in
                Result { () throws(ImageError) in
                    try fill(index, UnsafeMutableRawBufferPointer(rebasing: bytes[0..<length * MemoryLayout<Source>.stride]))
                }
            }
            try result.get()
            for offset in 0..<length {
                guard let value = convert(scratch[offset]) else {
                    throw file.error(
                        .unsupported,
                        "value \(start + offset) is \(scratch[offset]), which does not fit \(Value.self). Store 32-bit values.")
                }
                values[start + offset] = value
            }
        }
        return values
    }
}
