import Foundation

/// How a file is, or all files in a folder: size, time of the last change and number on the disk. Two equal states of a path mean that
/// nobody wrote there in between.
struct FileState: Equatable {
    private let files: Int
    private let value: Int

    /// Looks at a file or a folder; one that is not there has a state too.
    init(of path: String) {
        var (sum, files) = (Hasher(), 0)
        FileState.add(path, to: &sum, &files)
        value = sum.finalize()
        self.files = files
    }

    private static func add(_ path: String, to sum: inout Hasher, _ files: inout Int) {
        var status = stat()
        files += 1
        guard stat(path, &status) == 0 else { return sum.combine(0) }
        sum.combine(status.st_dev)
        sum.combine(status.st_ino)
        sum.combine(status.st_mode)
        sum.combine(status.st_size)
        sum.combine(status.st_mtim.tv_sec)
        sum.combine(status.st_mtim.tv_nsec)
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] {
            sum.combine(name)
            add(path + "/" + name, to: &sum, &files)
        }
    }
}
