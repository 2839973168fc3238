import Challenges
import Records
public import Sandbox

/// The way of one submission, from what was handed in to an immutable record; each step is a file of its own.
public struct Pipeline: Sendable {
    let executor: any Executor
    let runner: InstalledRunner
    let staging: StagingArea
    let runs: RunsFolder
    let jobs: Int

    /// A pipeline.
    ///
    /// - Parameters:
    ///   - executor: where the sandboxed steps are carried out.
    ///   - runner: the program that works inside the sandbox.
    ///   - staging: where inputs are laid out for sandboxes; emptied by its owner.
    ///   - runs: where results are written.
    ///   - jobs: how many cases run at one time, at least 1.
    public init(executor: any Executor, runner: InstalledRunner, staging: StagingArea, runs: RunsFolder, jobs: Int) {
        self.executor = executor
        self.runner = runner
        self.staging = staging
        self.runs = runs
        self.jobs = max(1, jobs)
    }

    /// Evaluates one submission in one phase.
    ///
    /// An evaluation that exists already under the same recipe is returned as it is, unless the request is fresh. Results appear in
    /// `runs` as a whole or not at all.
    public func evaluate(
        _ request: EvaluationRequest, report: @Sendable (EvaluationEvent) -> Void
    ) async throws(EvaluationError) -> StoredEvaluation {
        let plan = try EvaluationPlan(request)
        let work = try WorkFolder(in: staging)
        defer { work.remove() }

        let submission = try await takeIn(request, plan: plan, work: work)
        report(.taken(submission: request.name, kind: submission.kind, cases: plan.cases.count, notes: submission.report.notes))
        if !request.isFresh, let stored = try runs.evaluation(of: submission.record, plan: plan) {
            report(.reused(submission: request.name))
            return stored
        }

        let results = try await runCases(of: submission, plan: plan, work: work, report: report)
        let record = EvaluationRecord(
            challenge: plan.challenge.id, phase: plan.phase.id, submission: submission.record, recipe: plan.recipe, state: .scored,
            cases: results.map(\.record),
            host: HostRecord(
                cases: Dictionary(uniqueKeysWithValues: results.compactMap { result in result.usage.map { (result.record.id, $0) } }),
                enforced: executor.enforced))
        let stored = try runs.store(record, results: results, plan: plan)
        report(.finished(record))
        return stored
    }
}
