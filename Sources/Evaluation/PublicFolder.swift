import Foundation

/// A stranger's folder that sandboxes may see where it lies, so that it is judged before anything of it is copied.
enum PublicFolder {
    /// What a folder may hold at most; a copy tells what is too much.
    private static let mostEntries = 10_000, mostBytes = 2 << 30

    /// The path, without links, of a folder of plain files and folders that every user may read and nobody else has under another name;
    /// `nil` for all others.
    static func place(of path: String) -> String? {
        let folder = PublicPath.resolved(path)
        guard PublicPath.closedFolders(above: folder).isEmpty, isPlain(folder),
            let names = FileManager.default.enumerator(atPath: folder)
        else { return nil }
        var entries = 0, bytes = 0
        for case let name as String in names {
            entries += 1
            guard entries <= mostEntries, let size = plainSize(folder + "/" + name), size <= mostBytes - bytes else { return nil }
            bytes += size
        }
        return folder
    }

    private static func isPlain(_ folder: String) -> Bool {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && PublicPath.isReadable(folder)
    }

    /// The bytes of a plain file, 0 for a folder; `nil` for links, devices, files of several names and what some may not read.
    private static func plainSize(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0, PublicPath.isReadable(path) else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return 0
        case S_IFREG: return status.st_nlink == 1 && status.st_mode & 0o6000 == 0 ? Int(status.st_size) : nil
        default: return nil
        }
    }
}
