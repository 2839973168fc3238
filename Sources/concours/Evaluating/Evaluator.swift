import Challenges
import Evaluation
import Foundation
import Records
import Sandbox

/// Evaluates submissions one after another and tells people or programs how it goes.
struct Evaluator {
    let challenge: Challenge
    let folder: String
    let phase: String
    let runs: RunsFolder
    let jobs: Int
    let isFresh: Bool
    let printsJSON: Bool

    /// What became of a list of submissions.
    struct Outcome {
        var evaluations: [StoredEvaluation] = []
        /// The submissions that could not be evaluated, with the reason.
        var failures: [String] = []
    }

    func evaluate(_ submissions: [String]) async throws -> Outcome {
        let pipeline = try await openPipeline()
        var outcome = Outcome()
        for submission in submissions {
            let request = EvaluationRequest(
                challenge: challenge, folder: folder, phase: phase, submission: submission, isFresh: isFresh)
            let reporter = EvaluationReporter(printsJSON: printsJSON)
            do throws(EvaluationError) {
                outcome.evaluations.append(try await pipeline.evaluate(request) { reporter.report($0) })
            } catch {
                reporter.finish()
                switch error {
                case .invalidSubmission:
                    outcome.failures.append("\(error)")
                    if !printsJSON { Terminal.complain("\(error)") }
                case .infrastructure, .runnerMissing: throw CommandFailure.infrastructure("\(error)")
                case .unknownPhase, .files: throw CommandFailure.failed("\(error)")
                }
            }
        }
        return outcome
    }

    private func openPipeline() async throws -> Pipeline {
        do {
            let sandbox = try await Sandbox.open()
            let runner = try InstalledRunner(staging: sandbox.staging)
            return Pipeline(executor: LocalExecutor(sandbox), runner: runner, staging: sandbox.staging, runs: runs, jobs: jobs)
        } catch {
            throw CommandFailure.infrastructure("\(error)")
        }
    }
}
