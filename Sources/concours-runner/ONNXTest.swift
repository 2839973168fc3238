import ArgumentParser
import Challenges
import Foundation
import NeuralNetwork

/// Runs folders of ONNX backend tests: `model.onnx`, `test_data_set_0/input_0.pb` …, `test_data_set_0/output_0.pb` ….
struct ONNXTest: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "onnx-test", abstract: "Run ONNX backend test folders.")

    @Argument(help: "Folders with tests at any depth.")
    var folders: [String]

    @Option(help: "A file with the tests to run: paths below the folders as JSON.")
    var list: String?

    @Option(help: "The file for the report.")
    var report: String

    @Option(help: "The number of threads.")
    var threads = 1

    func run() throws {
        try KernelChoice.settle()
        var tests: [ONNXTestReport.Test] = []
        for folder in folders {
            for name in try names(in: folder) {
                tests.append(ONNXTestFolder(name: name, path: folder + "/" + name, threads: threads).outcome())
            }
        }
        try RunnerFiles.report(ONNXTestReport(tests: tests), to: report)
    }

    /// The tests below a folder.
    private func names(in folder: String) throws -> [String] {
        if let list { return try RunnerFiles.request([String].self, from: list) }
        guard let paths = FileManager.default.enumerator(atPath: folder) else {
            throw RunnerFailure("a test folder cannot be listed")
        }
        return paths.compactMap { $0 as? String }.filter { $0.hasSuffix("/model.onnx") }
            .map { String($0.dropLast("/model.onnx".count)) }.sorted()
    }
}
