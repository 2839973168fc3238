import CSandbox
import Glibc

/// An open descriptor, closed when its owner goes away.
struct FileDescriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes over a descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens a path; the error is an error number.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) -> Result<Int32, SystemFailure> {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        return number < 0 ? .failure(SystemFailure(errno)) : .success(number)
    }

    /// An anonymous file with the bytes, read from its start.
    static func memory(_ bytes: [UInt8]) throws(SystemFailure) -> FileDescriptor {
        let number = csandbox_memory_file(bytes, bytes.count)
        guard number >= 0 else { throw SystemFailure(-number) }
        return FileDescriptor(owning: number)
    }

    /// Reads up to `count` bytes; `nil` where nothing is there yet, empty at the end or where reading fails.
    func read(upTo count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let filled = Glibc.read(number, &bytes, count)
        if filled < 0, errno == EAGAIN || errno == EINTR { return nil }
        return Array(bytes.prefix(max(filled, 0)))
    }

    /// Writes all bytes.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw SystemFailure(errno)
            }
            rest = rest.dropFirst(written)
        }
    }
}
