import ArgumentParser
import Challenges
import Evaluation
import Foundation

/// Runs ONNX's own backend tests against the core.
struct ModelONNXTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onnx-test", abstract: "Run folders of ONNX backend tests: one line each, then totals.",
        discussion: """
            A test is a folder with model.onnx and test_data_set_0/input_N.pb and output_N.pb, as in the Python package onnx 1.22.0 under \
            backend/test/data. Outputs are compared as ONNX does: 1e-7 + 1e-3 times the value. Everything runs in a sandbox.
            """)

    @Argument(help: "Folders with tests at any depth, or single test folders.")
    var folders: [String]

    @Option(help: "A file with the tests to run, one path below the folders a line.")
    var list: String?

    @Option(help: "A file with the tests that are known not to pass, one a line with the reason behind it; all others must pass.")
    var exceptions: String?

    @Option(parsing: .unconditional, help: "The number of threads.")
    var threads = 1

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    /// The last line of the JSON form.
    private struct Totals: Encodable {
        let passed, failed, unsupported: Int
    }

    func validate() throws {
        if folders.isEmpty { throw ValidationError("Name at least one folder.") }
        try Self.check(threads: threads)
    }

    /// The names in the file of exceptions; nothing without one.
    private func known() throws -> Set<String> {
        guard let exceptions else { return [] }
        guard let text = try? String(contentsOfFile: exceptions, encoding: .utf8) else {
            throw CommandFailure.failed("\(exceptions) cannot be read")
        }
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
    }

    func run() async throws {
        let known = try known()
        let report: ONNXTestReport
        do throws(EvaluationError) {
            report = try await ONNXTestRun.open().run(folders, list: list, threads: threads)
        } catch {
            throw CommandFailure.of(error)
        }
        guard !report.tests.isEmpty else {
            throw CommandFailure.failed("there is no test (model.onnx) in \(folders.joined(separator: ", "))")
        }
        let passed = report.count(.passed), failed = report.count(.failed), unsupported = report.count(.unsupported)
        for test in report.tests {
            if json {
                try Terminal.jsonLine(test)
            } else {
                Terminal.say("\(test.status.rawValue) \(test.test)\(test.detail.isEmpty ? "" : ": \(test.detail)")")
            }
        }
        if json {
            try Terminal.jsonLine(Totals(passed: passed, failed: failed, unsupported: unsupported))
        } else {
            Terminal.say("\(passed) of \(report.tests.count) passed, \(failed) failed, \(unsupported) unsupported")
        }
        let found = Set(report.tests.filter { $0.status != .passed }.map(\.test))
        guard found != known else { return }
        var differences: [String] = []
        if exceptions != nil {
            differences = found.subtracting(known).sorted().map { "\($0) does not pass and is not among the exceptions" }
            differences += known.subtracting(found).sorted().map { "\($0) is among the exceptions and passes, or is not there" }
        }
        throw CommandFailure.failed(differences.joined(separator: "\n"))
    }
}
