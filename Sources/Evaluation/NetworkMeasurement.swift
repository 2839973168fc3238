public import Challenges
import Foundation
import Records
import Sandbox

/// Measures one network outside of any challenge: in the same sandbox and by the same runner as an evaluation.
public struct NetworkMeasurement: Sendable {
    /// What is measured.
    public struct Request: Sendable {
        /// The ONNX file.
        public var network: String
        /// The extents of inputs; others have those that the network declares.
        public var shapes: [InputExtents]
        /// The number of threads.
        public var threads: Int
        /// The number of runs after the first one.
        public var runs: Int
        /// The vector instructions, at most these; `nil` for the best of this processor.
        public var isa: String?
        /// How convolutions are computed: `winograd4`, `winograd2` or `direct`; `nil` for the fastest.
        public var convolutions: String?

        /// Makes a request.
        public init(
            network: String, shapes: [InputExtents] = [], threads: Int = 1, runs: Int = 5, isa: String? = nil,
            convolutions: String? = nil
        ) {
            self.network = network
            self.shapes = shapes
            self.threads = threads
            self.runs = runs
            self.isa = isa
            self.convolutions = convolutions
        }
    }

    private static let limits = SandboxLimits(wallSeconds: 3600, cpuSeconds: 14400, memoryBytes: 16 << 30, outputBytes: 1 << 20)

    /// Runs the network in this machine's sandbox.
    public static func measure(_ request: Request) async throws(EvaluationError) -> ModelBenchReport {
        let sandbox: Sandbox
        do { sandbox = try await Sandbox.open() } catch { throw .infrastructure("\(error)") }
        let runner = try InstalledRunner(staging: sandbox.staging)
        let pipeline = Pipeline(
            executor: LocalExecutor(sandbox), runner: runner, staging: sandbox.staging, runs: RunsFolder(path: ""), jobs: 1)
        let work = try WorkFolder(in: sandbox.staging)
        defer { work.remove() }
        let files = try work.shown(network: request.network), destination = work.path + "/measured"
        var arguments = [
            "bench-model", "--network", files[0].inside, "--report", "/output/report.json", "--threads", "\(request.threads)",
            "--runs", "\(request.runs)", "--memory", "\(limits.memoryBytes)",
        ]
        for shape in request.shapes { arguments.append("--shape=\(shape.text)") }
        if let isa = request.isa { arguments += ["--isa", isa] }
        if let convolutions = request.convolutions { arguments += ["--convolutions", convolutions] }
        let outcome = try await pipeline.run(
            runner.policy(
                arguments, binds: files, limits: limits,
                outputs: OutputRules(expected: ["report.json"], destination: destination)))
        guard outcome.verdict == .ok else {
            throw .failed(name: request.network, problems: [Pipeline.failure(of: "the measurement", outcome)])
        }
        return try Pipeline.read(ModelBenchReport.self, from: destination + "/report.json")
    }
}
