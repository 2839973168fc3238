internal import FoundationEssentials
internal import Records

/// The folder that a leaderboard is written to.
public struct BoardFolder: Sendable {
    /// The path as the user gave it.
    public let path: String

    /// Names a folder; nothing is read or written yet.
    public init(path: String) {
        self.path = path
    }

    /// Writes the files, each whole or not at all, and removes what an earlier run wrote and this one no longer has.
    ///
    /// A folder with other files in it is refused before anything is written.
    public func write(_ files: [BoardFile]) throws(BoardError) {
        let earlier = try checkedEarlierFiles()
        let current = Set(files.map(\.path))
        try makeFolder(path)
        if files.contains(where: { $0.path.hasPrefix("submissions/") }) { try makeFolder(path + "/submissions") }
        do {
            // While files come and go, the list names all of them, so that a run that was cut short can be repeated.
            var during = BoardManifest(files)
            for stale in earlier.subtracting(current) { during.digests[stale] = "" }
            try AtomicFile.write(text: during.json.prettyText(), to: path + "/" + BoardManifest.path)
            for file in files where file.path != BoardManifest.path { try AtomicFile.write(file.bytes, to: path + "/" + file.path) }
            for stale in earlier.subtracting(current) where stale != BoardManifest.path {
                try? FileManager.default.removeItem(atPath: path + "/" + stale)
            }
            for file in files where file.path == BoardManifest.path { try AtomicFile.write(file.bytes, to: path + "/" + file.path) }
        } catch {
            throw .records(error)
        }
    }

    /// The paths whose content differs from the files, is missing, or is listed but not among them; sorted.
    public func differences(from files: [BoardFile]) -> [String] {
        let expected = Dictionary(files.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        var different = Set(expected.filter { bytes(at: $0.key) != $0.value }.keys)
        let listed = bytes(at: BoardManifest.path).flatMap(BoardManifest.init)?.digests.keys.map { $0 } ?? []
        different.formUnion(listed.filter { expected[$0] == nil })
        return different.sorted()
    }

    /// What an earlier run wrote here; everything else in the folder is an error.
    private func checkedEarlierFiles() throws(BoardError) -> Set<String> {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder else { throw .folder(path: path, problem: "found a file; expected a folder, or nothing") }
        var earlier: Set<String> = [BoardManifest.path]
        if let list = bytes(at: BoardManifest.path).flatMap(BoardManifest.init) { earlier.formUnion(list.digests.keys) }
        for name in try names(in: path) where name != "submissions" {
            guard earlier.contains(name) else { throw .foreignFolder(path: path, found: name) }
        }
        if FileManager.default.fileExists(atPath: path + "/submissions") {
            for name in try names(in: path + "/submissions") where !earlier.contains("submissions/" + name) {
                throw .foreignFolder(path: path, found: "submissions/" + name)
            }
        }
        return earlier
    }

    private func names(in folder: String) throws(BoardError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw .folder(path: folder, problem: "cannot be read")
        }
    }

    private func makeFolder(_ folder: String) throws(BoardError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .folder(path: folder, problem: "cannot be made")
        }
    }

    private func bytes(at name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) }
    }
}
