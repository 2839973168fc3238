import CSandbox
import Glibc

/// Copies regular files and folders out of a folder that somebody else filled, one level at a time by descriptor.
///
/// Every entry is opened below its folder without following links or leaving the file system, never waits for a pipe, and is looked at
/// again after it was opened; whatever is neither a plain file nor a folder is a refusal.
struct CopyWalk {
    let limits: CopyLimits
    /// Whether a path is wanted; asked before anything is opened.
    let accepts: (_ path: [String], _ isFolder: Bool) -> Bool
    /// What is copied; `nil` for everything.
    private let selection: CopySelection?
    private(set) var files: [CopiedFile] = []
    private(set) var refusals: [CopyRefusal] = []
    private var entries = 0
    private var totalBytes = 0
    /// Why the destination could not be written; then nothing is wrong with the source.
    private(set) var targetFailure: String?

    init(limits: CopyLimits, selection: CopySelection? = nil, accepts: @escaping (_ path: [String], _ isFolder: Bool) -> Bool) {
        self.limits = limits
        self.selection = selection
        self.accepts = accepts
    }

    /// More refusals than this tell nothing new.
    private static let refusalLimit = 100

    /// Copies what is in `folder` into `destination`; `path` leads to both.
    mutating func copy(_ folder: borrowing FileDescriptor, to destination: borrowing FileDescriptor, path: [String] = []) {
        let names: [[UInt8]]
        do {
            names = try FolderEntries.names(in: folder, limit: limits.maximumEntries - entries)
        } catch {
            return refuse(path, [], .unreadable)
        }
        for name in names {
            if targetFailure != nil { return }
            entries += 1
            if entries > limits.maximumEntries { return refuse(path, name, .tooManyEntries) }
            if refusals.count >= Self.refusalLimit { return }
            copyEntry(name, of: folder, to: destination, path: path)
        }
    }

    private mutating func copyEntry(
        _ name: [UInt8], of folder: borrowing FileDescriptor, to destination: borrowing FileDescriptor, path: [String]
    ) {
        guard name.count <= limits.maximumNameBytes else { return refuse(path, name, .nameTooLong) }
        guard let text = Self.plainText(name) else { return refuse(path, name, .nameNotText) }
        guard selection?.contains(path + [text]) ?? true else { return }
        var before = stat()
        guard fstatat(folder.number, text, &before, AT_SYMLINK_NOFOLLOW) == 0 else { return refuse(path, name, .changedMeanwhile) }
        let isFolder = before.st_mode & S_IFMT == S_IFDIR
        if let reason = Self.reasonAgainst(before, limits) { return refuse(path, name, reason) }
        let inner = path + [text]
        guard accepts(inner, isFolder) else { return refuse(path, name, .notExpected) }
        guard inner.count <= limits.maximumDepth else { return refuse(path, name, .tooDeep) }
        let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | (isFolder ? O_DIRECTORY : 0)
        let opened = csandbox_open_beneath(folder.number, text, UInt64(flags))
        guard opened >= 0 else { return refuse(path, name, Self.reason(opening: -opened)) }
        let source = FileDescriptor(owning: opened)
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_ino == before.st_ino, status.st_dev == before.st_dev,
            status.st_mode & S_IFMT == before.st_mode & S_IFMT, Self.reasonAgainst(status, limits) == nil
        else { return refuse(path, name, .changedMeanwhile) }
        if isFolder {
            copyFolder(source, named: text, to: destination, path: inner)
        } else {
            copyFile(source, status, named: text, to: destination, path: inner)
        }
    }

    private mutating func copyFolder(
        _ source: borrowing FileDescriptor, named name: String, to destination: borrowing FileDescriptor, path: [String]
    ) {
        guard mkdirat(destination.number, name, 0o755) == 0 else { return failTarget() }
        let made = openat(destination.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard made >= 0 else { return failTarget() }
        let folder = FileDescriptor(owning: made)
        fchmod(made, 0o755)
        copy(source, to: folder, path: path)
    }

    private mutating func copyFile(
        _ source: borrowing FileDescriptor, _ status: stat, named name: String, to destination: borrowing FileDescriptor, path: [String]
    ) {
        let size = Int(status.st_size)
        guard size <= limits.maximumFileBytes else { return refusals.append(.fileTooLarge(path, bytes: size, limits: limits)) }
        guard size <= limits.maximumBytes - totalBytes else { return refuse(path, nil, .totalTooLarge) }
        let made = openat(destination.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard made >= 0 else { return failTarget() }
        let target = FileDescriptor(owning: made)
        // The file may grow while it is read; what was checked is what is taken.
        do throws(FileCopy.Failure) { try FileCopy.copy(source, size: size, to: target) } catch {
            switch error {
            case .source: return refuse(path, nil, .unreadable)
            case .changed: return refuse(path, nil, .changedMeanwhile)
            case .target(let number): return failTarget(number)
            }
        }
        fchmod(made, status.st_mode & 0o111 != 0 ? 0o755 : 0o644)
        totalBytes += size
        files.append(CopiedFile(path: path.joined(separator: "/"), bytes: size))
    }

    private mutating func failTarget(_ number: Int32 = errno) {
        targetFailure = targetFailure ?? SystemErrorText.describe(number)
    }

    private mutating func refuse(_ path: [String], _ name: [UInt8]?, _ reason: CopyRefusal.Reason) {
        let parts = path.map { HarmlessText.name(Array($0.utf8)) } + (name.map { $0.isEmpty ? [] : [HarmlessText.name($0)] } ?? [])
        refusals.append(CopyRefusal(path: parts.isEmpty ? "." : parts.joined(separator: "/"), reason: reason))
    }

    /// The name as text: UTF-8 without control characters and characters that change how others are shown.
    private static func plainText(_ name: [UInt8]) -> String? {
        guard let text = String(validating: name, as: UTF8.self), HarmlessText.of(name) == text else { return nil }
        return text.contains { $0 == "\n" || $0 == "\t" } ? nil : text
    }

    private static func reasonAgainst(_ status: stat, _ limits: CopyLimits) -> CopyRefusal.Reason? {
        switch status.st_mode & S_IFMT {
        case S_IFLNK: return .symbolicLink
        case S_IFIFO: return .namedPipe
        case S_IFSOCK: return .socket
        case S_IFCHR, S_IFBLK: return .device
        case S_IFDIR:
            // Root could read it all the same, and a result would then depend on who runs us.
            return status.st_mode & 0o500 == 0o500 ? nil : .unreadable
        default:
            if status.st_mode & S_IFMT != S_IFREG { return .device }
            if status.st_mode & 0o6000 != 0 { return .setUserID }
            if status.st_nlink != 1, !limits.allowsHardLinks { return .hardLink }
            return status.st_mode & 0o400 != 0 ? nil : .unreadable
        }
    }

    private static func reason(opening number: Int32) -> CopyRefusal.Reason {
        switch number {
        case ELOOP: .symbolicLink
        case EXDEV: .otherFileSystem
        case ENOENT, ENOTDIR: .changedMeanwhile
        default: .unreadable
        }
    }
}
