import Foundation
import Records
import Testing

@Suite("Writing files whole")
struct AtomicFileTests {
    @Test("A file is made or replaced, and nothing else is left")
    func write() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write(text: "one", to: folder.path + "/a")
        try AtomicFile.write(text: "two", to: folder.path + "/a")
        try AtomicFile.write([], to: folder.path + "/empty")
        #expect(try folder.read("a") == "two")
        #expect(try folder.read("empty") == "")
        #expect(try folder.names == ["a", "empty"])
    }

    @Test("A reader with the old file open keeps the old contents")
    func old() throws {
        let folder = try TemporaryFolder()
        try folder.write("old", to: "a")
        let handle = try #require(FileHandle(forReadingAtPath: folder.path + "/a"))
        try AtomicFile.write(text: "new", to: folder.path + "/a")
        #expect(try handle.readToEnd() == Data("old".utf8))
        #expect(try folder.read("a") == "new")
    }

    @Test("A link is replaced, what it points to stays")
    func link() throws {
        let folder = try TemporaryFolder()
        try folder.write("target", to: "target")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/a", withDestinationPath: "target")
        try AtomicFile.write(text: "new", to: folder.path + "/a")
        #expect(try folder.read("target") == "target")
        #expect(try folder.read("a") == "new")
    }

    @Test("A failure leaves nothing behind")
    func failure() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "sub/x")
        #expect(throws: RecordsError.self) { try AtomicFile.write(text: "new", to: folder.path + "/sub") }
        #expect(throws: RecordsError.self) { try AtomicFile.write(text: "new", to: folder.path + "/missing/a") }
        #expect(throws: RecordsError.self) { try AtomicFile.write(text: "new", to: folder.path + "/") }
        #expect(try folder.names == ["sub"])
        #expect(try folder.read("sub/x") == "x")
    }
}
