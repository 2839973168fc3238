public import Challenges
import Foundation
import Records
import Sandbox

/// Looks at a model package outside of any challenge: in the same sandbox and by the same runner as an evaluation.
public struct PackageInspection: Sendable {
    static let limits = SandboxLimits(wallSeconds: 1800, cpuSeconds: 7200, memoryBytes: 16 << 30, outputBytes: 64 << 20)

    let pipeline: Pipeline

    /// Opens this machine's sandbox.
    public static func open() async throws(EvaluationError) -> PackageInspection {
        let sandbox: Sandbox
        do { sandbox = try await Sandbox.open() } catch { throw .infrastructure("\(error)") }
        let runner = try InstalledRunner(staging: sandbox.staging)
        return PackageInspection(
            pipeline: Pipeline(
                executor: LocalExecutor(sandbox), runner: runner, staging: sandbox.staging, runs: RunsFolder(path: ""), jobs: 1))
    }

    /// Runs the package's own test.
    ///
    /// - Parameters:
    ///   - memoryBytes: for weights and results of the network.
    ///   - products: `kernels` or `openBLAS`.
    public func check(
        _ package: String, threads: Int, memoryBytes: Int, products: String
    ) async throws(EvaluationError) -> ModelCheckReport {
        let work = try WorkFolder(in: pipeline.staging)
        defer { work.remove() }
        let folder = try await layOut(package, work: work)
        let destination = work.path + "/checked"
        // Test tensors and what becomes of them before and after the network are counted by nobody.
        var limits = Self.limits
        limits.memoryBytes = 2 * memoryBytes + 1 << 30
        let outcome = try await pipeline.run(
            pipeline.runner.policy(
                [
                    "check-model", "--package", "/submission", "--report", "/output/report.json", "--threads", "\(threads)", "--products",
                    products, "--memory", "\(memoryBytes)",
                ],
                binds: [ReadOnlyBind(host: folder, inside: "/submission")], limits: limits,
                outputs: OutputRules(expected: ["report.json"], destination: destination)))
        guard outcome.verdict == .ok else {
            throw .failed(name: package, problems: [Pipeline.failure(of: "the test", outcome)])
        }
        return try Pipeline.read(ModelCheckReport.self, from: destination + "/report.json")
    }
}
