import Foundation
import Leaderboards
import Testing

@Suite("The folder of a leaderboard")
struct BoardFolderTests {
    /// Runs in an empty folder that is removed afterwards.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "/board-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func names(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: folder)).subtracting(["submissions"])
    }

    @Test("Writing twice leaves exactly the files of the second time")
    func replaces() throws {
        try inFolder { path in
            let folder = BoardFolder(path: path + "/site")
            let first = try Leaderboard(SampleBoard.hostile()).files()
            let second = try Leaderboard(SampleBoard.usual()).files()
            try folder.write(first)
            #expect(try names(path + "/site") == Set(first.map(\.path)))
            try folder.write(second)
            #expect(try names(path + "/site") == Set(second.map(\.path)))
            #expect(folder.differences(from: second).isEmpty)
        }
    }

    @Test("What differs is named")
    func differences() throws {
        try inFolder { path in
            let files = try Leaderboard(SampleBoard.usual()).files()
            let folder = BoardFolder(path: path)
            try folder.write(files)
            try Data("changed".utf8).write(to: URL(fileURLWithPath: path + "/cases.csv"))
            try FileManager.default.removeItem(atPath: path + "/conventions.html")
            #expect(folder.differences(from: files) == ["cases.csv", "conventions.html"])
            #expect(BoardFolder(path: path + "/nowhere").differences(from: files).count == files.count)
        }
    }

    @Test("A folder with other files is refused, and nothing is written")
    func foreign() throws {
        try inFolder { path in
            try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/thesis.tex"))
            let files = try Leaderboard(SampleBoard.usual()).files()
            #expect { try BoardFolder(path: path).write(files) } throws: { "\($0)".contains("found thesis.tex") }
            #expect(try names(path) == ["thesis.tex"])
            #expect(throws: BoardError.self) { try BoardFolder(path: path + "/thesis.tex").write(files) }
        }
    }

    @Test("A list made by hand does not lead out of the folder")
    func forgedList() throws {
        try inFolder { path in
            try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/notes.csv"))
            try FileManager.default.createDirectory(atPath: path + "/site", withIntermediateDirectories: true)
            let list = "{\"format\":\"concours-board-1\",\"sha256\":{\"../notes.csv\":\"00\"}}"
            try Data(list.utf8).write(to: URL(fileURLWithPath: path + "/site/files.json"))
            try BoardFolder(path: path + "/site").write(try Leaderboard(SampleBoard.usual()).files())
            #expect(FileManager.default.fileExists(atPath: path + "/notes.csv"))
        }
    }
}
