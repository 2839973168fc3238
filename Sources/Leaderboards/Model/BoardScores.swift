internal import Challenges
internal import Ranking
internal import Records

/// Values, intervals and ranks of all evaluations of a board.
struct BoardScores {
    /// Value and interval of each metric, in the board's order, by evaluation.
    private(set) var results: [Digest: [BoardResult]] = [:]
    /// The place in the ranking by evaluation; simulated submissions have none.
    private(set) var standings: [Digest: BoardStanding] = [:]
    /// How often the cases were drawn anew; 0 where there is nothing to draw from.
    private(set) var draws = 0
    /// Kendall's tau-b between the ranking and those of the draws, averaged.
    private(set) var meanKendallTau: Double?
    /// What the ranking says about its own reliability.
    private(set) var warnings: [String] = []

    init(rules: RankingRules, metrics: [BoardMetric], evaluations: ComparableEvaluations) throws(BoardError) {
        let competing = evaluations.scored.filter { !$0.record.submission.isSimulated }
        let simulated = evaluations.scored.filter(\.record.submission.isSimulated)
        for (index, metric) in metrics.enumerated() {
            var scores: [Digest: RankedAlgorithm] = [:]
            if index == 0 {
                guard let worst = metric.worst, let higherIsBetter = metric.higherIsBetter else {
                    throw .evaluations(found: "the primary metric \(metric.id), which ranks nothing", write: "put another metric first")
                }
                let scheme = BoardScores.scheme(rules, method: rules.method, worst: worst, higherIsBetter: higherIsBetter)
                if let result = try BoardScores.rank(competing, metric: metric.id, cases: evaluations.cases, scheme: scheme) {
                    take(result, rules: rules, digests: competing.map(\.digest))
                    scores = BoardScores.byDigest(result, competing.map(\.digest))
                }
            }
            // Whatever is not ranked together is computed one by one, so that nothing depends on who else is there.
            for evaluation in (index == 0 ? simulated : evaluations.scored) {
                scores[evaluation.digest] = try BoardScores.alone(evaluation, metric: metric, cases: evaluations.cases, rules: rules)
            }
            for evaluation in evaluations.scored {
                let score = scores[evaluation.digest]
                results[evaluation.digest, default: []].append(
                    BoardResult(metric: metric.id, value: score?.aggregate, interval: BoardScores.range(score?.interval)))
            }
        }
    }

    private mutating func take(_ result: RankingResult, rules: RankingRules, digests: [Digest]) {
        let isByItself = rules.method == .aggregateThenRank
        for (digest, algorithm) in BoardScores.byDigest(result, digests) {
            standings[digest] = BoardStanding(
                rank: algorithm.rank, interval: BoardScores.range(algorithm.rankInterval), median: algorithm.medianRank,
                shares: algorithm.rankFrequencies, rankingValue: isByItself ? nil : algorithm.rankedBy,
                isTiedWithFirst: algorithm.rank > 1 && algorithm.isDistinguishableFromFirst == false)
        }
        draws = result.algorithms.contains { !$0.rankFrequencies.isEmpty } ? rules.bootstrap : 0
        meanKendallTau = result.stability?.meanKendallTauB
        // The other kinds name submissions by digest; what they say stands in the table itself.
        let general: Set<RankingWarning.Kind> = [.fewCases, .fewGroups, .oneUnit, .bootstrapOff, .fewSamples, .groupedTests]
        warnings = result.warnings.filter { general.contains($0.kind) }.map(\.text)
    }

    /// One evaluation by itself: over all cases at the worst value for a failed one, or over the cases with a value where the
    /// metric has no worst value.
    private static func alone(
        _ evaluation: ScoredEvaluation, metric: BoardMetric, cases: [CaseIdentity], rules: RankingRules
    ) throws(BoardError) -> RankedAlgorithm? {
        let higherIsBetter = metric.higherIsBetter ?? true
        var cases = cases
        if metric.worst == nil {
            let valued = Set(evaluation.record.cases.filter { value($0, metric.id) != nil }.map(\.id))
            cases = cases.filter { valued.contains($0.id) }
        }
        let scheme = scheme(
            rules, method: .aggregateThenRank, worst: metric.worst ?? (higherIsBetter ? -1e300 : 1e300), higherIsBetter: higherIsBetter)
        return try rank([evaluation], metric: metric.id, cases: cases, scheme: scheme)?.algorithms.first
    }

    /// The ranking of the evaluations, named by digest: two submissions may have the same name. `nil` without evaluations or cases.
    private static func rank(
        _ evaluations: [ScoredEvaluation], metric: String, cases: [CaseIdentity], scheme: RankingScheme
    ) throws(BoardError) -> RankingResult? {
        guard !evaluations.isEmpty, !cases.isEmpty else { return nil }
        let rows = evaluations.flatMap { evaluation in
            let byID = Dictionary(evaluation.record.cases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            return cases.map { identity in
                LongTable.Row(
                    algorithm: evaluation.digest.hex, caseID: identity.id, group: identity.group,
                    value: byID[identity.id].flatMap { value($0, metric) })
            }
        }
        do throws(RankingError) {
            return try scheme.rank(LongTable(rows: rows))
        } catch {
            throw .evaluations(found: "\(metric): \(error)", write: "the evaluations cannot be ranked")
        }
    }

    private static func value(_ record: CaseRecord, _ metric: String) -> Double? {
        guard record.verdict == .ok else { return nil }
        return record.scores.first { $0.id == metric }?.value
    }

    private static func scheme(_ rules: RankingRules, method: RankingScheme.Method, worst: Double, higherIsBetter: Bool) -> RankingScheme {
        RankingScheme(
            method: method, aggregate: rules.aggregate, ties: rules.ties, worstValue: worst,
            higherIsBetter: higherIsBetter, bootstrap: rules.bootstrap, seed: UInt64(clamping: rules.seed),
            unit: rules.unit)
    }

    private static func byDigest(_ result: RankingResult, _ digests: [Digest]) -> [Digest: RankedAlgorithm] {
        let byName = Dictionary(result.algorithms.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(digests.compactMap { digest in byName[digest.hex].map { (digest, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    private static func range(_ interval: Interval?) -> ClosedRange<Double>? {
        interval.map { $0.low...max($0.low, $0.high) }
    }
}
