import Challenges
import Foundation
import Imaging
import Testing

@Suite("Mistakes beside other mistakes")
struct BlindSpotTests {
    /// Makes the folder with four wrong cases in `test` (lines 2 to 5) and one in `practice` (line 2), and checks it.
    private func report(_ yaml: String) throws -> ChallengeReport {
        try Sample.inFolder { path in
            let folder = try ChallengeFolderFixture(at: path, yaml: yaml)
            try folder.remove("data/test/images/t0.tif")
            try folder.writeTruth(ChallengeFolderFixture.truth(height: 13), to: "data/test/labels/t1.tif")
            let floats = Image(shape: [12, 16], axes: [.y, .x], pixels: .float32((0..<192).map { Float($0) / 2 }))
            try floats.map { try ImageFile.write($0, to: path + "/data/test/labels/t2.tif") }
            let negative = Image(shape: [12, 16], axes: [.y, .x], pixels: .int32((0..<192).map { $0 == 7 ? -1 : 1 }))
            try negative.map { try ImageFile.write($0, to: path + "/data/test/labels/t3.tif") }
            try folder.remove("data/practice/labels/p0.tif")
            return try folder.check()
        }
    }

    private func expectDataMistakes(_ report: ChallengeReport, isHiddenSplitRead: Bool = true) {
        let expected: [(file: String, line: Int, words: String)] = [
            ("data/test/cases.csv", 2, "the image `data/test/images/t0.tif` of case `t0`, which does not exist"),
            ("data/test/cases.csv", 3, "a truth of shape (13, 16) for an image of shape (12, 16)"),
            ("data/test/cases.csv", 4, "the pixels are float32"), ("data/test/cases.csv", 5, "is -1"),
            ("data/practice/cases.csv", 2, "the truth `data/practice/labels/p0.tif` of case `p0`, which does not exist"),
        ]
        for (file, line, words) in expected where isHiddenSplitRead || file != "data/test/cases.csv" {
            #expect(
                report.diagnostics.contains { $0.file == file && $0.line == line && $0.severity == .error && $0.text.contains(words) },
                "\(words)\n\(report.text)")
        }
    }

    @Test(
        "A mistake in the challenge file does not keep those of the data from being named",
        arguments: [
            ("visibility: hidden", "visibility: secret", "files and groups of split `test` are public and hidden at once"),
            ("visibility: hidden", "visibilty: hidden", "whether phase `final` may use split `test`"),
            ("kind: instanceSegmentation", "kind: foo", "objects in pieces and tiny objects, whether the metrics suit the task"),
            ("image: {axes: yx,", "image: {axes: qq,", "axes of the images"),
            ("labels: {axes: yx, formats: [tiff, png]}", "labels: {axes: yx, formats: [jpeg]}", "formats of the truths"),
            ("  output:\n    labels: {axes: yx, formats: [tiff, png]}\n", "", "axes and formats of the truths"),
            ("  - ap@1/2:19/20:1/20", "  - nonsense", "whether the first metric can rank"),
        ])
    func data(old: String, new: String, blind: String) throws {
        let yaml = Sample.changed(old, to: new)
        let report = try report(yaml)
        expectDataMistakes(report)
        let line = Sample.yaml.split(separator: "\n", omittingEmptySubsequences: false)
        let first = zip(line, yaml.split(separator: "\n", omittingEmptySubsequences: false)).prefix { $0 == $1 }.count + 1
        #expect(report.diagnostics.contains { $0.severity == .warning && $0.text.contains(blind) }, "\(report.text)")
        #expect(
            report.diagnostics.contains { $0.severity == .error && $0.file == "challenge.yaml" && ($0.line ?? 0) <= first },
            "\(report.text)")
        // Apart from the warnings there is what was planted, and a key that is missing because it is misspelt.
        let errors = report.errorCount - (new.contains("visibilty") ? 1 : 0)
        #expect(errors == 6, "\(report.text)")
    }

    @Test("Without a case list the other lists are checked, and the line with the reason is named")
    func noList() throws {
        let yaml = Sample.changed("cases: data/test/cases.csv", to: "cases: data/none/cases.csv")
        let report = try report(yaml)
        expectDataMistakes(report, isHiddenSplitRead: false)
        let line = try #require(Sample.line(of: "data/none", in: yaml))
        #expect(
            report.lines.contains(
                "challenge.yaml:\(line): warning: found what was not looked at because of line \(line): "
                    + "the cases of split `test` with their images and truths; mend that and check again"), "\(report.text)")
    }

    @Test("A wrong visibility of one split leaves the phases of the others checked")
    func phases() {
        let yaml = Sample.changed(
            "visibility: hidden", to: "visibility: secret", in: Sample.changed("    kind: debug\n", to: "    kind: final\n"))
        let found = Sample.read(yaml).diagnostics.map(\.text)
        #expect(found.contains { $0.contains("the public split `practice` in phase `practice` of kind `final`") }, "\(found)")
    }

    @Test("A phase with a mistake is still compared with the others")
    func phasesAgainstEachOther() {
        let yaml = Sample.changed(
            "  - id: practice\n    kind: debug\n", to: "  - id: final\n    kind: debgu\n",
            in: Sample.changed("opens: 2026-12-01T09:00[Europe/Berlin]", to: "opens: 2026-12-01T09:00"))
        let found = Sample.read(yaml).diagnostics.map(\.text)
        for words in ["the phase id `final` a second time", "what phase `final` needs and which splits", "the order of the times of phase"]
        {
            #expect(found.contains { $0.contains(words) }, "\(words): \(found)")
        }
    }

    @Test("Without a look at the images nothing is said of what they would have told")
    func withoutImages() {
        let found = Sample.read(Sample.changed("image: {axes: yx,", to: "image: {axes: qq,")).diagnostics
        #expect(found.map(\.severity) == [.error], "\(found)")
    }

    @Test("A file that cannot be opened is told without stray full stops, and with the advice that fits")
    func unreadable() throws {
        try Sample.inFolder { path in
            let folder = try ChallengeFolderFixture(at: path)
            try folder.remove("data/test/images/t0.tif")
            #expect(mkfifo(path + "/data/test/images/t0.tif", 0o600) == 0)
            try folder.write("II*", to: "data/test/images/t1.tif")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path + "/data/test/images/t2.tif")
            let report = try folder.check()
            #expect(report.lines.first?.contains("which is no regular file; put the file there") == true, "\(report.text)")
            #expect(report.lines.contains { $0.contains("cases.csv:3:") && $0.hasSuffix("; write the file again") }, "\(report.text)")
            // Whoever may read everything sees no mistake here.
            if getuid() != 0 {
                #expect(report.lines.contains { $0.contains("cannot be read (permission denied); give yourself the right") })
            }
            #expect(report.lines.allSatisfy { !$0.contains(".;") })
        }
    }

    @Test("The challenge file in place of its folder is refused with one name and the right advice")
    func fileInPlaceOfFolder() throws {
        try Sample.inFolder { path in
            _ = try ChallengeFolderFixture(at: path)
            let error = #expect(throws: ChallengeError.self) { try ChallengeCheck.run(folder: path + "/challenge.yaml") }
            #expect(
                error.map { "\($0)" } == "\(path)/challenge.yaml: is a file, not a folder; give the folder that holds challenge.yaml")
        }
    }
}
