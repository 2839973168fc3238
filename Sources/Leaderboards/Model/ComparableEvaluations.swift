internal import Challenges
internal import Records

/// A scored evaluation with its digest.
struct ScoredEvaluation {
    let digest: Digest
    let record: EvaluationRecord
}

/// The scored evaluations of a phase, checked to be comparable: same cases, same truth, same inputs, same metrics.
struct ComparableEvaluations {
    /// Each evaluation once, sorted by digest.
    let scored: [ScoredEvaluation]
    /// The cases with their groups, in the order of the case list.
    let cases: [CaseIdentity]
    /// The version of each metric's implementation by id.
    let versions: [String: Int]
    /// The limits for one case; `nil` without evaluations.
    let limits: [String: Int]?
    /// What was left out, and what differs between the evaluations.
    let warnings: [String]

    init(challenge: Challenge, phase: Phase, records: [EvaluationRecord]) throws(BoardError) {
        var evaluations: [ScoredEvaluation] = []
        for record in records {
            guard record.challenge == challenge.id, record.phase == phase.id else {
                throw .evaluations(
                    found: "an evaluation of “\(record.challenge)”, phase “\(record.phase)”",
                    write: "give those of “\(challenge.id)”, phase “\(phase.id)”")
            }
            guard record.state == .scored else { continue }
            do throws(RecordsError) { evaluations.append(ScoredEvaluation(digest: try record.digest(), record: record)) } catch {
                throw .records(error)
            }
        }
        evaluations.sort { $0.digest.hex < $1.digest.hex }
        var scored: [ScoredEvaluation] = []
        for evaluation in evaluations where scored.last?.digest != evaluation.digest { scored.append(evaluation) }
        self.scored = scored

        var warnings = ComparableEvaluations.leftOut(records)
        let listed = challenge.cases(of: phase).map { CaseIdentity(id: $0.id, group: $0.group) }
        guard let first = scored.first?.record.recipe else {
            (cases, self.versions, limits, self.warnings) = (listed, [:], nil, warnings)
            return
        }
        for evaluation in scored.dropFirst() { try ComparableEvaluations.compare(evaluation.record.recipe, with: first) }
        let versions = ComparableEvaluations.versions(first.metrics)
        guard challenge.metrics.allSatisfy({ versions[$0] != nil }) else {
            throw .evaluations(
                found: "scores for \(versions.keys.sorted().joined(separator: ", "))",
                write: "expected those of the challenge, \(challenge.metrics.joined(separator: ", ")); evaluate or rescore")
        }
        let recipes = scored.map(\.record.recipe)
        if recipes.contains(where: { $0.limits != first.limits }) {
            warnings.append("The limits were not the same for all submissions; those of one evaluation are shown.")
        }
        if recipes.contains(where: { $0.runner != first.runner }) {
            warnings.append("The submissions were run by different versions of the runner.")
        }
        if recipes.contains(where: { $0.seed != first.seed }) { warnings.append("The submissions were run with different seeds.") }
        if first.cases != listed {
            warnings.append("The case list of the challenge has changed since the evaluations; the board is about the cases evaluated.")
        }
        (cases, self.versions, limits, self.warnings) = (first.cases, versions, first.limits, warnings)
    }

    private static func compare(_ recipe: Recipe, with first: Recipe) throws(BoardError) {
        let differences = [
            ("cases", recipe.cases != first.cases), ("ground truth", recipe.truth != first.truth),
            ("input images", recipe.inputs != first.inputs), ("metrics or their versions", recipe.metrics != first.metrics),
        ].filter(\.1).map(\.0)
        guard !differences.isEmpty else { return }
        throw .evaluations(
            found: "evaluations that differ in \(differences.joined(separator: ", "))",
            write: "rank only what was measured alike: evaluate all submissions again")
    }

    /// `pq#1` as id and version.
    private static func versions(_ metrics: [String]) -> [String: Int] {
        var versions: [String: Int] = [:]
        for metric in metrics {
            let parts = metric.split(separator: "#", maxSplits: 1)
            if let id = parts.first { versions[String(id)] = parts.count == 2 ? Int(parts[1]) ?? 0 : 0 }
        }
        return versions
    }

    private static func leftOut(_ records: [EvaluationRecord]) -> [String] {
        let states: [(EvaluationState, String)] = [
            (.failed, "failed"), (.cancelled, "cancelled"), (.queued, "queued"), (.staging, "not finished"), (.predicting, "not finished"),
            (.scoring, "not finished"),
        ]
        let counts = states.compactMap { state, word -> String? in
            let count = records.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(word)"
        }
        return counts.isEmpty ? [] : ["Evaluations that are not scored are not on the board: \(counts.joined(separator: ", "))."]
    }
}
