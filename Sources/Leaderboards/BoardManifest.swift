internal import Records

/// The list of a leaderboard's files with their digests: what a later run may replace, and what `verify` compares.
struct BoardManifest {
    static let path = "files.json"

    /// The SHA-256 of each file by path, without the list itself.
    var digests: [String: String]

    init(_ files: [BoardFile]) {
        digests = Dictionary(files.map { ($0.path, Digest(of: $0.bytes).hex) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads a list that an earlier run wrote; `nil` where it is none.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes), json["format"] == "concours-board-1",
            case .object(let files)? = json["sha256"]
        else { return nil }
        digests = [:]
        for (path, value) in files {
            guard case .string(let digest) = value, BoardManifest.isOurs(path) else { return nil }
            digests[path] = digest
        }
    }

    var json: JSONValue {
        .object(["format": "concours-board-1", "sha256": .object(digests.mapValues { .string($0) })])
    }

    /// Only paths of the kind that a board writes: a list made by hand must not lead out of the folder.
    private static func isOurs(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 1 || (parts.count == 2 && parts[0] == "submissions"), let name = parts.last else { return false }
        let endings = [".html", ".csv", ".json"]
        return !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) }
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
