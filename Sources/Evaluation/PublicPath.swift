import Foundation

/// What every user of the machine may reach: where we are root, sandboxes run as users of their own.
enum PublicPath {
    /// An absolute path without links.
    static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// The folders above a path without links that some users may not enter, the uppermost first.
    static func closedFolders(above path: String) -> [String] {
        var closed: [String] = []
        var folder = path
        while folder != "/", !folder.isEmpty {
            folder = (folder as NSString).deletingLastPathComponent
            if !grants(S_IXOTH, folder) { closed.insert(folder, at: 0) }
        }
        return closed
    }

    /// Whether every user may read a file, or list and enter a folder; the folders above are not looked at.
    static func isReadable(_ path: String) -> Bool { grants(isFolder(path) ? S_IROTH | S_IXOTH : S_IROTH, path) }

    /// Refuses an image that the sandbox's user could not read.
    ///
    /// - Parameter shown: the image in the words of whoever asked.
    static func check(image path: String, shown: String) throws(EvaluationError) {
        let closed = closedFolders(above: path)
        guard closed.isEmpty else { throw refusal(shown, closed, elsewhere: "move the image to a folder that everybody may enter") }
        guard !isReadable(path) else { return }
        let remedy = isFolder(path) ? "chmod -R o+rX \(path)" : "chmod o+r \(path)"
        throw .files("\(shown): root's sandbox runs as a user of its own, who may not read it; run `\(remedy)`, or run this as its owner")
    }

    /// Refuses an output beside which the sandbox's user could not work.
    ///
    /// - Parameter shown: the output in the words of whoever asked.
    static func check(output path: String, shown: String) throws(EvaluationError) {
        let closed = closedFolders(above: path)
        guard closed.isEmpty else { throw refusal(shown, closed, elsewhere: "choose an output in a folder that everybody may enter") }
    }

    private static func refusal(_ shown: String, _ closed: [String], elsewhere: String) -> EvaluationError {
        let folders = closed.joined(separator: " ")
        return .files(
            "\(shown): root's sandbox runs as a user of its own, who may not enter \(folders); run `chmod o+x \(folders)`, \(elsewhere), "
                + "or run this as the folder's owner instead of root")
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a file or folder gives these rights to everybody; one that is not there is left to whoever opens it.
    private static func grants(_ rights: mode_t, _ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) != 0 || status.st_mode & rights == rights
    }
}
