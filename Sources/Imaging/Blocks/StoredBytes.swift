/// Values as a file stores them.
enum StoredBytes {
    /// The same values as little-endian bytes of the type in which they are returned (`StoredType.pixelType`).
    static func widened(_ raw: [UInt8], _ stored: StoredType, isBigEndian: Bool, of file: ByteFile) throws(ImageError) -> [UInt8] {
        let bytes = isBigEndian && stored.byteCount > 1 ? swapped(raw, size: stored.byteCount) : raw
        switch stored {
        case .uint8, .uint16, .uint32, .int32, .float32, .float64: return bytes
        case .bool: return bytes.map { $0 == 0 ? 0 : 1 }
        case .int8, .int16, .int64, .uint64, .float16:
            let count = bytes.count / stored.byteCount
            let pixels = try Pixels.decode(stored, count: count, block: count, of: file) { (_, buffer) throws(ImageError) in
                buffer.copyBytes(from: bytes)
            }
            return pixels.littleEndianBytes(0..<count)
        }
    }

    private static func swapped(_ bytes: [UInt8], size: Int) -> [UInt8] {
        var result = bytes
        for start in stride(from: 0, to: bytes.count - size + 1, by: size) {
            for offset in 0..<size { result[start + offset] = bytes[start + size - 1 - offset] }
        }
        return result
    }
}

extension Pixels {
    /// Takes little-endian bytes of a type; their number is a multiple of its size.
    init(littleEndian bytes: [UInt8], _ type: PixelType) {
        switch type {
        case .uint8: self = .uint8(bytes)
        case .uint16: self = .uint16(Pixels.values(bytes, zero: UInt16(0)))
        case .uint32: self = .uint32(Pixels.values(bytes, zero: UInt32(0)))
        case .int32: self = .int32(Pixels.values(bytes, zero: Int32(0)))
        case .float32: self = .float32(Pixels.values(bytes, zero: Float(0)))
        case .float64: self = .float64(Pixels.values(bytes, zero: Double(0)))
        }
    }

    /// All machines on which Concours runs are little endian, so that the bytes are the values.
    private static func values<Value: Numeric>(_ bytes: [UInt8], zero: Value) -> [Value] {
        var values = [Value](repeating: zero, count: bytes.count / MemoryLayout<Value>.stride)
        values.withUnsafeMutableBytes { $0.copyBytes(from: bytes.prefix($0.count)) }
        return values
    }
}
