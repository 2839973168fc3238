import Foundation
import Testing

@Suite("Small commands")
struct SmallCommandTests {
    @Test("A perfect prediction scores 1, and a folder of pairs gives means with intervals")
    func score() throws {
        let truth = try #require(
            try FileManager.default.contentsOfDirectory(atPath: CommandRun.project + "/Challenges/nuclei/data/test").sorted()
                .first { $0.hasSuffix(".truth.tif") })
        let file = "Challenges/nuclei/data/test/" + truth
        let run = try CommandRun(["score", "--truth", file, "--prediction", file, "--metric", "ap@1/2", "--metric", "pq", "--json"])
        #expect(run.exitCode == 0, "\(run.error)")
        let cases = try #require(run.json["cases"] as? [[String: Any]])
        let scores = try #require(cases[0]["scores"] as? [[String: Any]])
        #expect(scores.map { $0["id"] as? String } == ["ap@1/2", "pq"])
        #expect(scores.map { $0["value"] as? Double } == [1, 1])
    }

    @Test("A metric with a decimal threshold is refused with the fraction to write")
    func decimalThreshold() throws {
        let run = try CommandRun(["score", "--truth", "a", "--prediction", "b", "--metric", "ap@0.5"])
        #expect(run.exitCode == 1)
        #expect(run.error.contains("1/2"), "\(run.error)")
    }

    @Test("A table is ranked, and a failed case never helps")
    func rank() throws {
        let folder = try TemporaryFolder()
        let rows = (1...10).flatMap { ["a,c\($0),0.9", "b,c\($0),0.\($0 % 3 + 1)"] }
        let whole = try folder.write((["algorithm,case,value"] + rows).joined(separator: "\n") + "\n", to: "whole.csv")
        let run = try CommandRun(["rank", whole])
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(run.output.split(separator: "\n")[1].contains("a"))
        let failed = try folder.write(
            (["algorithm,case,value"] + rows).joined(separator: "\n").replacingOccurrences(of: "a,c1,0.9", with: "a,c1,") + "\n",
            to: "failed.csv")
        let worse = try CommandRun(["rank", failed])
        #expect(worse.output.contains("9/10") && worse.output.contains("0.810"), "\(worse.output)")
    }

    @Test("Wrong usage ends with 2, a missing file with 1")
    func exitCodes() throws {
        #expect(try CommandRun(["evaluate"]).exitCode == 2)
        #expect(try CommandRun(["try", "Challenges/nuclei", "--submission", "a", "--jobs", "0"]).exitCode == 2)
        #expect(try CommandRun(["model", "check", "a", "--threads", "0"]).exitCode == 2)
        #expect(try CommandRun(["nonsense"]).exitCode == 2)
        #expect(try CommandRun(["rank", "/nowhere.csv"]).exitCode == 1)
        #expect(try CommandRun(["challenge", "describe", "/nowhere"]).exitCode == 1)
        #expect(try CommandRun(["--help"]).exitCode == 0)
    }

    @Test("The example's model passes its own test in the sandbox, with our kernels and with OpenBLAS", arguments: ["kernels", "openBLAS"])
    func modelCheck(products: String) throws {
        let run = try CommandRun(["model", "check", "Challenges/nuclei/submissions/unet", "--products", products])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
        #expect(run.output.contains("maps: passed"))
    }

    @Test("The check says what a run reads around tiles and which tiles are sensible")
    func modelContext() throws {
        let run = try CommandRun(["model", "check", "Challenges/nuclei/submissions/unet", "--json"])
        let reaches = try #require(run.json["reaches"] as? [[String: Any]])
        let context = try #require(reaches[0]["context"] as? [String: Int])
        let stride = try #require(context["stride"]), before = try #require(context["before"]), after = try #require(context["after"])
        // The receptive field of 51 pixels, aligned to four places of the coarsest level.
        #expect(stride == 32 && before % stride == 0 && before >= 51 && before <= 160 && after == before)
        #expect((run.json["sensibleTile"] as? [Int])?.count == 2)
        let text = try CommandRun(["model", "check", "Challenges/nuclei/submissions/unet"]).output
        let sentence = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for words in [
            "a run reads \(before) pixels before and \(after) after each tile", "the same groups everywhere (steps of \(stride))",
            "tiles are multiples of \(stride) pixels, and where the image is none, up to \(stride - 1) more are read after each",
        ] {
            #expect(sentence.contains(words), "\(text)")
        }
        #expect(sentence.contains(" tiles of "), "\(text)")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
    }

    @Test("A network without a package is checked: operators, extents, class and reach; a broken one is refused")
    func networkCheck() throws {
        let folder = try TemporaryFolder()
        let network = try folder.copy("Challenges/nuclei/submissions/unet/weights.onnx", to: "net.onnx")
        let run = try CommandRun(["model", "check", network])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
        for words in [
            "net.onnx (ONNX, operator set 17)", "input raw: float32, ", "class: local",
            " along y, x: each value depends on at most 51 pixels before and after",
        ] {
            #expect(run.output.contains(words), "\(run.output)")
        }
        let json = try CommandRun(["model", "check", network, "--json"]).json
        #expect((json["network"] as? [String: Any])?["opset"] as? Int == 17 && json["isPassed"] as? Bool == true)
        let broken = try CommandRun(["model", "check", try folder.write("no network", to: "broken.onnx")])
        #expect(broken.exitCode == 1 && broken.output.contains("fault: "), "\(broken.output)\(broken.error)")
        #expect(try CommandRun(["model", "check", folder.path + "/none.onnx"]).exitCode == 1)
    }

    @Test(
        "Published packages pass where they are at hand",
        arguments: ["unet2d_nuclei_broad_onnx", "unet2d_nuclei_broad_onnx.zip", "unet2d_multi_tensor_onnx"])
    func publishedPackages(name: String) throws {
        let package = CommandRun.project + "/../shared/data/models/" + name
        guard FileManager.default.fileExists(atPath: package) else { return }
        let run = try CommandRun(["model", "check", package])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
    }

    @Test("The doctor finds nothing that escapes the sandbox")
    func doctor() throws {
        let run = try CommandRun(["doctor", "--json"])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
        let attempts = try #require(run.json["attempts"] as? [[String: Any]])
        #expect(attempts.count >= 30)
        #expect(!attempts.contains { $0["result"] as? String == "escaped" })
    }
}
