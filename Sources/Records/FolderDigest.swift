import Glibc

/// The digest of a folder: of the sorted list of its files with their sizes and contents.
///
/// The digest is SHA-256 of the canonical JSON of `entries`, a list of `{"path": …, "sha256": …, "size": …}`; anybody can
/// recompute it. An executable file has `"executable": true` besides, and an empty folder is an entry whose path ends in `/`,
/// since both change what a program does. Other permissions and times do not count. A symbolic link, device, pipe or socket
/// anywhere inside is an error, and so is a name that is not UTF-8.
public struct FolderDigest: Sendable, Equatable {
    /// One file of the folder.
    public struct Entry: Sendable, Codable, Equatable {
        /// The way from the folder to the file, steps joined by `/`.
        public let path: String
        /// The number of bytes.
        public let size: Int
        /// The digest of the contents.
        public let sha256: Digest
        /// True for a file that its owner may execute; `nil` for every other.
        public let executable: Bool?

        /// Describes a file.
        public init(path: String, size: Int, sha256: Digest, isExecutable: Bool = false) {
            self.path = path
            self.size = size
            self.sha256 = sha256
            executable = isExecutable ? true : nil
        }
    }

    /// The files, sorted by the UTF-8 bytes of their paths.
    public let entries: [Entry]
    /// The digest of the list.
    public let digest: Digest

    /// The digest of files that are already known, such as those of an archive; the order given does not matter.
    public init(entries: [Entry]) throws(RecordsError) {
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        for (entry, next) in zip(self.entries, self.entries.dropFirst()) where entry.path.utf8.elementsEqual(next.path.utf8) {
            throw .unsuitableFile(path: entry.path, found: "this path twice", expected: "each path once")
        }
        digest = Digest(of: try CanonicalJSON.encode(self.entries))
    }

    /// Reads a folder with everything below it.
    ///
    /// - Parameters:
    ///   - path: the folder; it may itself be reached through a symbolic link, since the caller named it.
    ///   - maximumFiles: more files than this are an error.
    ///   - maximumDepth: folders deeper than this are an error.
    public init(of path: String, maximumFiles: Int = 100_000, maximumDepth: Int = 64) throws(RecordsError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, problem: systemError()) }
        var walk = FolderWalk(maximumFiles: maximumFiles, maximumDepth: maximumDepth)
        try walk.enter(descriptor, path: "", depth: 0)
        try self.init(entries: walk.entries)
    }

    /// The first path, in sorted order, at which another folder differs: missing, added or with other contents.
    public func firstDifference(from other: FolderDigest) -> String? {
        for (mine, theirs) in zip(entries, other.entries) where mine != theirs {
            return theirs.path.utf8.lexicographicallyPrecedes(mine.path.utf8) ? theirs.path : mine.path
        }
        let shorter = min(entries.count, other.entries.count)
        return (entries.dropFirst(shorter).first ?? other.entries.dropFirst(shorter).first)?.path
    }
}

/// Walks a folder by open descriptors, so that nobody can put a link in place of a folder on the way.
private struct FolderWalk {
    let maximumFiles: Int
    let maximumDepth: Int
    var entries: [FolderDigest.Entry] = []

    /// Reads one folder; takes the descriptor over and closes it.
    mutating func enter(_ descriptor: Int32, path: String, depth: Int) throws(RecordsError) {
        guard let folder = fdopendir(descriptor) else {
            close(descriptor)
            throw .file(path: path, problem: systemError())
        }
        defer { closedir(folder) }
        guard depth <= maximumDepth else {
            throw .unsuitableFile(path: path, found: "folders \(depth) levels deep", expected: "at most \(maximumDepth)")
        }
        var isEmpty = true
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw .file(path: path, problem: systemError()) }
                if isEmpty, !path.isEmpty { entries.append(FolderDigest.Entry(path: path + "/", size: 0, sha256: Digest(of: []))) }
                return
            }
            // The name is an array of fixed length inside the entry; C reads it up to its zero.
            let bytes = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { name in
                    Array(UnsafeBufferPointer(start: name, count: 256).prefix { $0 != 0 })
                }
            }
            if bytes == [0x2E] || bytes == [0x2E, 0x2E] { continue }
            isEmpty = false
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw .unsuitableFile(
                    path: (path.isEmpty ? "" : path + "/") + String(decoding: bytes, as: UTF8.self), found: "a name that is not UTF-8",
                    expected: "names in UTF-8")
            }
            try add(name, in: dirfd(folder), path: path.isEmpty ? name : path + "/" + name, depth: depth)
        }
    }

    private mutating func add(_ name: String, in folder: Int32, path: String, depth: Int) throws(RecordsError) {
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw .file(path: path, problem: systemError()) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { throw .file(path: path, problem: systemError()) }
            try enter(descriptor, path: path, depth: depth + 1)
        case S_IFREG:
            guard entries.count < maximumFiles else {
                throw .unsuitableFile(path: path, found: "more than \(maximumFiles) files", expected: "at most so many")
            }
            let (digest, size) = try Digest.ofFile(RegularFile(name, in: folder, path: path))
            entries.append(
                FolderDigest.Entry(path: path, size: size, sha256: digest, isExecutable: status.st_mode & S_IXUSR != 0))
        default:
            let found = status.st_mode & S_IFMT == S_IFLNK ? "a symbolic link" : "a device, pipe or socket"
            throw .unsuitableFile(path: path, found: found, expected: "regular files and folders only")
        }
    }
}
