#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that appears under its name only when it is complete: written beside it under a temporary name, then renamed.
final class AtomicFile {
    let descriptor: Int32
    private let path: String
    private let temporary: String
    private var isFinished = false

    /// Writes a file in one go; on any error nothing is left behind and an older file of that name stays as it was.
    static func make(_ path: String, _ body: (AtomicFile) throws(ImageError) -> Void) throws(ImageError) {
        let file = try AtomicFile(path)
        try body(file)
        try file.finish()
    }

    private init(_ path: String) throws(ImageError) {
        var folder = ""
        var name = path[...]
        if let slash = path.lastIndex(of: "/") {
            folder = String(path[...slash])
            name = path[path.index(after: slash)...]
        }
        // A name that nobody else has: process and a random number, made with O_EXCL.
        let temporary = "\(folder).\(name.prefix(80)).\(getpid())-\(UInt64.random(in: 0...UInt64.max)).part"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        self.path = path
        self.temporary = temporary
        guard descriptor >= 0 else {
            isFinished = true
            throw ImageError(.unwritable, file: path, "the file cannot be made in its folder: \(String(cString: strerror(errno))).")
        }
    }

    deinit {
        guard !isFinished else { return }
        close(descriptor)
        unlink(temporary)
    }

    func append(_ bytes: [UInt8]) throws(ImageError) {
        // write needs an address; the bytes are only read.
        let failure: Int32? = bytes.withUnsafeBytes { buffer in append(buffer) }
        if let failure { throw ImageError(.unwritable, file: path, "writing failed: \(String(cString: strerror(failure))).") }
    }

    /// Puts `bytes` over those that were written at `offset`.
    func replace(at offset: Int, with bytes: [UInt8]) throws(ImageError) {
        guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else {
            throw ImageError(.unwritable, file: path, "writing failed: \(String(cString: strerror(errno))).")
        }
    }

    private func append(_ buffer: UnsafeRawBufferPointer) -> Int32? {
        var done = 0
        while done < buffer.count, let start = buffer.baseAddress {
            let put = write(descriptor, start + done, buffer.count - done)
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { return errno }
            done += put
        }
        return nil
    }

    private func finish() throws(ImageError) {
        // A full disk may show only here.
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw ImageError(.unwritable, file: path, "the file cannot be put in place: \(String(cString: strerror(errno))).")
        }
        close(descriptor)
        isFinished = true
    }
}
