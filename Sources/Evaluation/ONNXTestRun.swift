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

    /// Runs the tests below each folder, or the folder that is a test itself; with a list only those that it names, and only they are
    /// copied into the sandbox.
    ///
    /// - Parameter list: a file with one path below the folders a line; lines that begin with `#` are comments.
    public func run(_ folders: [String], list: String?, threads: Int) async throws(EvaluationError) -> ONNXTestReport {
        let work = try WorkFolder(in: pipeline.staging)
        defer { work.remove() }
        var binds: [ReadOnlyBind] = [], arguments = ["onnx-test", "--report", "/output/report.json", "--threads", "\(threads)"]
        let names = try list.map { (list) throws(EvaluationError) in try Self.names(in: list) }
        if let names {
            let file = try work.folder("list") + "/tests.json"
            try work.write(names, to: file)
            binds.append(ReadOnlyBind(host: file, inside: "/input/tests.json"))
            arguments += ["--list", "/input/tests.json"]
        }
        for (index, folder) in folders.enumerated() {
            // A folder that is a test itself keeps its name.
            let isTest = names == nil && FileManager.default.fileExists(atPath: folder + "/model.onnx")
            let name = isTest ? "/" + URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent : ""
            let tests = isTest ? try work.folder("tests-\(index)") : work.path + "/tests-\(index)"
            do throws(SafeCopyError) {
                _ = try SafeCopy.folder(from: folder, to: tests + name, limits: Self.copyLimits, only: names)
            } catch {
                throw .failed(name: folder, problems: error.description.split(separator: "\n").map(String.init))
            }
            binds.append(ReadOnlyBind(host: tests, inside: "/tests/\(index)"))
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
        return try Pipeline.read(ONNXTestReport.self, from: destination + "/report.json")
    }

    private static func names(in list: String) throws(EvaluationError) -> [String] {
        guard let text = try? String(contentsOfFile: list, encoding: .utf8) else { throw .files("\(list): cannot be read") }
        let names = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") }
        let odd = names.first { $0.split(separator: "/", omittingEmptySubsequences: false).contains { ["", ".", ".."].contains($0) } }
        if let odd { throw .failed(name: list, problems: ["found '\(odd)'; expected paths below the folders, such as node/test_relu"]) }
        return names
    }
}
