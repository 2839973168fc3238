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
}
