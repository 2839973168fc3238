import Glibc

/// A hash chain in a file of JSON lines that several processes may append to.
public struct HashChainFile: Sendable {
    /// The file.
    public let path: String

    /// Names a file; it need not exist yet.
    public init(path: String) {
        self.path = path
    }

    /// Reads the chain and checks every link. A file that does not exist is an empty chain.
    public func read() throws(RecordsError) -> HashChain {
        guard access(path, F_OK) == 0 || errno != ENOENT else { return HashChain() }
        return try HashChain(parsing: BoundedFile.read(path, limit: 1 << 30))
    }

    /// Adds an entry and returns the chain as it is then.
    @discardableResult
    public func append(name: String, digest: Digest) throws -> HashChain {
        try update { chain in try chain.append(name: name, digest: digest) }
    }

    /// Changes the chain while no other process can: what `body` looks at and puts into place cannot change meanwhile.
    ///
    /// The links are checked first, and the file is replaced as a whole, so that a crash leaves the old chain or the new one.
    /// Processes wait for each other by a lock on the file's folder, which has to exist. If `body` throws, nothing is written.
    @discardableResult
    public func update(_ body: (inout HashChain) throws -> Void) throws -> HashChain {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw RecordsError.file(path: path, problem: systemError()) }
        // Closing gives the lock back.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw RecordsError.file(path: path, problem: systemError()) }
        }
        let before = try read()
        var chain = before
        try body(&chain)
        if chain != before { try AtomicFile.write(chain.lines(), to: path) }
        return chain
    }
}
