/// Which files a command may leave in `/output`, and where they go.
///
/// Everything else in `/output` is a refusal, also a folder that leads to no allowed file.
public struct OutputRules: Sendable {
    /// Relative paths that must be there.
    public var expected: [String]
    /// Patterns of further relative paths that may be there: components as text, where `*` stands for any run of characters
    /// within a component, such as `images/*/*.tif`.
    public var allowed: [String]
    /// The largest size of one file, in bytes.
    public var maximumFileBytes: Int
    /// The folder of the host that is made for the files; it must not exist, and it appears only when everything was taken.
    public var destination: String

    /// Makes rules.
    public init(expected: [String] = [], allowed: [String] = [], maximumFileBytes: Int = .max, destination: String) {
        self.expected = expected
        self.allowed = allowed
        self.maximumFileBytes = maximumFileBytes
        self.destination = destination
    }

    /// The number of components of the longest allowed path.
    var depth: Int { (expected + allowed).map { Self.components($0).count }.max() ?? 0 }

    /// Whether a file may have this path.
    func allowsFile(_ path: [String]) -> Bool {
        expected.contains { Self.components($0) == path } || allowed.contains { Self.matches(Self.components($0), path) }
    }

    /// Whether a folder of this path can lead to an allowed file.
    func allowsFolder(_ path: [String]) -> Bool {
        (expected + allowed).contains { pattern in
            let components = Self.components(pattern)
            return components.count > path.count && Self.matches(Array(components.prefix(path.count)), path)
        }
    }

    private static func components(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    private static func matches(_ pattern: [String], _ path: [String]) -> Bool {
        pattern.count == path.count && zip(pattern, path).allSatisfy { matches($0, $1) }
    }

    /// Matches a component greedily from the left; the last piece is anchored at the end.
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
        var rest = Array(name.utf8)[...]
        guard pieces.count > 1 else { return Array(rest) == pieces.first }
        for (index, piece) in pieces.enumerated() {
            if index == 0 {
                guard rest.starts(with: piece) else { return false }
                rest = rest.dropFirst(piece.count)
            } else if index == pieces.count - 1 {
                return rest.count >= piece.count && rest.suffix(piece.count).elementsEqual(piece)
            } else {
                while !rest.starts(with: piece) {
                    if rest.isEmpty { return false }
                    rest = rest.dropFirst()
                }
                rest = rest.dropFirst(piece.count)
            }
        }
        return true
    }
}
