/// A file that was copied.
public struct CopiedFile: Sendable, Hashable, Codable {
    /// The path within the folder, components separated by `/`.
    public var path: String
    /// Its size in bytes.
    public var bytes: Int

    /// Names a file.
    public init(path: String, bytes: Int) {
        self.path = path
        self.bytes = bytes
    }
}
