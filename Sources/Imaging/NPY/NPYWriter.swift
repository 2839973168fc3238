#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes an array into an NPY file region by region, in a file of full size from the start: version 1.0, C order, little endian.
///
/// A file that exists is continued if it was begun with the same extents and type; values that were never written are 0.
public final class NPYWriter: RereadableWriter {
    /// The extents, slowest first.
    public let shape: [Int]
    /// One row.
    public let blockShape: [Int]

    private let type: PixelType
    private let start: Int
    private let descriptor: Int32
    private let name: String

    /// Begins a file or continues one.
    public init(_ path: String, shape: [Int], type: PixelType) throws(ImageError) {
        self.shape = shape
        self.type = type
        name = path
        blockShape = shape.indices.map { $0 == shape.count - 1 ? shape[$0] : 1 }
        let head = NPY.head(shape: shape, type: type)
        start = head.count
        var size = type.byteCount
        for extent in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard !overflow, extent > 0, product < 1 << 60 else {
                throw ImageError(.unsuitable, file: path, "an array of \(shape) \(type.rawValue) cannot be written.")
            }
            size = product
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0, ftruncate(descriptor, off_t(head.count + size)) == 0 else {
            throw ImageError(.unwritable, file: path, "the file cannot be made: \(String(cString: strerror(errno))).")
        }
        try put(head, 0..<head.count, at: 0)
    }

    deinit { close(descriptor) }

    /// Writes a region.
    public func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError) {
        try Region.check(region, in: shape)
        guard pixels.type == type, pixels.count == region.reduce(1, { $0 * $1.count }) else {
            throw ImageError(
                .unsuitable, file: name, "\(pixels.count) values of \(pixels.type.rawValue) are given for the region \(region).")
        }
        let bytes = pixels.littleEndianBytes(0..<pixels.count)
        var done = 0
        try Region.forEachRun(of: region, in: shape) { (place, count) throws(ImageError) in
            try put(bytes, done..<done + count * type.byteCount, at: start + place * type.byteCount)
            done += count * type.byteCount
        }
    }

    /// The values that lie in a region; 0 where nothing was written.
    public func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try Region.check(region, in: shape)
        var result = [UInt8](repeating: 0, count: region.reduce(type.byteCount) { $0 * $1.count })
        var done = 0
        try Region.forEachRun(of: region, in: shape) { (place, count) throws(ImageError) in
            let bytes = count * type.byteCount
            let got = result.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, bytes, off_t(start + place * type.byteCount))
            }
            guard got == bytes else {
                throw ImageError(.unreadable, file: name, "the file could not be read at byte \(start + place * type.byteCount).")
            }
            done += bytes
        }
        return Pixels(littleEndian: result, type)
    }

    private func put(_ bytes: [UInt8], _ range: Range<Int>, at offset: Int) throws(ImageError) {
        let written = bytes.withUnsafeBytes { buffer in
            pwrite(descriptor, buffer.baseAddress.map { $0 + range.lowerBound }, range.count, off_t(offset))
        }
        guard written == range.count else {
            throw ImageError(.unwritable, file: name, "writing failed: \(String(cString: strerror(errno))).")
        }
    }
}
