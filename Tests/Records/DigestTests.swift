import Foundation
import Records
import Testing

@Suite("Digests")
struct DigestTests {
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    /// The examples of FIPS 180-2, appendix B.
    @Test("SHA-256 is that of the standard")
    func standard() {
        #expect(Digest(ofText: "abc").hex == abc)
        #expect(Digest(of: []).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Digest(ofText: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            Digest(of: [UInt8](repeating: 0x61, count: 1_000_000)).hex
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("Pieces of any size give the digest of the whole")
    func pieces() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for size in [1, 63, 64, 65, 1000] {
            var digest = IncrementalDigest()
            digest.update([])
            for start in stride(from: 0, to: bytes.count, by: size) { digest.update(Array(bytes[start...].prefix(size))) }
            #expect(digest.finish() == Digest(of: bytes))
        }
    }

    @Test("A digest is read and written as 64 lowercase digits")
    func text() throws {
        let digest = try Digest(hex: abc)
        #expect(digest == Digest(ofText: "abc"))
        #expect(digest.bytes.count == 32 && digest.bytes[0] == 0xBA && digest.bytes[31] == 0xAD)
        #expect(String(decoding: try CanonicalJSON.encode([digest]), as: UTF8.self) == "[\"\(abc)\"]")
        #expect(try CanonicalJSON.decode(Digest.self, from: .string(abc)) == digest)
        for wrong in ["", "ba", abc.uppercased(), abc + "0", String(abc.dropLast()) + "g", String(repeating: "é", count: 32)] {
            #expect(throws: RecordsError.self) { try Digest(hex: wrong) }
            #expect(throws: RecordsError.self) { try CanonicalJSON.decode(Digest.self, from: .string(wrong)) }
        }
    }

    @Test("The digest of a list of digests is that of its JSON text")
    func list() throws {
        let list = [Digest(ofText: "a"), Digest(ofText: "b")]
        #expect(Digest(ofDigests: list) == Digest(of: try CanonicalJSON.encode(list)))
        #expect(Digest(ofDigests: list) != Digest(ofDigests: list.reversed()))
        #expect(Digest(ofDigests: []) == Digest(ofText: "[]"))
    }

    @Test("A file larger than one piece has the digest of its bytes")
    func file() throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "0123456789abcde\n", count: 200_000)
        try folder.write(text, to: "large")
        try folder.write("", to: "empty")
        #expect(try Digest(ofFile: folder.path + "/large") == Digest(ofText: text))
        #expect(try Digest(ofFile: folder.path + "/empty") == Digest(of: []))
        #expect(throws: RecordsError.self) { try Digest(ofFile: folder.path + "/missing") }
        #expect(throws: RecordsError.file(path: folder.path, problem: "is not a regular file")) { try Digest(ofFile: folder.path) }
    }

    @Test("A pipe is an error and does not block")
    func pipe() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: RecordsError.file(path: path, problem: "is not a regular file")) { try Digest(ofFile: path) }
        #expect(throws: RecordsError.self) { try FolderDigest(of: folder.path) }
    }

    @Test("A file is read within its bound")
    func bounded() throws {
        let folder = try TemporaryFolder()
        try folder.write("12345", to: "five")
        #expect(try BoundedFile.read(folder.path + "/five", limit: 5) == Array("12345".utf8))
        #expect(throws: RecordsError.self) { try BoundedFile.read(folder.path + "/five", limit: 4) }
        #expect(throws: RecordsError.self) { try BoundedFile.read("/dev/zero", limit: 4) }
    }
}

@Suite("Digests of folders")
struct FolderDigestTests {
    @Test("The digest is that of the sorted list of files")
    func list() throws {
        let folder = try TemporaryFolder()
        for (name, text) in [("b/x", "1"), ("a", "abc"), ("b.txt", ""), ("é", "2"), ("B", "3")] { try folder.write(text, to: name) }
        let digest = try FolderDigest(of: folder.path)
        // By bytes: capitals first, "." before "/", letters beyond ASCII last.
        #expect(digest.entries.map(\.path) == ["B", "a", "b.txt", "b/x", "é"])
        #expect(digest.entries.map(\.size) == [1, 3, 0, 1, 1])
        let lines = digest.entries.map { "{\"path\":\"\($0.path)\",\"sha256\":\"\($0.sha256)\",\"size\":\($0.size)}" }
        #expect(digest.digest == Digest(ofText: "[" + lines.joined(separator: ",") + "]"))
        #expect(digest.entries[1].sha256 == Digest(ofText: "abc"))
        #expect(try FolderDigest(entries: digest.entries.reversed()) == digest)
    }

    @Test("A changed, added, removed or renamed file changes the digest and is named")
    func differences() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "d"] { try folder.write(name, to: name) }
        let before = try FolderDigest(of: folder.path)
        #expect(try before.firstDifference(from: FolderDigest(of: folder.path)) == nil)
        try folder.write("x", to: "b")
        #expect(try before.firstDifference(from: FolderDigest(of: folder.path)) == "b")
        try folder.write("b", to: "b")
        try folder.write("c", to: "c")
        let added = try FolderDigest(of: folder.path)
        #expect(before.firstDifference(from: added) == "c" && added.firstDifference(from: before) == "c")
        try FileManager.default.removeItem(atPath: folder.path + "/c")
        try FileManager.default.removeItem(atPath: folder.path + "/d")
        let removed = try FolderDigest(of: folder.path)
        #expect(before.firstDifference(from: removed) == "d" && removed.firstDifference(from: before) == "d")
        #expect(removed.digest != before.digest)
    }

    @Test("Links are errors, wherever they point to and wherever they lie")
    func links() throws {
        for target in ["a", "/etc/passwd", "nowhere", "..", "sub"] {
            let folder = try TemporaryFolder()
            try folder.write("a", to: "a")
            try folder.write("a", to: "sub/a")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/sub/link", withDestinationPath: target)
            #expect(
                throws: RecordsError.unsuitableFile(
                    path: "sub/link", found: "a symbolic link", expected: "regular files and folders only")
            ) { try FolderDigest(of: folder.path) }
        }
    }

    @Test("The number and the depth of files are bounded")
    func bounds() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", to: "1/2/3/a")
        try folder.write("b", to: "b")
        #expect(try FolderDigest(of: folder.path, maximumFiles: 2, maximumDepth: 3).entries.count == 2)
        #expect(throws: RecordsError.self) { try FolderDigest(of: folder.path, maximumFiles: 1) }
        #expect(throws: RecordsError.self) { try FolderDigest(of: folder.path, maximumDepth: 2) }
        #expect(throws: RecordsError.self) { try FolderDigest(of: folder.path + "/missing") }
    }
}
