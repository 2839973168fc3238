import Challenges
import Foundation
import Testing

@Suite("A new challenge")
struct ChallengeTemplateTests {
    @Test("It holds what is needed, and the check says what is left to fill in")
    func new() throws {
        try Sample.inFolder { folder in
            let path = folder + "/mine"
            let files = try ChallengeTemplate.write(id: "mine", title: "My \"first\" challenge: cells #1", to: path)
            #expect(files == ["challenge.yaml", "README.md", "data/practice/cases.csv", "data/test/cases.csv"])
            #expect(FileManager.default.fileExists(atPath: path + "/submissions"))
            let report = try ChallengeCheck.run(folder: path)
            // Summary, licence, name, opens, closes, every design field, and two empty case lists.
            #expect(report.errorCount == 5 + DesignField.allCases.count + 2, "\(report.text)")
            #expect(report.warningCount == 0)
            for key in ["summary", "licence", "name", "opens", "closes"] {
                #expect(report.lines.contains { $0.contains("nothing as `\(key)`") }, "\(key)")
            }
            #expect(report.lines.contains("data/test/cases.csv:1: found no cases; write one line for each case"))
            #expect(!report.text.contains("not YAML"))
        }
    }

    @Test("Filled in, it is a challenge")
    func filledIn() throws {
        try Sample.inFolder { folder in
            let path = folder + "/mine"
            try ChallengeTemplate.write(id: "mine", title: "Mine", to: path)
            var text = try String(contentsOfFile: path + "/challenge.yaml", encoding: .utf8)
            for (key, value) in [
                ("licence", "CC-BY-4.0"), ("opens", "2026-12-01T09:00[Europe/Berlin]"), ("closes", "2027-03-01T18:00[Europe/Berlin]"),
            ] {
                text = Sample.changed("\(key): \"\"", to: "\(key): \(value)", in: text)
            }
            text = text.replacing(": \"\"\n", with: ": It is so.\n")
            let (challenge, diagnostics) = Sample.read(text)
            #expect(diagnostics.map(\.text) == [])
            #expect(challenge?.id == "mine")
        }
    }

    @Test("What is there is never overwritten, and a bad id writes nothing")
    func refuses() throws {
        try Sample.inFolder { folder in
            let path = folder + "/mine"
            try ChallengeTemplate.write(id: "mine", title: "Mine", to: path)
            let before = try Data(contentsOf: URL(fileURLWithPath: path + "/challenge.yaml"))
            #expect(throws: ChallengeError.exists(path: path)) { try ChallengeTemplate.write(id: "other", title: "Other", to: path) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path + "/challenge.yaml")) == before)
            #expect(throws: ChallengeError.exists(path: path + "/challenge.yaml")) {
                try ChallengeTemplate.write(id: "other", title: "Other", to: path + "/challenge.yaml")
            }
            #expect(throws: ChallengeError.badID("../x")) { try ChallengeTemplate.write(id: "../x", title: "X", to: folder + "/x") }
            #expect(!FileManager.default.fileExists(atPath: folder + "/x"))
        }
    }
}
