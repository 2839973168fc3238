import Foundation
import Testing

@Suite("concours challenge")
struct ChallengeCommandTests {
    @Test("The example passes its own check")
    func exampleIsUsable() throws {
        let run = try CommandRun(["challenge", "check", "Challenges/nuclei"])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
    }

    @Test("Ten planted mistakes are all named, with file and line, in one go")
    func tenMistakes() throws {
        let folder = try TemporaryFolder()
        let challenge = try folder.copy("Challenges/nuclei", to: "nuclei")
        var text = try String(contentsOfFile: challenge + "/challenge.yaml", encoding: .utf8)
        func plant(_ old: String, _ new: String) throws {
            #expect(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        try plant("licence: BSD-3-Clause", "licence: BSD3")
        try plant("title: Nuclei in fluorescence microscopy", "titel: Nuclei in fluorescence microscopy")
        try plant("opens: \"2026-09-01T09:00[Europe/Berlin]\"", "opens: \"2026-09-01T09:00\"")
        try plant("wall: 60s", "wall: 60")
        try plant("ap@3/4", "ap@0.75")
        try plant("seed: 1, ", "")
        try plant("aims: Accuracy of instance segmentation.", "aims: \"\"")
        try text.write(toFile: challenge + "/challenge.yaml", atomically: true, encoding: .utf8)

        let list = challenge + "/data/test/cases.csv"
        var lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map(String.init)
        // A case twice; a hidden image that is a public one; a truth of another size.
        lines.append(lines[1])
        try lines.joined(separator: "\n").write(toFile: list, atomically: true, encoding: .utf8)
        let files = FileManager.default
        let names = try ["train", "test"].map { split in
            try files.contentsOfDirectory(atPath: "\(challenge)/data/\(split)").filter { $0.hasSuffix(".png") }.sorted()
        }
        let hidden = "\(challenge)/data/test/\(names[1][2])"
        try files.removeItem(atPath: hidden)
        try files.copyItem(atPath: "\(challenge)/data/train/\(names[0][0])", toPath: hidden)
        let truth = String(hidden.dropLast(4)) + ".truth.tif"
        let other = CommandRun.project + "/Tests/Acceptance/Golden/small.tif"
        try files.removeItem(atPath: truth)
        try files.copyItem(atPath: other, toPath: truth)

        let run = try CommandRun(["challenge", "check", challenge])
        #expect(run.exitCode == 1)
        let said = run.output + run.error
        func line(of text: String, in file: String) throws -> Int {
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            return try #require(lines.firstIndex { $0.contains(text) }) + 1
        }
        let yaml = challenge + "/challenge.yaml"
        for (mistake, word) in [
            ("licence: BSD3", "BSD-3-Clause"), ("titel:", "title"), ("opens:", "zone"), ("wall: 60", "60s"), ("ap@0.75", "3/4"),
            ("ranking:", "seed"), ("aims:", "aims"),
        ] {
            let place = "challenge.yaml:\(try line(of: mistake, in: yaml)):"
            #expect(said.split(separator: "\n").contains { $0.hasPrefix(place) && $0.contains(word) }, "\(place) … \(word)\n\(said)")
        }
        #expect(said.contains("data/test/cases.csv:\(lines.count):"), "the case that stands twice\n\(said)")
        #expect(
            said.split(separator: "\n").contains { $0.contains("cases.csv:4") && $0.contains("practice") },
            "the image in a public split\n\(said)")
        #expect(
            said.split(separator: "\n").contains { $0.contains("cases.csv:4") && $0.contains("128") }, "the truth of another size\n\(said)")
    }

    @Test("A new challenge is written, never over another, and its check tells what remains")
    func newChallenge() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/cells"
        #expect(try CommandRun(["challenge", "new", path]).exitCode == 0)
        let check = try CommandRun(["challenge", "check", path])
        #expect(check.exitCode == 1)
        #expect((check.output + check.error).contains("challenge.yaml:"))
        let again = try CommandRun(["challenge", "new", path])
        #expect(again.exitCode == 1)
        #expect(again.error.contains(path))
    }

    @Test("The description names task, phases, limits and every metric with its convention")
    func describe() throws {
        let run = try CommandRun(["challenge", "describe", "Challenges/nuclei"])
        #expect(run.exitCode == 0)
        for word in ["Nuclei in fluorescence microscopy", "ap@1/2:19/20:1/20", "1 GiB", "labels.tif"] {
            #expect(run.output.contains(word), "\(word)")
        }
        let json = try CommandRun(["challenge", "describe", "Challenges/nuclei", "--json"]).json
        #expect(json["id"] as? String == "nuclei")
    }
}
