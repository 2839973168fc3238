import Challenges
import Foundation
import Imaging
import Testing

@Suite("Check of the data")
struct DataCheckTests {
    private static let list = "data/test/cases.csv"

    /// Makes the folder, changes it, and checks it.
    private func report(yaml: String = Sample.yaml, _ change: (ChallengeFolderFixture) throws -> Void) throws -> ChallengeReport {
        try Sample.inFolder { folder in
            let fixture = try ChallengeFolderFixture(at: folder, yaml: yaml)
            try change(fixture)
            return try fixture.check()
        }
    }

    @Test("A right folder passes without any diagnostic, and tells what its truths hold")
    func right() throws {
        let report = try report { _ in }
        #expect(report.lines == [])
        #expect(report.isUsable)
        let test = try #require(report.statistics.first { $0.split == "test" })
        #expect(test.cases == 50 && test.groups == 6 && test.objects == 100)
        #expect(test.objectsAtFrame == 0 && test.objectsInPieces == 0 && test.emptyTruths == 0 && test.tinyObjects == 0)
        #expect(test.sizes == [0, 0, 0, 0, 100])
        #expect(report.text.hasSuffix("nothing to mend"))
    }

    @Test("Mistakes of many kinds in one folder are all named, each in the line of its case")
    func allInOneGo() throws {
        let report = try report { folder in
            // Case tN stands in line N + 2.
            try folder.remove("data/test/images/t0.tif")
            try folder.remove("data/test/labels/t1.tif")
            try folder.writeTruth(ChallengeFolderFixture.truth(height: 13), to: "data/test/labels/t2.tif")
            let floats = Image(shape: [12, 16], axes: [.y, .x], pixels: .float32((0..<192).map { Float($0) / 2 }))
            try floats.map { try ImageFile.write($0, to: folder.path + "/data/test/labels/t3.tif") }
            try folder.copy("data/test/images/t5.tif", to: "data/test/images/t4.tif")
            try folder.copy("data/practice/images/p7.tif", to: "data/test/images/t6.tif")
            try folder.copy("data/test/images/t8.tif", to: "data/practice/extra.bin")
            let colour = Image(shape: [12, 16, 3], axes: [.y, .x, .channel], pixels: .uint8((0..<576).map { UInt8($0 % 251) }))
            try colour.map { try ImageFile.write($0, to: folder.path + "/data/test/images/t9.png") }
            try folder.copy("data/test/images/t9.png", to: "data/test/images/t9.tif")
            try folder.write("no image", to: "data/test/images/t10.tif")
            let array = ChallengeFolderFixture.image(seed: 999)
            try array.map { try ImageFile.write($0, to: folder.path + "/data/test/images/t11.npy") }
            try folder.copy("data/test/images/t11.npy", to: "data/test/images/t11.tif")
            try folder.writeTruth(ChallengeFolderFixture.truth { $0 = $0.map { _ in 0 } }, to: "data/test/labels/t12.tif")
            try folder.writeTruth(ChallengeFolderFixture.truth { $0[170] = 1 }, to: "data/test/labels/t13.tif")
            try folder.remove("data/test/images/t14.tif")
            try FileManager.default.createDirectory(atPath: folder.path + "/data/test/images/t14.tif", withIntermediateDirectories: true)
        }
        let expected: [(line: Int, words: String, severity: Diagnostic.Severity)] = [
            (2, "the image `data/test/images/t0.tif` of case `t0`, which does not exist", .error),
            (3, "the truth `data/test/labels/t1.tif` of case `t1`, which does not exist", .error),
            (4, "a truth of shape (13, 16) for an image of shape (12, 16) in case `t2`; give the truth the shape (12, 16)", .error),
            (5, "the pixels are float32", .error),
            (7, "case `t5` with the same file as case `t4` of the hidden split `test` (data/test/cases.csv:6)", .error),
            (8, "case `t6` with the same file as case `p7` of the public split `practice` (data/practice/cases.csv:9)", .error),
            (10, "a copy of the hidden image of case `t8` in a public folder: `data/practice/extra.bin`", .error),
            (11, "with axes yxc and shape (12, 16, 3), where `task` declares yx", .error),
            (12, "neither TIFF, PNG nor NPY", .error),
            (13, "in the format `npy`, which `task` does not declare", .error),
            (14, "an empty truth in case `t12`", .warning),
            (15, "1 label in more than one piece in case `t13` (1)", .warning),
            (16, "the image `data/test/images/t14.tif` of case `t14`, which is a folder", .error),
        ]
        for (line, words, severity) in expected {
            #expect(
                report.diagnostics.contains {
                    $0.file == Self.list && $0.line == line && $0.text.contains(words) && $0.severity == severity
                },
                "\(line): \(words)")
        }
        #expect(report.diagnostics.count == expected.count, "\(report.lines.joined(separator: "\n"))")
        #expect(report.challenge == nil && !report.isUsable)
    }

    @Test("The same pixels in another format are the same image")
    func samePixels() throws {
        let report = try report { folder in
            let image = try ImageFile.read(folder.path + "/data/practice/images/p3.tif")
            try ImageFile.write(image, to: folder.path + "/data/practice/copy.png")
            try ImageFile.write(image, to: folder.path + "/data/test/images/as.png")
            try folder.copy("data/test/images/as.png", to: "data/test/images/t20.tif")
            let truth = try LabelImage(ImageFile.read(folder.path + "/data/test/labels/t21.tif"))
            try folder.writeTruth(ChallengeFolderFixture.truth { $0[100] = 7 }, to: "data/test/labels/t21.tif")
            try folder.writeTruth(ChallengeFolderFixture.truth { $0[100] = 7 }, to: "data/practice/labels/answer.png")
            #expect(truth.labels[100] != 7)
        }
        let errors = report.diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.line) == [22, 22, 23], "\(report.lines)")
        #expect(errors.contains { $0.text.contains("case `t20` with the same pixels as case `p3`") })
        #expect(
            errors.contains { $0.text.contains("a copy of the hidden image of case `t20` in a public folder: `data/practice/copy.png`") })
        #expect(
            errors.contains {
                $0.text.contains("a copy of the hidden truth of case `t21` in a public folder: `data/practice/labels/answer.png`")
            })
    }

    @Test("Hidden files in a public folder are named")
    func publicFolder() throws {
        let report = try report { folder in
            let list = Sample.caseList("t").replacing("t0,images/t0.tif", with: "t0,open/t0.tif")
            try folder.write(list, to: "data/test/cases.csv")
            try folder.write(Sample.caseList("p").replacing("p0,images/p0.tif", with: "p0,more/p0.tif"), to: "data/practice/cases.csv")
            try folder.write("", to: "data/practice/more/.keep")
            try folder.copy("data/practice/images/p0.tif", to: "data/practice/more/p0.tif")
        }
        #expect(report.lines.contains { $0.hasPrefix("data/test/cases.csv:2: found the image `data/test/open/t0.tif`") })
        let shared = try Sample.inFolder { path in
            // Both lists at the top: whoever gets the practice data gets all.
            let yaml = Sample.yaml.replacing("data/practice/cases.csv", with: "practice.csv").replacing(
                "data/test/cases.csv", with: "test.csv")
            let folder = try ChallengeFolderFixture(at: path, yaml: yaml)
            for (name, prefix) in [("practice", "p"), ("test", "t")] {
                let list = Sample.caseList(prefix).replacing(",images", with: ",data/\(name)/images").replacing(
                    ",labels", with: ",data/\(name)/labels")
                try folder.write(list, to: "\(name).csv")
            }
            return try folder.check()
        }
        #expect(shared.errorCount == 100)
        #expect(
            shared.lines.first
                == "test.csv:2: found the hidden image `data/test/images/t0.tif` in the challenge folder itself, "
                + "a folder of the public split `practice`; move hidden files and public files to different folders")
    }

    @Test("A link that leads out of the folder is refused")
    func link() throws {
        let report = try report { folder in
            let outside = folder.path + "-outside.tif"
            defer { try? FileManager.default.removeItem(atPath: outside) }
            try FileManager.default.moveItem(atPath: folder.path + "/data/test/images/t0.tif", toPath: outside)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/data/test/images/t0.tif", withDestinationPath: "/etc/hostname")
        }
        #expect(report.lines.count == 1)
        #expect(report.lines.first?.contains("which is a link that leads out of the challenge folder") == true, "\(report.lines)")
    }

    @Test("Tiny objects, frame contacts and pieces are counted")
    func statistics() throws {
        let report = try report { folder in
            for index in 0..<50 {
                // Pixel (8, 7) touches object 1 at (7, 6) with a corner, and so is no piece of its own.
                let truth = ChallengeFolderFixture.truth {
                    $0[0] = 3
                    $0[8 * 16 + 7] = 1
                    $0[10 * 16 + 2] = 4
                }
                try folder.writeTruth(truth, to: "data/test/labels/t\(index).tif")
            }
        }
        let test = try #require(report.statistics.first { $0.split == "test" })
        #expect(test.objects == 200 && test.objectsAtFrame == 50 && test.objectsInPieces == 0 && test.tinyObjects == 100)
        #expect(test.sizes == [100, 0, 0, 0, 100])
        #expect(report.lines.count == 1)
        #expect(report.lines.first?.hasPrefix("data/test/cases.csv: warning: found 100 of 200 objects (50 %) below 20 px") == true)
    }

    @Test("In a stack, pieces may hang together over planes")
    func stack() throws {
        try Sample.inFolder { path in
            let yaml = Sample.yaml.replacing("axes: yx, formats: [tiff, png]", with: "axes: zyx, formats: [tiff]")
            let folder = ChallengeFolderFixture(empty: path)
            try folder.write(yaml, to: "challenge.yaml")
            for prefix in ["p", "t"] {
                let name = prefix == "p" ? "data/practice" : "data/test"
                try folder.write("id,image,truth,group\n\(prefix)0,image.tif,truth.tif,\(prefix)\n", to: name + "/cases.csv")
                let values = (0..<60).map { UInt8($0 + (prefix == "p" ? 0 : 100)) }
                let image = Image(shape: [3, 4, 5], axes: [.z, .y, .x], pixels: .uint8(values))
                try image.map { try ImageFile.write($0, to: "\(path)/\(name)/image.tif") }
                // Object 1 goes over all planes by corners; object 2 is in the first and the last plane only.
                var labels = [UInt32](repeating: 0, count: 60)
                for place in [0, 20 + 6, 40 + 12] { labels[place] = 1 }
                for place in [4, 40 + 4] { labels[place] = 2 }
                try folder.writeTruth(LabelImage(shape: [3, 4, 5], labels: labels), to: name + "/truth.tif")
            }
            let report = try folder.check()
            #expect(report.errorCount == 0, "\(report.text)")
            #expect(report.lines.contains { $0.contains("1 label in more than one piece in case `t0` (2)") }, "\(report.text)")
            let test = try #require(report.statistics.last)
            #expect(test.objects == 2 && test.objectsInPieces == 1 && test.objectsAtFrame == 2)
        }
    }

    @Test("A metric in micrometres needs a spacing, from the list or from the image")
    func spacing() throws {
        try Sample.inFolder { path in
            let folder = try ChallengeFolderFixture(at: path)
            let challenge = try Challenge.load(folder: path)
            #expect(ChallengeCheck.images(of: challenge, in: path, metrics: ["pq"]).isEmpty)
            let found = ChallengeCheck.images(of: challenge, in: path, metrics: ["pq", "nsd.surfel@1.5um"])
            #expect(found.count == 62)
            #expect(found.allSatisfy { $0.severity == .error && $0.found.hasPrefix("no spacing of case `") })
            for (name, prefix) in [("practice", "p"), ("test", "t")] {
                let list = Sample.caseList(prefix).replacing("\n", with: ",0.65 0.65\n").replacing("group,0.65 0.65", with: "group,spacing")
                try folder.write(list, to: "data/\(name)/cases.csv")
            }
            let calibrated = try Challenge.load(folder: path)
            #expect(ChallengeCheck.images(of: calibrated, in: path, metrics: ["nsd.surfel@1.5um"]).isEmpty)
        }
    }

    @Test("The report is a JSON document with counts, diagnostics and statistics")
    func json() throws {
        let report = try report { try $0.remove("data/test/images/t0.tif") }
        let text = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        for part in ["\"usable\":false", "\"errors\":1", "\"warnings\":0", "\"severity\":\"error\"", "\"split\":\"test\""] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("Many warnings of one kind become ten and a sum")
    func manyWarnings() throws {
        let report = try report { folder in
            for index in 0..<40 {
                try folder.writeTruth(ChallengeFolderFixture.truth { $0 = $0.map { _ in 0 } }, to: "data/test/labels/t\(index).tif")
            }
        }
        #expect(report.warningCount == 11)
        #expect(report.lines.contains { $0.contains("the same in 30 more cases") })
        #expect(report.isUsable)
    }

    @Test("The data is checked although the challenge file has mistakes, and progress is told")
    func bothAtOnce() throws {
        try Sample.inFolder { path in
            let yaml = Sample.changed("  seed: 1\n", to: "")
            let folder = try ChallengeFolderFixture(at: path, yaml: yaml)
            try folder.remove("data/test/images/t0.tif")
            var steps: [ChallengeCheck.Progress] = []
            let report = try ChallengeCheck.run(folder: path) { steps.append($0) }
            #expect(report.errorCount == 2)
            #expect(steps.map(\.done) == Array(1...62))
            #expect(steps.last?.total == 62 && steps.last?.name == "test/t49")
            #expect(throws: ChallengeError.self) { try Challenge.load(folder: path) }
        }
    }

    @Test("Loading reads the folder, or says everything that is wrong with it")
    func load() throws {
        try Sample.inFolder { path in
            let folder = try ChallengeFolderFixture(at: path)
            #expect(try Challenge.load(folder: path) == Sample.read(Sample.yaml).challenge)
            #expect(try Challenge.load(folder: path + "/") == Sample.read(Sample.yaml).challenge)
            try folder.write(
                Sample.yaml.replacing("seed: 1", with: "seed: x").replacing("wall: 60s", with: "wall: 60"), to: "challenge.yaml")
            do {
                _ = try Challenge.load(folder: path)
                Issue.record("a wrong folder was loaded")
            } catch ChallengeError.invalid(let diagnostics) {
                #expect(diagnostics.count == 2)
            } catch {
                Issue.record("\(error)")
            }
            #expect(throws: ChallengeError.unreadable(path: path + "/nothing/challenge.yaml", reason: "does not exist")) {
                try Challenge.load(folder: path + "/nothing")
            }
            #expect(throws: ChallengeError.self) { try Challenge.load(folder: path + "/challenge.yaml") }
        }
    }
}
