/// Reads one `.npy` file.
struct NPYReader {
    static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

    let shape: [Int]
    let type: StoredType
    let isFortranOrder: Bool
    private let isForeignOrder: Bool
    private let start: Int
    private let count: Int
    private let file: ByteFile

    /// Reads and checks the header; the file must have exactly the bytes that it claims.
    init(_ file: ByteFile, limits: ImageLimits) throws(ImageError) {
        let begin = try file.bytes(at: 0, count: min(12, file.size))
        guard begin.count >= 10, begin.starts(with: NPYReader.signature) else {
            throw file.error(.malformed, "this is not an .npy file: it does not begin with \\x93NUMPY and a version.")
        }
        let length: Int
        switch (begin[6], begin[7]) {
        case (1, 0):
            length = Int(begin[8]) | Int(begin[9]) << 8
            start = 10 + length
        case (2, 0), (3, 0):
            guard begin.count == 12 else { throw file.error(.malformed, "the file ends within its header.") }
            length = (0..<4).reduce(0) { $0 | Int(begin[8 + $1]) << (8 * $1) }
            start = 12 + length
        default: throw file.error(.unsupported, "the .npy version is \(begin[6]).\(begin[7]); expected 1.0, 2.0 or 3.0.")
        }
        guard length <= min(1 << 16, limits.metadataBytes) else {
            throw file.error(.limit, "the header claims \(length) bytes; the limit is \(min(1 << 16, limits.metadataBytes)).")
        }
        let header = try NPYHeader(try file.bytes(at: start - length, count: length), of: file)
        shape = header.shape
        type = header.type
        isFortranOrder = header.isFortranOrder
        #if _endian(little)
            isForeignOrder = header.isBigEndian
        #else
            isForeignOrder = !header.isBigEndian
        #endif
        let extents = shape.contains(0) ? [] : shape
        guard limits.bytes(extents + [max(type.byteCount, type.pixelType.byteCount)]) != nil else {
            throw file.error(.limit, "an array of shape \(shape) of \(type.rawValue) is above the limit of \(limits.pixelBytes) bytes.")
        }
        count = shape.reduce(1, *)
        guard file.size - start == count * type.byteCount else {
            throw file.error(
                .malformed, "\(count * type.byteCount) bytes of values are expected after the header, but \(file.size - start) follow.")
        }
        self.file = file
    }

    func read() throws(ImageError) -> NPYArray {
        let size = type.byteCount
        // Types that are widened go through a scratch of 64 Ki values, the others straight to their place.
        let block = type.rawValue == type.pixelType.rawValue ? max(count, 1) : 1 << 16
        let pixels = try Pixels.decode(type, count: count, block: block, of: file) { (index, bytes) throws(ImageError) in
            try file.read(at: start + index * block * size, into: bytes)
            if isForeignOrder { NPYReader.swap(bytes, size) }
        }
        return NPYArray(shape: shape, pixels: isFortranOrder && shape.count > 1 ? pixels.fromFortranOrder(shape) : pixels)
    }

    /// Values of an array in C order as little-endian bytes of the type in memory.
    ///
    /// - Parameters:
    ///   - index: the first value, counted in C order.
    ///   - count: the number of values.
    func bytes(at index: Int, count: Int) throws(ImageError) -> [UInt8] {
        let raw = try file.bytes(at: start + index * type.byteCount, count: count * type.byteCount)
        return try StoredBytes.widened(raw, type, isBigEndian: isForeignOrder, of: file)
    }

    /// The header as an image's: two dimensions are `(y, x)`, three `(z, y, x)`.
    func imageHeader() throws(ImageError) -> ImageHeader {
        guard (shape.count == 2 || shape.count == 3), !shape.contains(0) else {
            throw file.error(
                .unsupported, "the array has shape \(shape); an image has two dimensions (y, x) or three (z, y, x), none of them 0.")
        }
        return ImageHeader(
            format: .npy, shape: shape, axes: shape.count == 2 ? [.y, .x] : [.z, .y, .x], type: type.pixelType, spacing: [:])
    }

    func readImage() throws(ImageError) -> Image {
        let header = try imageHeader()
        guard let image = Image(shape: header.shape, axes: header.axes, pixels: try read().pixels) else {
            throw file.error(.malformed, "the number of values is not the product of the shape \(shape).")
        }
        return image
    }

    /// Turns the bytes of each value around.
    private static func swap(_ bytes: UnsafeMutableRawBufferPointer, _ size: Int) {
        switch size {
        case 2: swap(bytes, as: UInt16.self)
        case 4: swap(bytes, as: UInt32.self)
        case 8: swap(bytes, as: UInt64.self)
        default: break
        }
    }

    private static func swap<Value: FixedWidthInteger>(_ bytes: UnsafeMutableRawBufferPointer, as type: Value.Type) {
        let values = bytes.assumingMemoryBound(to: Value.self)
        for index in values.indices { values[index] = values[index].byteSwapped }
    }
}

extension Pixels {
    /// Values that lie first axis fastest, put in C order.
    fileprivate func fromFortranOrder(_ shape: [Int]) -> Pixels {
        switch self {
        case .uint8(let values): .uint8(Pixels.transposed(values, shape))
        case .uint16(let values): .uint16(Pixels.transposed(values, shape))
        case .uint32(let values): .uint32(Pixels.transposed(values, shape))
        case .int32(let values): .int32(Pixels.transposed(values, shape))
        case .float32(let values): .float32(Pixels.transposed(values, shape))
        case .float64(let values): .float64(Pixels.transposed(values, shape))
        }
    }

    private static func transposed<Value>(_ values: [Value], _ shape: [Int]) -> [Value] {
        var strides: [Int] = []
        var stride = 1
        for extent in shape {
            strides.append(stride)
            stride *= extent
        }
        var place = [Int](repeating: 0, count: shape.count)
        var source = 0
        let last = shape.count - 1
        var result: [Value] = []
        result.reserveCapacity(values.count)
        while result.count < values.count {
            for index in 0..<shape[last] { result.append(values[source + index * strides[last]]) }
            // The next row: count up the axes before the last.
            var axis = last - 1
            while axis >= 0 {
                place[axis] += 1
                source += strides[axis]
                if place[axis] < shape[axis] { break }
                source -= place[axis] * strides[axis]
                place[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}
