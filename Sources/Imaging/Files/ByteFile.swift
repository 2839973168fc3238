#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A regular file that is open for reading, with its size at that moment. Reads go through a window, so many small ones are cheap.
final class ByteFile {
    let descriptor: Int32
    let size: Int
    private let name: String
    private var window: [UInt8] = []
    private var windowStart = 0
    private static let windowSize = 1 << 15

    convenience init(_ path: String) throws(ImageError) {
        // Without O_NONBLOCK the open of a named pipe would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ImageError(.unreadable, file: path, "the file cannot be opened: \(String(cString: strerror(errno))).")
        }
        try self.init(descriptor, named: path)
    }

    /// Takes over an open descriptor.
    init(_ descriptor: Int32, named path: String) throws(ImageError) {
        name = path
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ImageError(.unreadable, file: path, "this is not a regular file.")
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    /// The first bytes of a file that is not open; what lies behind them cannot be read.
    init(head: [UInt8], size: Int, named path: String) {
        (descriptor, name, window, self.size) = (-1, path, head, size)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func error(_ kind: ImageError.Kind, _ message: String) -> ImageError { ImageError(kind, file: name, message) }

    /// Exactly `count` bytes from `offset`; the file being shorter is an error.
    func bytes(at offset: Int, count: Int) throws(ImageError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw error(.malformed, "the file ends at byte \(size); \(count) bytes at \(offset) are expected. It may be truncated.")
        }
        if offset < windowStart || offset + count > windowStart + window.count {
            if count >= ByteFile.windowSize { return try load(at: offset, count: count) }
            window = try load(at: offset, count: min(ByteFile.windowSize, size - offset))
            windowStart = offset
        }
        let start = offset - windowStart
        return Array(window[start..<start + count])
    }

    /// Fills `buffer` from `offset`.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) {
        var done = 0
        while done < buffer.count {
            guard let start = buffer.baseAddress else { return }
            let got = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw error(.unreadable, "the file could not be read at byte \(offset + done).") }
            done += got
        }
    }

    private func load(at offset: Int, count: Int) throws(ImageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // pread needs an address; the array is not used otherwise meanwhile.
        let result: Result<Void, ImageError> = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(ImageError) in try read(at: offset, into: buffer) }
        }
        try result.get()
        return bytes
    }
}
