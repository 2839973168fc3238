public import Challenges
import Foundation
import Records
import Sandbox

/// Runs ONNX backend tests in the same sandbox and by the same runner as an evaluation: a test's files may come from anybody.
public struct ONNXTestRun: Sendable {
    private static let limits = SandboxLimits(wallSeconds: 3600, cpuSeconds: 14_400, memoryBytes: 8 << 30, outputBytes: 64 << 20)
    private static let copyLimits = CopyLimits(maximumEntries: 200_000)

    private let pipeline: Pipeline

    /// Opens this machine's sandbox.
    public static func open() async throws(EvaluationError) -> ONNXTestRun {
        let sandbox: Sandbox
        do { sandbox = try await Sandbox.open() } catch { throw .infrastructure("\(error)") }
        let runner = try InstalledRunner(staging: sandbox.staging)
        return ONNXTestRun(
            pipeline: Pipeline(
                executor: LocalExecutor(sandbox), runner: runner, staging: sandbox.staging, runs: RunsFolder(path: ""), jobs: 1))
    }

    /// Runs the tests below each folder; with a list only those that it names.
    public func run(_ folders: [String], list: String?, threads: Int) async throws(EvaluationError) -> ONNXTestReport {
        let work = try WorkFolder(in: pipeline.staging)
        defer { work.remove() }
        var binds: [ReadOnlyBind] = [], arguments = ["onnx-test", "--report", "/output/report.json", "--threads", "\(threads)"]
        if let list {
            let copy = try work.folder("list") + "/tests.txt"
            try work.copy(list, to: copy)
            binds.append(ReadOnlyBind(host: copy, inside: "/input/tests.txt"))
            arguments += ["--list", "/input/tests.txt"]
        }
        for (index, folder) in folders.enumerated() {
            let copy = work.path + "/tests-\(index)"
            do throws(SafeCopyError) {
                _ = try SafeCopy.folder(from: folder, to: copy, limits: Self.copyLimits)
            } catch {
                throw .failed(name: folder, problems: error.description.split(separator: "\n").map(String.init))
            }
            binds.append(ReadOnlyBind(host: copy, inside: "/tests/\(index)"))
            arguments.append("/tests/\(index)")
        }
        let destination = work.path + "/tested"
        let outcome = try await pipeline.run(
            pipeline.runner.policy(
                arguments, binds: binds, limits: Self.limits,
                outputs: OutputRules(expected: ["report.json"], destination: destination)))
        guard outcome.verdict == .ok else {
            throw .failed(name: folders.joined(separator: ", "), problems: [Pipeline.failure(of: "the tests", outcome)])
        }
        var report = try Pipeline.read(ONNXTestReport.self, from: destination + "/report.json")
        // A folder that is a test itself has no name inside; the folders were run in this order.
        var single = folders.filter { FileManager.default.fileExists(atPath: $0 + "/model.onnx") }[...]
        for index in report.tests.indices where list == nil && report.tests[index].test == "." {
            report.tests[index].test = single.popFirst().map { ($0 as NSString).lastPathComponent } ?? "."
        }
        return report
    }
}
