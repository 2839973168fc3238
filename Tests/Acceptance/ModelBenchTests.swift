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
                "wallSecondsPerRun", "cpuSecondsPerRun", "firstOutputSeconds", "peakMemoryBytes", "isa", "threads",
            ])
        for key in ["wallSecondsPerRun", "cpuSecondsPerRun", "firstOutputSeconds", "peakMemoryBytes"] {
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
    }
}
