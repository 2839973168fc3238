import Glibc

/// Writes files whole or not at all.
public enum AtomicFile {
    /// Puts bytes into a file: writes them to a new file beside it, forces them to the disk, and renames it into place.
    ///
    /// Whoever opens the path sees the old contents or the new, also after a crash. An existing file is replaced, and so is a
    /// symbolic link (not what it points to). On an error nothing is left behind.
    ///
    /// - Parameter permissions: the mode of the new file before the process's mask takes bits away.
    public static func write(_ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644) throws(RecordsError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { path[...$0] } ?? "./"
        let name = path[(slash.map(path.index(after:)) ?? path.startIndex)...]
        guard !name.isEmpty else { throw .file(path: path, problem: "names no file") }
        let (descriptor, temporary) = try create(in: String(folder), for: path, permissions: permissions)
        do {
            try fill(descriptor, with: bytes, path: path)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let problem = systemError()
            unlink(temporary)
            throw .file(path: path, problem: problem)
        }
        try synchronizeFolder(String(folder), path: path)
    }

    /// Puts the UTF-8 bytes of a text into a file; see `write(_:to:permissions:)` for bytes.
    public static func write(text: String, to path: String, permissions: UInt32 = 0o644) throws(RecordsError) {
        try write(Array(text.utf8), to: path, permissions: permissions)
    }

    private static func create(in folder: String, for path: String, permissions: UInt32) throws(RecordsError) -> (Int32, String) {
        // O_EXCL guards against a name that is taken; a few tries with other names suffice.
        for _ in 0..<16 {
            let temporary = folder + ".new-" + String(UInt64.random(in: .min ... .max), radix: 36)
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(permissions))
            if descriptor >= 0 { return (descriptor, temporary) }
            if errno != EEXIST { break }
        }
        throw .file(path: path, problem: systemError())
    }

    /// Writes and forces to the disk; closes the descriptor in any case.
    private static func fill(_ descriptor: Int32, with bytes: [UInt8], path: String) throws(RecordsError) {
        var written = 0
        var failed = false
        while written < bytes.count, !failed {
            let count = bytes.withUnsafeBytes { buffer in
                // The pointer is used for this call only.
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count >= 0 { written += count } else { failed = errno != EINTR }
        }
        if !failed { failed = fsync(descriptor) != 0 }
        let problem = systemError()
        if close(descriptor) != 0, !failed { throw .file(path: path, problem: systemError()) }
        if failed { throw .file(path: path, problem: problem) }
    }

    /// Makes the rename itself survive a crash.
    private static func synchronizeFolder(_ folder: String, path: String) throws(RecordsError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, problem: systemError()) }
        defer { close(descriptor) }
        // Some file systems know no fsync of folders (EINVAL); the rename itself is done.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .file(path: path, problem: systemError()) }
    }
}
