import Glibc

/// An open regular file that is read from its beginning; closed when the last reference goes.
final class RegularFile {
    private let descriptor: Int32
    private let path: String
    /// The size when it was opened, in bytes.
    let size: Int

    /// Opens a file. Folders, pipes and devices are errors; nothing blocks on them.
    ///
    /// - Parameter folder: the open folder that the name lies in; then a symbolic link is an error and not followed.
    init(_ name: String, in folder: Int32? = nil, path: String) throws(RecordsError) {
        // O_NONBLOCK: opening a pipe without a writer would wait for ever otherwise.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (folder == nil ? 0 : O_NOFOLLOW)
        let descriptor = openat(folder ?? AT_FDCWD, name, flags)
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
}

/// What the last system call complained about.
func systemError() -> String { String(cString: strerror(errno)) }

/// Reads whole files within a bound.
public enum BoundedFile {
    /// The bytes of a regular file of at most `limit` bytes; a file that grows while it is read is held to the same limit.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(RecordsError) -> [UInt8] {
        let file = try RegularFile(path, path: path)
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
