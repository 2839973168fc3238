/// A file of the leaderboard.
public struct BoardFile: Sendable, Equatable {
    /// The path relative to the site's folder, with `/` between folders.
    public var path: String
    /// What is in it.
    public var bytes: [UInt8]

    /// Pairs a path with bytes.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// Pairs a path with a text in UTF-8.
    init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }
}
