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
        var failures: [CommandFailure] = []

        /// What the command ends with after all submissions had their turn: the gravest failure, already told to people.
        func throwFailure(printsJSON: Bool) throws {
            guard let gravest = failures.max(by: { $0.exitCode < $1.exitCode }) else { return }
            let message = printsJSON ? failures.map(\.message).joined(separator: "\n") : ""
            throw CommandFailure(message: message, exitCode: gravest.exitCode)
        }
    }

    func evaluate(_ submissions: [String]) async throws -> Outcome {
        let pipeline = try await openPipeline()
        do { try runs.prepare() } catch { throw CommandFailure.failed("\(error)") }
        var outcome = Outcome()
        for submission in submissions {
            let request = EvaluationRequest(
                challenge: challenge, folder: folder, phase: phase, submission: submission, isFresh: isFresh)
            let reporter = EvaluationReporter(printsJSON: printsJSON)
            do throws(EvaluationError) {
                outcome.evaluations.append(try await pipeline.evaluate(request) { reporter.report($0) })
            } catch {
                reporter.finish()
                let failure: CommandFailure
                switch error {
                case .unknownPhase: throw CommandFailure.failed("\(error)")
                case .cancelled: throw error
                case .invalidSubmission, .failed: failure = .failed("\(error)")
                case .files, .notReproducible: failure = .failed("\(request.name): \(error)")
                case .infrastructure, .runnerMissing: failure = .infrastructure("\(request.name): \(error)")
                }
                // The others have their turn all the same.
                outcome.failures.append(failure)
                if !printsJSON { Terminal.complain(failure.message) }
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
