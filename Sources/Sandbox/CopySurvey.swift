import CSandbox
import Glibc

/// How large what is in a folder is, before any of it is opened or copied: sizes alone are asked for.
///
/// What cannot be looked at counts nothing; the copy names it.
struct CopySurvey {
    private let limits: CopyLimits
    private let selection: CopySelection?
    private var entries = 0
    private var totalBytes = 0
    private var largest: (path: [String], bytes: Int)?
    private(set) var refusals: [CopyRefusal] = []

    /// Looks at a folder and what is below it, as far as the limits and the selection go.
    init(_ folder: borrowing FileDescriptor, limits: CopyLimits, selection: CopySelection? = nil) {
        self.limits = limits
        self.selection = selection
        look(folder, path: [])
        if totalBytes > limits.maximumBytes, refusals.isEmpty, let largest {
            let (found, most) = ByteCount.texts(totalBytes, above: limits.maximumBytes)
            refusals = [
                CopyRefusal(
                    path: largest.path, reason: .totalTooLarge,
                    detail: "all files together have \(found), of which it has \(ByteCount.text(largest.bytes)), the most; at most \(most) "
                        + "are taken")
            ]
        }
    }

    private mutating func look(_ folder: borrowing FileDescriptor, path: [String]) {
        guard path.count < limits.maximumDepth, let names = try? FolderEntries.names(in: folder, limit: limits.maximumEntries - entries)
        else { return }
        for name in names {
            entries += 1
            // The copy reads the names again, from the start.
            guard entries <= limits.maximumEntries, let text = String(validating: name, as: UTF8.self),
                selection?.contains(path + [text]) ?? true
            else { continue }
            var status = stat()
            guard fstatat(folder.number, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: count(Int(status.st_size), path + [text])
            case S_IFDIR:
                let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY
                let opened = csandbox_open_beneath(folder.number, text, UInt64(flags))
                if opened >= 0 { look(FileDescriptor(owning: opened), path: path + [text]) }
            default: continue
            }
        }
    }

    private mutating func count(_ bytes: Int, _ path: [String]) {
        if bytes > limits.maximumFileBytes {
            refusals.append(.fileTooLarge(path, bytes: bytes, limits: limits))
        }
        let (sum, overflow) = totalBytes.addingReportingOverflow(bytes)
        totalBytes = overflow ? .max : sum
        if bytes > largest?.bytes ?? -1 { largest = (path, bytes) }
    }
}
