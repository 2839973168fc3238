import Foundation
import Testing

@Suite("Measuring a network")
struct ModelBenchTests {
    private let network = "Challenges/nuclei/submissions/unet/weights.onnx"

    @Test("Time, memory and instructions of a network are measured in the sandbox", arguments: [[], ["--exact"]])
    func measures(_ flags: [String]) throws {
        let run = try CommandRun(
            ["model", "bench", network, "--shape", "1,1,64,64", "--runs", "2", "--threads", "2", "--isa", "avx2", "--json"] + flags)
        #expect(run.exitCode == 0, "\(run.error)")
        let report = run.json
        #expect(
            Set(report.keys) == [
                "wallSecondsPerRun", "cpuSecondsPerRun", "firstOutputSeconds", "peakMemoryBytes", "activationBytes", "isa", "threads",
                "convolutions",
            ])
        for key in ["wallSecondsPerRun", "cpuSecondsPerRun", "firstOutputSeconds", "peakMemoryBytes", "activationBytes"] {
            #expect(try #require(report[key] as? Double) > 0)
        }
        #expect(["avx2", "baseline"].contains(report["isa"] as? String))
        #expect(report["threads"] as? Int == 2)
    }

    @Test("Wrong extents, a missing file and unknown instructions are errors")
    func mistakes() throws {
        let misfit = try CommandRun(["model", "bench", network, "--shape", "1,3,64,64"])
        #expect(misfit.exitCode == 1)
        #expect(misfit.error.contains("shape") || misfit.error.contains("channels") || misfit.error.contains("extent"), "\(misfit.error)")
        #expect(try CommandRun(["model", "bench", "/nowhere.onnx"]).exitCode == 1)
        #expect(try CommandRun(["model", "bench", network, "--isa", "mmx"]).exitCode == 2)
        #expect(try CommandRun(["model", "bench", network, "--runs", "0"]).exitCode == 2)
        for shape in ["abc", "1,0,64", "", "=1,1", "1,,2"] {
            let run = try CommandRun(["model", "bench", network, "--shape", shape])
            #expect(run.exitCode == 2 && run.error.contains("1,1,512,512"), "\(shape): \(run.error)")
        }
    }

    @Test("Inputs of several types get numbers, and each its own extents, by place or by name")
    func inputs() throws {
        var builder = ModelBuilder()
        builder.input("image", [1, 1, -1, -1], type: 2)
        builder.input("weight:0", [-1, -1], type: 10)
        builder.input("count", [1], type: 7)
        builder.output("y")
        for (name, result) in [("image", "a"), ("weight:0", "b"), ("count", "c")] {
            builder.node("Cast", [name], [result], [("to", .int(1))])
        }
        builder.node("Sum", ["a", "b", "c"], ["y"])
        let folder = try TemporaryFolder(), file = try folder.write(builder.file, to: "net.onnx")
        func run(_ shapes: [String]) throws -> CommandRun {
            try CommandRun(["model", "bench", file, "--runs", "1"] + shapes.flatMap { ["--shape", $0] })
        }
        for shapes in [["1,1,40,30", "40,30"], ["weight:0=40,30", "1,1,40,30"], ["weight:0=40,30", "image=1,1,40,30", "count=1"]] {
            let run = try run(shapes)
            #expect(run.exitCode == 0, "\(shapes): \(run.error)")
        }
        let twice = try run(["image=1,1,8,8", "1,1,9,9"])
        #expect(twice.exitCode == 1 && twice.error.contains("expected each of image, weight:0, count at most once"), "\(twice.error)")
        let unknown = try run(["mask=1,1,8,8"])
        #expect(unknown.exitCode == 1 && unknown.error.contains("mask=1,1,8,8"), "\(unknown.error)")
    }

    @Test("A free extent of the same name is that of the input that is given")
    func names() throws {
        var builder = ModelBuilder()
        builder.input("a", [1, 1, -1, -1])
        builder.input("b", [1, 1, -1, -1])
        builder.output("y")
        builder.node("Add", ["a", "b"], ["y"])
        let folder = try TemporaryFolder(), file = try folder.write(builder.file, to: "net.onnx")
        let run = try CommandRun(["model", "bench", file, "--runs", "1", "--shape", "b=1,1,24,20"])
        #expect(run.exitCode == 0, "\(run.error)")
    }

    @Test("Of inputs at two resolutions that are not given, extents that work are told, as options that can be pasted; a check uses them")
    func resolutions() throws {
        var builder = ModelBuilder()
        builder.input("image", [1, 1, -1, -1])
        builder.input("mask:0 (half)", [1, 1, -2, -3])
        builder.output("y")
        builder.weights("up", [1, 1, 2, 2], [1, 1, 1, 1])
        builder.node("ConvTranspose", ["mask:0 (half)", "up"], ["large"], [("strides", .ints([2, 2]))])
        builder.node("Concat", ["image", "large"], ["y"], [("axis", .int(1))])
        let folder = try TemporaryFolder(), file = try folder.write(builder.file, to: "net.onnx")
        let refused = try CommandRun(["model", "bench", file, "--runs", "1", "--shape", "1,1,64,80"])
        #expect(refused.exitCode == 1)
        let words = refused.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("--shape image=1,1,64,80 --shape 'mask:0 (half)=1,1,"), "\(words)")
        let found = try #require(refused.error.firstMatch(of: /\(half\)=([0-9,]+)'/), "\(words)")
        let run = try CommandRun(
            ["model", "bench", file, "--runs", "1", "--shape", "image=1,1,64,80", "--shape", "mask:0 (half)=\(found.1)", "--json"])
        #expect(run.exitCode == 0 && run.json["convolutions"] as? String == "winograd4", "\(run.error)")
        let check = try CommandRun(["model", "check", file])
        let text = check.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(check.exitCode == 0 && text.contains("--shape image=1,1,512,512 --shape 'mask:0 (half)=1,1,256,256'"), "\(text)")
    }
}
