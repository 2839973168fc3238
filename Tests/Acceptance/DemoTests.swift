import Foundation
import Testing

@Suite("The demo")
struct DemoTests {
    let demo = DemoRun.shared

    @Test("It ends with a ranked table and the path of the board")
    func endsWithTable() throws {
        let run = try demo.run.get()
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(run.output.contains("ap@1/2:19/20:1/20"))
        #expect(run.output.hasSuffix("Leaderboard: \(demo.folder.path)/board/index.html\n"))
        #expect(FileManager.default.fileExists(atPath: demo.folder.path + "/board/index.html"))
    }

    @Test("The U-Net is ahead of the watershed, and the watershed ahead of Otsu")
    func order() throws {
        let lines = try demo.run.get().output.split(separator: "\n").map(String.init)
        let places = ["Small U-Net with watershed", "Otsu with watershed", "Otsu threshold"].map { name in
            lines.firstIndex { $0.contains(name) }
        }
        let found = places.compactMap(\.self)
        #expect(found.count == 3)
        #expect(found == found.sorted())
    }

    @Test("Errors simulated from the truth have no rank")
    func simulated() throws {
        let line = try demo.run.get().output.split(separator: "\n").first { $0.contains("(simulated)") }
        #expect(try #require(line).drop { $0 == " " }.hasPrefix("-"))
    }

    @Test("The flaky program has its verdicts, and its coverage is below 1")
    func flaky() throws {
        let cases = try #require(try demo.records()["flaky"]?["cases"] as? [[String: Any]])
        let verdicts = Dictionary(grouping: cases.compactMap { $0["verdict"] as? String }, by: \.self).mapValues(\.count)
        #expect(verdicts == ["ok": 6, "crash": 1, "memoryLimit": 1])
        for item in cases where item["verdict"] as? String != "ok" {
            #expect((item["scores"] as? [Any])?.isEmpty == true)
        }
        let board = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: demo.folder.path + "/board/leaderboard.json")))
                as? [String: Any])
        let text = String(decoding: try JSONSerialization.data(withJSONObject: board), as: UTF8.self)
        #expect(text.contains("0.75"))
    }

    @Test("Every case of the U-Net equals, pixel for pixel, what onnxruntime and scikit-image give")
    func golden() throws {
        let golden = try GoldenLabels()
        let folder = try demo.evaluation(of: "unet") + "/predictions"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == 8)
        for name in names {
            let id = String(name.prefix { $0 != "." })
            let expected = try #require(golden.cases[id])
            #expect(try PlainTIFF.labels(of: folder + "/" + name, shape: expected.shape) == expected.labels, "case \(id)")
        }
    }

    @Test("A second run uses the records and gives byte-identical results and pages")
    func secondRun() throws {
        let before = try demo.folder.files(below: "board")
        let runs = try demo.folder.files(below: "runs")
        let again = try CommandRun(["demo", "--out", demo.folder.path + "/board", "--runs", demo.folder.path + "/runs"])
        #expect(again.exitCode == 0)
        #expect(try demo.folder.files(below: "board") == before)
        #expect(try demo.folder.files(below: "runs") == runs)
    }

    @Test("Evaluated anew in another folder with two jobs, every record, prediction and evidence is the same apart from time and memory")
    func reproducible() throws {
        let other = try TemporaryFolder()
        let run = try CommandRun(["demo", "--out", other.path + "/board", "--runs", other.path + "/runs", "--jobs", "2"])
        #expect(run.exitCode == 0, "\(run.error)")
        let first = try demo.folder.files(below: "runs")
        let second = try other.files(below: "runs")
        // The chain holds the records' digests, which leave time and memory out.
        #expect(first["chain.jsonl"] == second["chain.jsonl"])
        #expect(Set(first.keys) == Set(second.keys))
        for (name, bytes) in first where name.contains("/predictions/") || name.contains("/evidence/") {
            #expect(second[name] == bytes, "\(name)")
        }
    }

    @Test("The pages load nothing from anywhere")
    func pagesAreAlone() throws {
        for (name, bytes) in try demo.folder.files(below: "board") where name.hasSuffix(".html") {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains(" src=\"http") && !text.contains("<link rel=\"stylesheet\""), "\(name)")
            #expect(text.contains("Content-Security-Policy"), "\(name)")
        }
    }
}
