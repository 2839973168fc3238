import CImageFormats

/// How a chunk's values become bytes: order of axes, byte order, compression.
struct ZarrCodecs {
    /// A step from bytes to bytes.
    enum Step: Equatable {
        case zstd, gzip, zlib, blosc, lz4, bz2
        /// Four bytes behind the others.
        case crc32c

        var codec: cif_codec? {
            switch self {
            case .zstd: CIF_ZSTD
            case .gzip: CIF_GZIP
            case .zlib: CIF_ZLIB
            case .blosc: CIF_BLOSC
            case .lz4: CIF_LZ4
            case .bz2: CIF_BZ2
            case .crc32c: nil
            }
        }
    }

    /// Axis `i` of what is stored is axis `order[i]` of the array; `nil` if the order is the array's.
    var order: [Int]?
    var isBigEndian = false
    /// From values to file.
    var steps: [Step] = []

    /// The values of a chunk in C order and in the type in which they are returned.
    func decode(_ stored: [UInt8], shape: [Int], _ type: StoredType, of file: ByteFile, at place: String) throws(ImageError) -> [UInt8] {
        let count = shape.reduce(type.byteCount, *)
        var bytes = stored
        for (index, step) in steps.enumerated().reversed() {
            // Behind every earlier step there can be only a few bytes more than the values themselves.
            let room = index == 0 ? count : count + count / 8 + 4096
            bytes = try undo(step, bytes, room: room, of: file, at: place)
        }
        guard bytes.count == count else {
            throw file.error(.malformed, "the chunk \(place) has \(bytes.count) bytes of values; expected \(count).")
        }
        if let order {
            let storedShape = order.map { shape[$0] }
            let back = shape.indices.map { axis in order.firstIndex(of: axis) ?? axis }
            bytes = BoxCopy.permuted(bytes, shape: storedShape, order: back, elementSize: type.byteCount)
        }
        return try StoredBytes.widened(bytes, type, isBigEndian: isBigEndian, of: file)
    }

    private func undo(_ step: Step, _ bytes: [UInt8], room: Int, of file: ByteFile, at place: String) throws(ImageError) -> [UInt8] {
        guard let codec = step.codec else {
            guard bytes.count >= 4 else { throw file.error(.malformed, "the chunk \(place) is too short for its checksum.") }
            let body = Array(bytes.dropLast(4))
            let stated = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard cif_crc32c(body, body.count) == stated else {
                throw file.error(.malformed, "the chunk \(place) does not have its checksum (crc32c); it is damaged.")
            }
            return body
        }
        var message = cif_message()
        var written: Int64 = -1
        let result = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            written = cif_decompress(codec, bytes, bytes.count, buffer.baseAddress, room, &message)
            count = max(0, Int(written))
        }
        guard written >= 0 else { throw file.error(.malformed, "the chunk \(place) cannot be decompressed: \(TIFFReader.text(message)).") }
        return result
    }

    /// The bytes of a chunk whose little-endian values lie in C order.
    func encode(_ values: [UInt8], elementSize: Int) throws(ImageError) -> [UInt8] {
        var bytes = values
        for step in steps {
            guard let codec = step.codec else {
                bytes += TIFFWriter.little(cif_crc32c(bytes, bytes.count))
                continue
            }
            var written: Int64 = -1
            let room = cif_compress_bound(codec, bytes.count)
            let result = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                written = cif_compress(codec, elementSize, bytes, bytes.count, buffer.baseAddress, room)
                count = max(0, Int(written))
            }
            guard written >= 0 else { throw ImageError(.unwritable, "a chunk could not be compressed.") }
            bytes = result
        }
        return bytes
    }
}
