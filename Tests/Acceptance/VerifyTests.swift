import Foundation
import Testing

@Suite("concours verify")
struct VerifyTests {
    @Test("What was not touched verifies, with challenge and board")
    func untouched() throws {
        let copy = try DemoCopy()
        let run = try copy.verify()
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
        #expect(run.output.contains("all as written down"))
    }

    @Test("A changed score, evidence, prediction, chain or page is named")
    func changed() throws {
        for change in Change.allCases {
            let copy = try DemoCopy()
            let place = try copy.apply(change)
            let run = try copy.verify()
            #expect(run.exitCode == 1, "\(change)")
            #expect(run.output.contains(place), "\(change): \(run.output)")
        }
    }

    enum Change: CaseIterable {
        case score, evidence, prediction, chain, page, stray
    }

    /// A copy of what the demo left.
    struct DemoCopy {
        let folder: TemporaryFolder

        init() throws {
            _ = try DemoRun.shared.run.get()
            folder = try TemporaryFolder()
            for name in ["runs", "board"] {
                try FileManager.default.copyItem(atPath: DemoRun.shared.folder.path + "/" + name, toPath: folder.path + "/" + name)
            }
        }

        func verify() throws -> CommandRun {
            try CommandRun([
                "verify", folder.path + "/runs", "--challenge", "Challenges/nuclei", "--board", folder.path + "/board",
            ])
        }

        /// Changes something and returns what the report has to name.
        func apply(_ change: Change) throws -> String {
            let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/runs").sorted()
            let otsu = try #require(runs.first { $0.hasPrefix("final-otsu-") })
            func replace(_ file: String, _ old: String, _ new: String) throws {
                let path = folder.path + "/" + file
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let range = try #require(text.range(of: old), "\(file) has no \(old)")
                try text.replacingCharacters(in: range, with: new).write(toFile: path, atomically: true, encoding: .utf8)
            }
            switch change {
            case .score:
                try replace("runs/\(otsu)/record.json", "\"value\":0.", "\"value\":0.9")
                return "\(otsu)/record.json"
            case .evidence:
                let name = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/runs/\(otsu)/evidence").sorted()[0]
                try replace("runs/\(otsu)/evidence/\(name)", "\"version\":1", "\"version\":2")
                return "\(otsu)/evidence/\(name)"
            case .prediction:
                let name = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/runs/\(otsu)/predictions").sorted()[0]
                try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/runs/\(otsu)/predictions/\(name)"))
                return "\(otsu)/predictions/\(name)"
            case .chain:
                try replace("runs/chain.jsonl", "\"index\":1", "\"index\":7")
                return "chain.jsonl"
            case .page:
                try replace("board/index.html", "Otsu", "Otto")
                return "index.html"
            case .stray:
                try Data().write(to: URL(fileURLWithPath: folder.path + "/runs/stray"))
                return "stray"
            }
        }
    }
}
