import Challenges
import Foundation
import Records
import Sandbox

/// Sandbox 1: the submission sees one input and writes one output. No truth, no other case, no network.
extension Pipeline {
    /// How often a case is tried when the sandbox itself fails; such a failure is never charged to the submission.
    private static let attempts = 3

    func predict(
        _ item: EvaluationPlan.Case, with submission: TakenSubmission, plan: EvaluationPlan, work: WorkFolder
    ) async throws(EvaluationError) -> CaseResult {
        let contract = plan.challenge.outputContract
        if submission.kind == .predictions {
            let name = contract.fileNames(forCase: item.entry.id).first {
                FileManager.default.fileExists(atPath: submission.folder + "/" + $0)
            }
            guard let name else { return CaseResult(item, .invalidOutput, reason: "the submission holds no prediction for this case") }
            return try CaseResult(item, predicted: submission.folder + "/" + name)
        }
        let input = try layOutInput(of: item, plan: plan, work: work)
        var number = 1
        while true {
            let destination = work.path + "/output-\(item.entry.id)-\(number)"
            let outcome: SandboxOutcome
            do {
                outcome = try await executor.run(policy(for: submission, input: input, plan: plan, destination: destination))
            } catch {
                throw .infrastructure("\(error)")
            }
            if case .commandNotExecutable(_)? = outcome.failure {
                var result = CaseResult(
                    item, .runtimeError, reason: "the command could not be executed; is the program named right and executable?")
                result.usage = outcome.usage
                return result
            }
            if outcome.verdict == .infrastructure, number < Self.attempts {
                number += 1
                continue
            }
            return try Self.result(item, outcome, destination: destination, contract: contract)
        }
    }

    /// The folder that becomes `/input`: the image under its slot's name, and `case.json`.
    private func layOutInput(of item: EvaluationPlan.Case, plan: EvaluationPlan, work: WorkFolder) throws(EvaluationError) -> String {
        let task = plan.challenge.task
        let folder = try work.folder("input-\(item.entry.id)")
        let ending = (item.entry.image as NSString).pathExtension.lowercased()
        let name = "\(task.input.name).\(ending)"
        try work.copy(item.image, to: folder + "/" + name)
        let output = CaseDescription.Output(axes: task.output.axesText, formats: plan.challenge.outputContract.fileExtensions)
        try work.write(
            CaseDescription(id: item.entry.id, inputs: [task.input.name: name], outputs: [task.output.name: output]),
            to: folder + "/case.json")
        return folder
    }

    private func policy(
        for submission: TakenSubmission, input: String, plan: EvaluationPlan, destination: String
    ) -> SandboxPolicy {
        let limits = SandboxLimits(plan.challenge.limits)
        let binds = [ReadOnlyBind(host: input, inside: "/input"), ReadOnlyBind(host: submission.folder, inside: "/submission")]
        let outputs = OutputRules(allowed: plan.challenge.outputContract.fileNames, destination: destination)
        switch submission.kind {
        case .program:
            return SandboxPolicy(
                command: submission.report.command, workingDirectory: "/submission", binds: binds, limits: limits, outputs: outputs)
        case .model, .predictions:
            // A quarter is left for the program itself, the image and its labels.
            let memory = plan.challenge.limits.memoryBytes / 4 * 3
            return runner.policy(
                [
                    "predict", "--submission", "/submission", "--case", "/input/case.json", "--output", "/output", "--memory", "\(memory)",
                ], binds: binds, limits: limits, outputs: outputs)
        }
    }

    private static func result(
        _ item: EvaluationPlan.Case, _ outcome: SandboxOutcome, destination: String, contract: OutputContract
    ) throws(EvaluationError) -> CaseResult {
        var result = CaseResult(item, outcome.verdict, reason: nil)
        if outcome.verdict == .ok {
            let names = outcome.files.map(\.path)
            if names.count == 1, let name = names.first {
                result = try CaseResult(item, predicted: destination + "/" + name)
            } else {
                let wanted = contract.fileNames.joined(separator: ", ")
                result.record.verdict = .invalidOutput
                result.record.reason =
                    names.isEmpty
                    ? "no output was written; expected one of \(wanted)" : "\(names.count) outputs were written; expected one of \(wanted)"
            }
        } else if outcome.verdict == .invalidOutput {
            result.record.reason =
                "the output folder holds something that is no plain file named \(contract.fileNames.joined(separator: ", "))"
        }
        result.usage = outcome.usage
        result.log = CaseLog(output: outcome.standardOutput.text, error: outcome.standardError.text)
        return result
    }
}

extension CaseResult {
    /// A case that ended without a prediction to score.
    init(_ item: EvaluationPlan.Case, _ verdict: Verdict, reason: String?) {
        record = CaseRecord(id: item.entry.id, verdict: verdict, reason: reason, prediction: nil, evidence: nil, scores: [])
    }

    /// A case with a prediction that is still to be scored.
    init(_ item: EvaluationPlan.Case, predicted path: String) throws(EvaluationError) {
        self.init(item, .ok, reason: nil)
        do { record.prediction = try Digest(ofFile: path) } catch { throw .files("\(error)") }
        prediction = path
    }
}

extension SandboxLimits {
    /// The limits that a challenge sets for one case.
    init(_ limits: Limits) {
        self.init(
            wallSeconds: Double(limits.wallSeconds), cpuSeconds: Double(limits.cpuSeconds), memoryBytes: limits.memoryBytes,
            processes: limits.processes, outputBytes: limits.outputBytes, temporaryBytes: max(64 << 20, limits.outputBytes))
    }
}
