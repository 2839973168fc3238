import Dispatch
import Foundation
import Records
import Testing

@Suite("The hash chain")
struct HashChainTests {
    private func chain(_ names: String...) throws -> HashChain {
        var chain = HashChain()
        for name in names { try chain.append(name: name, digest: Digest(ofText: name)) }
        return chain
    }

    @Test("Each entry holds the digest of the line before")
    func links() throws {
        let chain = try chain("a", "b")
        let lines = String(decoding: try chain.lines(), as: UTF8.self).split(separator: "\n")
        let zeros = String(repeating: "0", count: 64)
        #expect(lines[0] == "{\"digest\":\"\(Digest(ofText: "a"))\",\"index\":0,\"name\":\"a\",\"previous\":\"\(zeros)\"}")
        #expect(chain.entries[1].previous == Digest(ofText: String(lines[0])))
        #expect(chain.head == Digest(ofText: String(lines[1])))
        #expect(try HashChain(parsing: chain.lines()) == chain)
        #expect(try HashChain(parsing: []) == HashChain())
    }

    @Test("Any changed byte of a chain is noticed, at the latest by its head")
    func anyByte() throws {
        let chain = try chain("a", "b", "c")
        let bytes = try chain.lines()
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let read = try? HashChain(parsing: changed)
            #expect(read == nil || read?.head != chain.head)
            // All but the last line are held by the line after them.
            if index < bytes.dropLast().lastIndex(of: 0x0A) ?? 0 { #expect(read == nil) }
        }
    }

    @Test("The first entry that is not what it was is named")
    func named() throws {
        let bytes = try chain("a", "b", "c").lines()
        let changed = String(decoding: bytes, as: UTF8.self).replacing("\"name\":\"b\"", with: "\"name\":\"x\"")
        let error = #expect(throws: RecordsError.self) { try HashChain(parsing: Array(changed.utf8)) }
        guard case .brokenChain(1, "x", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A removed, swapped, repeated or cut line is an error", arguments: [[0, 2], [1, 0, 2], [0, 0, 1, 2], [1, 2]])
    func order(_ order: [Int]) throws {
        let lines = try chain("a", "b", "c").lines().split(separator: 0x0A)
        #expect(throws: RecordsError.self) { try HashChain(parsing: Array(order.flatMap { lines[$0] + [0x0A] })) }
        #expect(throws: RecordsError.self) { try HashChain(parsing: chain("a", "b").lines().dropLast()) }
    }

    @Test("An entry whose thing has changed or is gone is found")
    func things() throws {
        let chain = try chain("a", "b", "c")
        #expect(chain.firstDifference { Digest(ofText: $0.name) } == nil)
        #expect(chain.firstDifference { $0.name == "b" ? Digest(ofText: "x") : Digest(ofText: $0.name) }?.entry.name == "b")
        #expect(chain.firstDifference { $0.name == "c" ? nil : Digest(ofText: $0.name) }?.found == nil)
        #expect(chain.firstDifference { $0.name == "c" ? nil : Digest(ofText: $0.name) }?.entry.index == 2)
    }

    @Test("Eight threads appending at once lose no entry")
    func appending() throws {
        let folder = try TemporaryFolder()
        let file = HashChainFile(path: folder.path + "/chain.jsonl")
        #expect(try file.read() == HashChain())
        let threads = DispatchGroup()
        for thread in 0..<8 {
            threads.enter()
            // Threads of their own, since the tasks of a test may all share one.
            Thread.detachNewThread {
                for index in 0..<5 { _ = try? file.append(name: "\(thread)-\(index)", digest: Digest(ofText: "\(index)")) }
                threads.leave()
            }
        }
        threads.wait()
        #expect(try file.read().entries.count == 40)
        #expect(try Set(file.read().entries.map(\.name)).count == 40)
        #expect(try folder.names == ["chain.jsonl"])
    }

    @Test("Nothing is appended to a broken chain")
    func broken() throws {
        let folder = try TemporaryFolder()
        let file = HashChainFile(path: folder.path + "/chain.jsonl")
        try file.append(name: "a", digest: Digest(ofText: "a"))
        try folder.write(folder.read("chain.jsonl") + "x", to: "chain.jsonl")
        let before = try folder.read("chain.jsonl")
        #expect(throws: RecordsError.self) { try file.append(name: "b", digest: Digest(ofText: "b")) }
        #expect(try folder.read("chain.jsonl") == before)
    }
}
