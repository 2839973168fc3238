/// The rule for paths inside a challenge folder.
enum RelativePath {
    /// What is wrong with a path, as the rest of a sentence; `nil` if nothing is.
    static func mistake(in path: String) -> String? {
        if path.hasPrefix("/") || path.hasPrefix("~") { return "is absolute" }
        if path.contains("://") { return "is an address" }
        if path.contains("\\") { return "holds a backslash" }
        if path.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) { return "holds a control character" }
        if path.utf8.count > 1024 { return "is longer than 1024 bytes" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains("..") { return "leaves its folder (`..`)" }
        if parts.contains(where: { $0.isEmpty || $0 == "." }) { return "has an empty part or a `.`" }
        return nil
    }

    /// The folder of a path; empty for a file at the top.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// A path below a folder.
    static func join(_ folder: String, _ path: String) -> String { folder.isEmpty ? path : folder + "/" + path }

    /// Whether a path lies in a folder or below it; everything lies below the empty folder.
    static func lies(_ path: String, in folder: String) -> Bool { folder.isEmpty || path.hasPrefix(folder + "/") }
}
