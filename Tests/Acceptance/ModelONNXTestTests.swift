import Foundation
import Testing

@Suite("ONNX backend tests through the command")
struct ModelONNXTestTests {
    /// A folder of backend tests made of golden cases: `gemm` as it is, `squeeze` with the outputs of another test.
    private func tests(in folder: TemporaryFolder) throws -> String {
        let golden = URL(fileURLWithPath: CommandRun.project + "/Tests/NeuralNetwork/Golden")
        for (name, outputs) in [("gemm", "gemm"), ("squeeze", "shape")] {
            let target = URL(fileURLWithPath: folder.path + "/tests/\(name)"), set = target.appendingPathComponent("test_data_set_0")
            try FileManager.default.createDirectory(at: set, withIntermediateDirectories: true)
            for (source, file) in [(name, "model.onnx"), (name, "input_0.pb"), (outputs, "output_0.pb")] {
                let place = file.hasSuffix(".onnx") ? target : set
                try FileManager.default.copyItem(
                    at: golden.appendingPathComponent(source).appendingPathComponent(file), to: place.appendingPathComponent(file))
            }
        }
        return folder.path + "/tests"
    }

    @Test("Tests that do not pass are errors, unless exactly they are listed as exceptions")
    func exceptions() throws {
        let folder = try TemporaryFolder(), tests = try tests(in: folder)
        func run(_ exceptions: String?) throws -> CommandRun {
            let list = try folder.write(exceptions ?? "", to: "exceptions.txt")
            return try CommandRun(["model", "onnx-test", tests] + (exceptions == nil ? [] : ["--exceptions", list]))
        }
        let plain = try run(nil)
        #expect(plain.exitCode == 1)
        #expect(plain.output.contains("1 of 2 passed, 1 failed, 0 unsupported"), "\(plain.output) \(plain.error)")
        #expect(try run("# why\nsqueeze its outputs are those of another test\n").exitCode == 0)
        let empty = try run("# nothing\n")
        #expect(empty.exitCode == 1 && empty.error.contains("squeeze does not pass"), "\(empty.error)")
        let tooMany = try run("squeeze wrong\ngemm nothing\n")
        #expect(tooMany.exitCode == 1 && tooMany.error.contains("gemm is among the exceptions"), "\(tooMany.error)")
    }

    @Test("A folder that is a test itself is called by its name")
    func single() throws {
        let folder = try TemporaryFolder(), tests = try tests(in: folder)
        for path in [tests + "/gemm", tests + "/gemm/", tests + "/squeeze/../gemm/."] {
            let run = try CommandRun(["model", "onnx-test", path, tests])
            #expect(run.output.split(separator: "\n").prefix(2) == ["passed gemm", "passed gemm"], "\(path): \(run.output)\(run.error)")
        }
    }

    @Test("With a list only what it names is taken in, and it may name nothing else than what is below")
    func list() throws {
        let folder = try TemporaryFolder(), tests = try tests(in: folder)
        // What may not be copied would be named if it were.
        try FileManager.default.createSymbolicLink(atPath: tests + "/other", withDestinationPath: "/etc/hostname")
        func run(_ names: String) throws -> CommandRun {
            try CommandRun(["model", "onnx-test", tests, "--list", try folder.write(names, to: "list.txt")])
        }
        let gemm = try run("# why\ngemm\n")
        #expect(gemm.exitCode == 0 && gemm.output == "passed gemm\n1 of 1 passed, 0 failed, 0 unsupported\n", "\(gemm.output)\(gemm.error)")
        let absent = try run("gemm\nnothing\n")
        #expect(absent.exitCode == 1 && absent.output.contains("failed nothing: "), "\(absent.output)\(absent.error)")
        for odd in ["../tests/gemm", "/etc", "gemm/", "./gemm"] {
            let run = try run(odd + "\n")
            #expect(run.exitCode == 1 && run.error.contains("found '\(odd)'"), "\(run.output)\(run.error)")
        }
        #expect(try CommandRun(["model", "onnx-test", tests]).error.contains("other"))
    }
}
