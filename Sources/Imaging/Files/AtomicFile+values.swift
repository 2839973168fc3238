extension AtomicFile {
    /// Appends all values, little endian.
    func append(values pixels: Pixels) throws(ImageError) {
        switch pixels {
        case .uint8(let values): try append(values)
        case .uint16, .uint32, .int32, .float32, .float64:
            // In pieces, so that no second copy of a large image arises.
            let piece = 1 << 18
            for start in stride(from: 0, to: pixels.count, by: piece) {
                try append(pixels.littleEndianBytes(start..<min(start + piece, pixels.count)))
            }
        }
    }
}

extension Pixels {
    /// The bytes of some of the values, little endian.
    func littleEndianBytes(_ range: Range<Int>) -> [UInt8] {
        switch self {
        case .uint8(let values): Array(values[range])
        case .uint16(let values): Pixels.bytes(values[range]) { $0.littleEndian }
        case .uint32(let values): Pixels.bytes(values[range]) { $0.littleEndian }
        case .int32(let values): Pixels.bytes(values[range]) { $0.littleEndian }
        case .float32(let values): Pixels.bytes(values[range]) { $0.bitPattern.littleEndian }
        case .float64(let values): Pixels.bytes(values[range]) { $0.bitPattern.littleEndian }
        }
    }

    private static func bytes<Value, Word: FixedWidthInteger>(_ values: ArraySlice<Value>, _ word: (Value) -> Word) -> [UInt8] {
        values.map(word).withUnsafeBytes { Array($0) }
    }
}
