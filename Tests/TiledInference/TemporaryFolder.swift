import Foundation

/// A folder of its own for one test, removed when nobody holds it any more.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tiled-\(UUID().uuidString)").path

    /// An empty folder.
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    /// A copy of a folder.
    init(copyOf other: String) throws { try FileManager.default.copyItem(atPath: other, toPath: path) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The names of what it holds, sorted.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

    /// Writes a text.
    func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file(name))) }

    /// Changes a text that it holds.
    func edit(_ name: String, _ change: (String) throws -> String) throws {
        try write(change(try String(contentsOfFile: file(name), encoding: .utf8)), name)
    }
}
