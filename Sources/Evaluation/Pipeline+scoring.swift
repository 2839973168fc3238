import Challenges
import Foundation
import Metrics
import Records
import Sandbox

/// Sandbox 2: prediction and truth, but no submission. What comes out is evidence and scores.
extension Pipeline {
    /// What scoring may use; a prediction that makes scoring cost more is an invalid output.
    private static let scoringLimits = SandboxLimits(
        wallSeconds: 300, cpuSeconds: 300, memoryBytes: 4 << 30, processes: 64, outputBytes: 64 << 20, outputFiles: 16)

    func score(
        _ result: inout CaseResult, _ item: EvaluationPlan.Case, plan: EvaluationPlan, work: WorkFolder
    ) async throws(EvaluationError) {
        guard let prediction = result.prediction else { return }
        let input = try work.folder("scoring-\(item.entry.id)")
        let truthName = "truth." + (item.entry.truth as NSString).pathExtension
        // Under its own name, so that complaints name the file that the participant knows.
        let predictionName = "prediction/" + (prediction as NSString).lastPathComponent
        _ = try work.folder("scoring-\(item.entry.id)/prediction")
        try work.copy(item.truth, to: input + "/" + truthName)
        try work.copy(prediction, to: input + "/" + predictionName)
        try work.write(ScoringRequest(metrics: plan.challenge.metrics, spacing: item.entry.spacing), to: input + "/request.json")
        let destination = work.path + "/scores-\(item.entry.id)"
        let outcome = try await run(
            runner.policy(
                [
                    "score", "--request", "/input/request.json", "--truth", "/input/" + truthName, "--prediction",
                    "/input/" + predictionName, "--output", "/output",
                ], binds: [ReadOnlyBind(host: input, inside: "/input")], limits: Self.scoringLimits,
                outputs: OutputRules(expected: ["report.json"], allowed: ["evidence.json"], destination: destination)))
        guard outcome.exitCode != RunnerExitCode.unusableTruth else { throw .files("case \(item.entry.id): \(Self.reason(outcome))") }
        guard outcome.verdict == .ok else {
            result.record.verdict = .invalidOutput
            result.record.reason =
                "the prediction could not be scored (\(outcome.verdict.rawValue)); scoring may take 300 s, 4 GiB of memory and 64 MiB of evidence"
            return
        }
        let report = try Self.read(ScoringReport.self, from: destination + "/report.json")
        guard report.problem == nil, report.scores.map(\.id) == plan.challenge.metrics else {
            result.record.verdict = .invalidOutput
            result.record.reason = Self.line(report.problem ?? "the prediction could not be scored")
            return
        }
        let evidence = destination + "/evidence.json"
        do { result.record.evidence = try Digest(ofFile: evidence) } catch { throw .infrastructure("the scoring left no evidence") }
        result.record.scores = report.scores
        result.evidence = evidence
    }
}
