public import Access
public import Challenges
public import Foundation
internal import Metrics
internal import Plots
internal import Ranking
public import Records

extension BoardModel {
    /// The board of a phase, computed from its evaluation records.
    ///
    /// A pure function of its arguments: records in any order give the same board. Simulated submissions are scored but stand
    /// outside the ranking, so that they change nobody's rank. What the audience may not see is not in the model.
    ///
    /// - Parameters:
    ///   - challenge: the challenge.
    ///   - phase: one of its phases.
    ///   - records: evaluation records of that phase; those that are not scored are left out and mentioned among the warnings.
    ///   - now: the instant that decides what may be shown.
    ///   - audience: whom the board is for. A board for organisers says so where the public may see less of the phase.
    /// - Throws: `BoardError.evaluations` where records belong elsewhere, are not comparable, or cannot be ranked.
    public init(challenge: Challenge, phase: Phase, records: [EvaluationRecord], now: Date, audience: Audience = .organiser)
        throws(BoardError)
    {
        let state = phase.state(at: now)
        let rights = Rights(of: audience, in: phase.kind, state)
        // Whoever may not see the results gets the board of a phase without any: not even their number shows through.
        let evaluations = try ComparableEvaluations(
            challenge: challenge, phase: phase, records: rights.allowAggregateScores ? records : [])
        let metrics = try BoardModel.metrics(of: challenge, evaluations)
        let board = try BoardScores(rules: challenge.ranking, metrics: metrics, evaluations: evaluations)
        let showsCases = rights.allowCaseScores && rights.allowCaseIDs
        let entries = evaluations.scored.map { BoardModel.entry($0, board: board, metrics: metrics, rights: rights) }
        let rules = challenge.ranking
        let drawn = rules.unit == .group ? "groups" : "cases"
        self.init(
            challenge: BoardModel.challenge(challenge),
            phase: BoardPhase(
                id: phase.id, title: phase.title,
                kind: challenge.split(phase.split)?.visibility == .public ? "public cases" : "hidden cases",
                period: BoardModel.period(of: phase)),
            metrics: metrics,
            ranking: BoardRanking(
                scheme: rules.method.rawValue, steps: rules.sentences, rankingValueName: BoardModel.rankingValueName(rules),
                distinctionRule: "A submission counts as told apart from rank 1 if it is strictly behind every submission of rank 1 "
                    + "in at least 97.5 % of the draws of \(drawn).",
                draws: board.draws, seed: UInt64(clamping: rules.seed), meanKendallTau: board.meanKendallTau),
            caseCount: evaluations.cases.count, groupCount: Set(evaluations.cases.map(\.group)).count,
            cases: showsCases ? evaluations.cases.map { BoardCase(id: $0.id, group: $0.group) } : [],
            entries: entries, limits: BoardModel.limits(evaluations.limits ?? challenge.limits.byName),
            warnings: evaluations.warnings + board.warnings,
            notice: BoardModel.notice(phase: phase, state: state, audience: audience, isEmpty: evaluations.scored.isEmpty))
    }

    private static func entry(_ scored: ScoredEvaluation, board: BoardScores, metrics: [BoardMetric], rights: Rights) -> BoardEntry {
        let record = scored.record
        let usages = record.cases.compactMap { record.host.cases[$0.id] }
        let showsCases = rights.allowCaseScores && rights.allowCaseIDs
        return BoardEntry(
            submission: record.submission, team: nil, evaluation: scored.digest, standing: board.standings[scored.digest],
            results: board.results[scored.digest] ?? [], scoredCount: record.cases.count { $0.verdict == .ok && !$0.scores.isEmpty },
            verdicts: rights.allowVerdicts ? BoardVerdictCount.counts(of: record.cases.map(\.verdict)) : [],
            medianWallSeconds: median(usages.map(\.wallSeconds)), peakMemoryBytes: usages.compactMap(\.peakMemoryBytes).max(),
            cases: showsCases
                ? record.cases.map { BoardCaseResult(record: visible($0, rights: rights), usage: record.host.cases[$0.id]) } : [])
    }

    /// A case's entry without what the audience may not see. Reasons speak of the hidden input and go with the logs; the digest
    /// of something hidden would let a guess at it be checked.
    private static func visible(_ record: CaseRecord, rights: Rights) -> CaseRecord {
        var shown = record
        if !rights.allowLogs { shown.reason = nil }
        if !rights.allowPredictions { shown.prediction = nil }
        if !rights.allowEvidence { shown.evidence = nil }
        return shown
    }

    private static func challenge(_ challenge: Challenge) -> BoardChallenge {
        BoardChallenge(
            id: challenge.id, title: challenge.title, summary: challenge.summary,
            organisers: challenge.organisers.map { BoardPerson(name: $0.name, orcid: $0.orcid, affiliation: $0.affiliation?.name) },
            licence: challenge.licence)
    }

    private static func metrics(of challenge: Challenge, _ evaluations: ComparableEvaluations) throws(BoardError) -> [BoardMetric] {
        var metrics: [BoardMetric] = []
        for id in challenge.metrics {
            do {
                let metric = try MetricCatalog.metric(for: id)
                metrics.append(
                    BoardMetric(
                        id: id, title: metric.title, convention: metric.convention, source: metric.source,
                        version: evaluations.versions[id] ?? metric.version, range: metric.range, higherIsBetter: metric.higherIsBetter,
                        worst: metric.worst))
            } catch {
                throw .evaluations(found: "\(error)", write: "correct the metrics of the challenge")
            }
        }
        return metrics
    }

    /// What decides the rank, where it is not the metric's own value.
    private static func rankingValueName(_ rules: RankingRules) -> String? {
        switch rules.method {
        case .aggregateThenRank: nil
        case .rankThenAggregate: rules.aggregate == .mean ? "Mean rank" : "Median rank"
        case .testThenRank: "Share beaten"
        }
    }

    private static func period(of phase: Phase) -> String? {
        func text(_ time: ZonedTime) -> String { String(time.local.map { $0 == "T" ? " " : $0 }) }
        switch (phase.opens, phase.closes) {
        case (let opens?, let closes?) where opens.zone == closes.zone: return "\(text(opens)) to \(text(closes)), \(opens.zone)"
        case (let opens?, let closes?): return "\(text(opens)), \(opens.zone), to \(text(closes)), \(closes.zone)"
        case (let opens?, nil): return "from \(text(opens)), \(opens.zone)"
        case (nil, let closes?): return "until \(text(closes)), \(closes.zone)"
        case (nil, nil): return nil
        }
    }

    /// The limits of the recipe in words; a limit of a kind that this version does not know is shown as it stands.
    private static func limits(_ limits: [String: Int]) -> [BoardTerm] {
        let known: [(key: String, name: String)] = [
            ("wallSeconds", "Elapsed time"), ("cpuSeconds", "Processor time"), ("memoryBytes", "Memory"), ("processes", "Processes"),
            ("outputBytes", "Output"),
        ]
        let others = limits.keys.filter { key in !known.contains { $0.key == key } }.sorted().map { (key: $0, name: $0) }
        return (known + others).compactMap { key, name in
            limits[key].map { value in
                if key.hasSuffix("Bytes") { return BoardTerm(name, NumberText.bytes(value)) }
                return BoardTerm(name, key.hasSuffix("Seconds") ? "\(NumberText.count(value)) s" : NumberText.count(value))
            }
        }
    }

    private static func notice(phase: Phase, state: PhaseState, audience: Audience, isEmpty: Bool) -> String? {
        let publicRights = Rights(of: .public, in: phase.kind, state)
        guard Rights(of: audience, in: phase.kind, state).allowAggregateScores else {
            return "The results of this phase are not released yet."
        }
        guard audience == .organiser, !isEmpty else { return nil }
        if !publicRights.allowAggregateScores {
            return "For organisers only: the results of this phase are not released yet, and this board shows them."
        }
        if !publicRights.allowCaseScores {
            return "For organisers only: in this phase results of single cases are not public, and this board shows them."
        }
        return nil
    }
}
