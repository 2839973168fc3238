/// A file or folder of the host that a sandbox can read.
public struct ReadOnlyBind: Sendable, Hashable {
    /// The absolute path on the host; every folder above it must be passable for the sandbox's user. See `StagingArea`.
    public var host: String
    /// The absolute path inside.
    public var inside: String

    /// Binds `host` to `inside`.
    public init(host: String, inside: String) {
        self.host = host
        self.inside = inside
    }

    /// Whether a path is absolute and says what it means: no empty, `.` or `..` component, no NUL.
    static func isPlainPath(_ path: String) -> Bool {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else { return false }
        if path == "/" { return true }
        return !path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).contains { $0.isEmpty || $0 == "." || $0 == ".." }
    }
}
