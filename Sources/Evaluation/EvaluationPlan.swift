import Challenges
import Metrics
import Records

/// What an evaluation is going to do: the cases of the phase with their files, and the recipe that fixes the scores.
struct EvaluationPlan: Sendable {
    /// One case with the absolute paths of its files.
    struct Case: Sendable {
        let entry: CaseEntry
        let image: String
        let truth: String
    }

    let challenge: Challenge
    let phase: Phase
    let cases: [Case]
    let metrics: [any Metric]
    let recipe: Recipe

    /// Reads the digests of all inputs and truths.
    init(_ request: EvaluationRequest) throws(EvaluationError) {
        let challenge = request.challenge
        guard let phase = challenge.phase(request.phase) else {
            throw .unknownPhase(request.phase, known: challenge.phases.map(\.id))
        }
        self.challenge = challenge
        self.phase = phase
        cases = challenge.cases(of: phase).map { entry in
            Case(entry: entry, image: request.folder + "/" + entry.image, truth: request.folder + "/" + entry.truth)
        }
        var metrics: [any Metric] = []
        var inputs: [Digest] = []
        var truths: [Digest] = []
        do {
            for id in challenge.metrics { metrics.append(try MetricCatalog.metric(for: id)) }
            for item in cases {
                inputs.append(try Digest(ofFile: item.image))
                truths.append(try Digest(ofFile: item.truth))
            }
        } catch {
            throw .files("\(error)")
        }
        self.metrics = metrics
        recipe = Recipe(
            truth: Digest(ofDigests: truths), inputs: Digest(ofDigests: inputs),
            cases: cases.map { CaseIdentity(id: $0.entry.id, group: $0.entry.group, spacing: $0.entry.spacing) },
            metrics: metrics.map(\.versionedID),
            limits: challenge.limits.byName, runner: RunnerVersion.text, seed: challenge.ranking.seed)
    }

    /// The cases in the order in which a submission meets them: shuffled, and differently for each submission, so that a
    /// submission learns nothing from the order; the same again when it is run again.
    func order(for submission: Digest) -> [Case] {
        cases.map { (key: Digest(ofText: "\(submission.hex)/\($0.entry.id)").hex, item: $0) }.sorted { $0.key < $1.key }.map(\.item)
    }
}
