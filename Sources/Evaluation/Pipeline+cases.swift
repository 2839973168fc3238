import Challenges
import Foundation
import Records
import Sandbox

/// Running the cases: each in a fresh sandbox, the first alone, the others as many at a time as there are jobs.
extension Pipeline {
    func runCases(
        of submission: TakenSubmission, plan: EvaluationPlan, work: WorkFolder, report: @Sendable (EvaluationEvent) -> Void
    ) async throws(EvaluationError) -> [CaseResult] {
        let order = plan.order(for: submission.record.digest)
        var results: [String: CaseResult] = [:]
        func keep(_ result: CaseResult) {
            results[result.record.id] = result
            report(
                .finishedCase(
                    submission: submission.record.name, case: result.record, usage: result.usage, done: results.count, of: order.count))
        }
        guard let canary = order.first else { return [] }
        do {
            keep(try await evaluate(canary, of: submission, plan: plan, work: work))
            try await withThrowingTaskGroup(of: CaseResult.self) { group in
                var waiting = order.dropFirst().makeIterator()
                for _ in 0..<jobs {
                    guard let item = waiting.next() else { break }
                    group.addTask { try await self.evaluate(item, of: submission, plan: plan, work: work) }
                }
                while let result = try await group.next() {
                    keep(result)
                    if let item = waiting.next() {
                        group.addTask { try await self.evaluate(item, of: submission, plan: plan, work: work) }
                    }
                }
            }
        } catch let error as EvaluationError {
            throw error
        } catch {
            throw .infrastructure("\(error)")
        }
        return plan.cases.compactMap { results[$0.entry.id] }
    }

    /// One case: predict in one sandbox, score in another.
    private func evaluate(
        _ item: EvaluationPlan.Case, of submission: TakenSubmission, plan: EvaluationPlan, work: WorkFolder
    ) async throws(EvaluationError) -> CaseResult {
        var result = try await predict(item, with: submission, plan: plan, work: work)
        if result.record.verdict == .ok { try await score(&result, item, plan: plan, work: work) }
        return result
    }
}
