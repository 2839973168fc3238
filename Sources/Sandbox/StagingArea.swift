import FoundationEssentials
import Glibc

/// A place for the folders that sandboxes read: passable for the users of sandboxes, with names that tell nothing and cannot be guessed.
///
/// The area is removed with the value, and an area that a killed process left is removed when the next one is made: each has a lock
/// beside it that falls with its process.
public final class StagingArea: Sendable {
    /// The area's folder.
    public let path: String
    private let lockPath: String
    private let lock: FileDescriptor

    /// The prefix of areas' names.
    private static let prefix = "concours-"

    /// Makes an area in `base`, whose every parent folder must be passable for others (mode x).
    public init(base: String = "/var/tmp") throws(SandboxError) {
        Self.removeStaleAreas(in: base)
        let area = try LockedName(in: base)
        path = area.path
        lockPath = "\(area.path).lock"
        lock = area.lock
        guard mkdir(path, 0o711) == 0, chmod(path, 0o711) == 0 else {
            let number = errno
            unlink(lockPath)
            throw .system("making a staging folder in \(base)", number)
        }
        do {
            try Self.makeFolder(outputFolder, mode: 0o711)
        } catch {
            remove()
            throw error
        }
    }

    deinit { remove() }

    /// Makes an empty folder with an opaque name, readable for sandboxes; the caller fills it.
    public func makeFolder() throws(SandboxError) -> String {
        let folder = "\(path)/\(RandomName.make())"
        try Self.makeFolder(folder, mode: 0o755)
        return folder
    }

    /// Copies one file of the host into a folder of the area under a new name, readable for sandboxes. Links are followed:
    /// for files of organisers, not of submissions (`SafeCopy` takes those).
    public func copy(file source: String, into folder: String, as name: String) throws(SandboxError) {
        // Without waiting, since a named pipe would block for ever; what it is shows below.
        let opened = FileDescriptor.open(source, O_RDONLY | O_NONBLOCK)
        guard case .success(let number) = opened else { throw .system("reading \(source)", opened.failureNumber) }
        let input = FileDescriptor(owning: number)
        let made = FileDescriptor.open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard case .success(let target) = made else { throw .system("staging \(name)", made.failureNumber) }
        let output = FileDescriptor(owning: target)
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .system("reading \(source)", EINVAL) }
        do throws(FileCopy.Failure) { try FileCopy.copy(input, size: Int(status.st_size), to: output) } catch {
            switch error {
            case .source, .changed: throw .system("reading \(source)", EIO)
            case .target(let number): throw .system("staging \(name)", number)
            }
        }
        fchmod(target, 0o644)
    }

    /// Removes a folder of the area with everything in it.
    public func remove(folder: String) {
        guard folder.hasPrefix(path + "/") else { return }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// An empty folder over which each run mounts its output, in a mount namespace of its own.
    var outputFolder: String { "\(path)/output" }

    private func remove() {
        try? FileManager.default.removeItem(atPath: path)
        unlink(lockPath)
    }

    private static func makeFolder(_ folder: String, mode: mode_t) throws(SandboxError) {
        guard mkdir(folder, mode) == 0, chmod(folder, mode) == 0 else { throw .system("making a staging folder", errno) }
    }

    private static func removeStaleAreas(in base: String) {
        for name in SystemFile.names(in: base) where isLockName(name) {
            let lockPath = "\(base)/\(name)"
            var status = stat()
            guard lstat(lockPath, &status) == 0, status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFREG,
                case .success(let number) = FileDescriptor.open(lockPath, O_RDWR | O_NOFOLLOW)
            else { continue }
            let lock = FileDescriptor(owning: number)
            guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else { continue }
            let area = String(lockPath.dropLast(".lock".count))
            if lstat(area, &status) == 0, status.st_uid == geteuid() { try? FileManager.default.removeItem(atPath: area) }
            unlink(lockPath)
        }
    }

    private static func isLockName(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.hasSuffix(".lock") && name.utf8.count == prefix.utf8.count + 16 + ".lock".utf8.count
    }

    /// A name for an area with its lock, which stands before the area does.
    private struct LockedName: ~Copyable {
        let path: String
        let lock: FileDescriptor

        init(in base: String) throws(SandboxError) {
            for _ in 0..<20 {
                let path = "\(base)/\(prefix)\(RandomName.make())"
                let opened = FileDescriptor.open("\(path).lock", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
                guard case .success(let number) = opened else {
                    throw .system("making a staging folder in \(base)", opened.failureNumber)
                }
                let lock = FileDescriptor(owning: number)
                // Another process may look for stale areas between the two calls, and then holds or has removed the file.
                var status = stat()
                if flock(number, LOCK_EX | LOCK_NB) == 0, fstat(number, &status) == 0, status.st_nlink == 1 {
                    self.path = path
                    self.lock = lock
                    return
                }
            }
            throw .system("locking a staging folder in \(base)", EAGAIN)
        }
    }
}
