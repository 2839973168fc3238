import Challenges
import Foundation
import Records
import Sandbox

/// Sandbox 1: the submission sees one input and writes one output. No truth, no other case, no network.
extension Pipeline {
    func predict(
        _ item: EvaluationPlan.Case, with submission: TakenSubmission, plan: EvaluationPlan, work: WorkFolder
    ) async throws(EvaluationError) -> CaseResult {
        if submission.kind == .predictions { return try handedIn(item, submission, plan: plan) }
        let input = try layOutInput(of: item, plan: plan, work: work)
        // A case must not find in the page cache of shared files what another case has read: each has files of its own.
        let folder = submission.kind == .program ? try copy(submission, for: item, work: work) : submission.folder
        defer { if submission.kind == .program { staging.remove(folder: folder) } }
        let destination = work.path + "/output-\(item.entry.id)"
        let outcome = try await run(policy(for: submission, in: folder, input: input, plan: plan, destination: destination))
        if case .commandNotExecutable(_)? = outcome.failure {
            var result = CaseResult(
                item, .runtimeError, reason: "the command could not be executed; is the program named right and executable?")
            result.usage = outcome.usage
            return result
        }
        return try Self.result(item, outcome, destination: destination, plan: plan)
    }

    /// The finished result of a case, if it was handed in as a file within the limit on outputs.
    private func handedIn(
        _ item: EvaluationPlan.Case, _ submission: TakenSubmission, plan: EvaluationPlan
    ) throws(EvaluationError) -> CaseResult {
        let limit = plan.challenge.limits.outputBytes
        for name in plan.challenge.outputContract.fileNames(forCase: item.entry.id) {
            let path = submission.folder + "/" + name
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                return CaseResult(item, .invalidOutput, reason: "\(name) is no file")
            }
            guard let size = attributes[.size] as? Int, size <= limit else {
                return CaseResult(item, .outputLimit, reason: "\(name) is larger than the \(limit) bytes that are allowed")
            }
            return try CaseResult(item, predicted: path)
        }
        return CaseResult(item, .invalidOutput, reason: "the submission holds no prediction for this case")
    }

    private func copy(_ submission: TakenSubmission, for item: EvaluationPlan.Case, work: WorkFolder) throws(EvaluationError) -> String {
        let folder = work.path + "/program-\(item.entry.id)"
        do throws(SafeCopyError) {
            _ = try SafeCopy.folder(from: submission.folder, to: folder)
        } catch {
            throw .infrastructure("the submission cannot be staged: \(error)")
        }
        return folder
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
        for submission: TakenSubmission, in folder: String, input: String, plan: EvaluationPlan, destination: String
    ) -> SandboxPolicy {
        let limits = SandboxLimits(plan.challenge.limits)
        let binds = [ReadOnlyBind(host: input, inside: "/input"), ReadOnlyBind(host: folder, inside: "/submission")]
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
        _ item: EvaluationPlan.Case, _ outcome: SandboxOutcome, destination: String, plan: EvaluationPlan
    ) throws(EvaluationError) -> CaseResult {
        let wanted = plan.challenge.outputContract.fileNames.joined(separator: ", ")
        let names = outcome.files.map(\.path)
        var result: CaseResult
        if outcome.verdict == .ok, names.count == 1 {
            result = try CaseResult(item, predicted: destination + "/" + names[0])
        } else if outcome.verdict == .ok {
            let count = names.isEmpty ? "no output was written" : "\(names.count) outputs were written"
            result = CaseResult(item, .invalidOutput, reason: "\(count); expected one of \(wanted)")
        } else if outcome.verdict == .invalidOutput {
            result = CaseResult(item, .invalidOutput, reason: "the output folder holds something that is no plain file named \(wanted)")
        } else {
            result = CaseResult(item, outcome.verdict, reason: reason(for: outcome, limits: plan.challenge.limits))
        }
        result.usage = outcome.usage
        result.log = CaseLog(output: outcome.standardOutput.text, error: outcome.standardError.text)
        return result
    }

    /// A sentence on how a command ended, for those who may see it.
    private static func reason(for outcome: SandboxOutcome, limits: Limits) -> String? {
        switch outcome.verdict {
        case .timeLimit: "stopped after the \(limits.wallSeconds) s of elapsed time that are allowed"
        case .cpuLimit: "used more than the \(limits.cpuSeconds) s of processor time that are allowed"
        case .memoryLimit: "needed more than the \(limits.memoryBytes >> 20) MiB of memory that are allowed"
        case .outputLimit: "wrote more than the \(limits.outputBytes >> 20) MiB of output that are allowed"
        case .processLimit: "wanted more than the \(limits.processes) processes that are allowed"
        case .crash: outcome.signal.map { "ended by signal \($0), or with exit code \(128 + $0)" }
        case .runtimeError: outcome.exitCode.map { "ended with exit code \($0)" }
        case .ok, .invalidOutput, .infrastructure: nil
        }
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
