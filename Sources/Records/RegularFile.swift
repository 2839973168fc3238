import Glibc

/// An open regular file; closed when the last reference goes.
public final class RegularFile: Sendable {
    private let descriptor: Int32
    private let path: String
    /// The size when it was opened, in bytes.
    public let size: Int

    /// Opens a file. Folders, pipes and devices are errors; nothing blocks on them.
    ///
    /// - Parameter followsLinks: whether the last part of the path may be a symbolic link; else that is an error.
    public convenience init(_ path: String, followsLinks: Bool = true) throws(RecordsError) {
        try self.init(path, in: AT_FDCWD, path: path, followsLinks: followsLinks)
    }

    /// Opens a file of an open folder; a symbolic link is an error and not followed.
    convenience init(_ name: String, in folder: Int32, path: String) throws(RecordsError) {
        try self.init(name, in: folder, path: path, followsLinks: false)
    }

    private init(_ name: String, in folder: Int32, path: String, followsLinks: Bool) throws(RecordsError) {
        // O_NONBLOCK: opening a pipe without a writer would wait for ever otherwise.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
        let descriptor = openat(folder, name, flags)
        guard descriptor >= 0 else { throw .file(path: path, problem: systemError()) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .file(path: path, problem: "is not a regular file")
        }
        self.descriptor = descriptor
        self.path = path
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads on into the buffer and returns how many bytes came; 0 at the end.
    func read(into buffer: inout [UInt8]) throws(RecordsError) -> Int {
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .file(path: path, problem: systemError()) }
        }
    }

    /// Fills a buffer with the bytes from a place on, which need not be the one that was read last.
    ///
    /// The buffer's owner hands it to the system call itself, so that large weights are not copied.
    /// - Returns: false if the file ends before the buffer does, or cannot be read.
    public func copy(from start: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(start + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// All bytes as the size says.
    public func bytes() throws(RecordsError) -> [UInt8] {
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            isWhole = copy(from: 0, into: UnsafeMutableRawBufferPointer(buffer))
            count = isWhole ? size : 0
        }
        guard isWhole else { throw .file(path: path, problem: "ended early, or cannot be read") }
        return bytes
    }

    /// The digest of all bytes as the size says, read in pieces of 1 MiB.
    public func digest() throws(RecordsError) -> Digest {
        var digest = IncrementalDigest()
        var buffer = [UInt8](repeating: 0, count: min(max(size, 1), 1 << 20))
        var start = 0
        while start < size {
            let count = min(buffer.count, size - start)
            let isWhole = buffer.withUnsafeMutableBytes { copy(from: start, into: .init(rebasing: $0.prefix(count))) }
            guard isWhole else { throw .file(path: path, problem: "ended early, or cannot be read") }
            digest.update(buffer.span.bytes.extracting(first: count))
            start += count
        }
        return digest.finish()
    }
}

/// What the last system call complained about.
func systemError() -> String { String(cString: strerror(errno)) }

/// Reads whole files within a bound.
public enum BoundedFile {
    /// The bytes of a regular file of at most `limit` bytes; a file that grows while it is read is held to the same limit.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(RecordsError) -> [UInt8] {
        let file = try RegularFile(path)
        guard file.size <= limit else {
            throw .file(path: path, problem: "has \(file.size) bytes; at most \(limit) are read")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.size)
        var buffer = [UInt8](repeating: 0, count: min(max(file.size + 1, 4096), 1 << 20))
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .file(path: path, problem: "has more than \(limit) bytes") }
            bytes += buffer.prefix(count)
        }
    }
}
