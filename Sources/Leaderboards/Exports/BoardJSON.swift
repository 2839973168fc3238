internal import Records

/// The tables as JSON: sorted keys, all digits, `null` for no value.
struct BoardJSON {
    let model: BoardModel

    init(_ model: BoardModel) {
        self.model = model
    }

    /// The ranking with everything that explains it.
    var leaderboard: JSONValue {
        .object([
            "format": "concours-leaderboard-1", "challenge": challenge, "phase": phase, "cases": .integer(Int64(model.caseCount)),
            "groups": .integer(Int64(model.groupCount)), "metrics": .array(model.metrics.map(metric)), "ranking": ranking,
            "limits": .array(model.limits.map { .object(["name": .string($0.name), "text": .string($0.text)]) }),
            "notice": text(model.notice), "warnings": .array(model.warnings.map { .string($0) }),
            "entries": .array(model.entries.map(summary)),
        ])
    }

    /// All cases of all submissions.
    var cases: JSONValue {
        .object([
            "format": "concours-cases-1", "challenge": .string(model.challenge.id), "phase": .string(model.phase.id),
            "cases": .array(model.cases.map { .object(["id": .string($0.id), "group": .string($0.group)]) }),
            "submissions": .array(
                model.entries.map { entry in
                    .object([
                        "submission": .string(entry.submission.name), "sha256": .string(entry.submission.digest.hex),
                        "simulated": .bool(entry.isSimulated), "cases": .array(entry.cases.map(caseResult)),
                    ])
                }),
        ])
    }

    /// One submission with its cases.
    func submission(_ entry: BoardEntry) -> JSONValue {
        guard case .object(var members) = summary(entry) else { return summary(entry) }
        members["format"] = "concours-submission-1"
        members["challenge"] = .string(model.challenge.id)
        members["phase"] = .string(model.phase.id)
        if model.showsCases { members["caseResults"] = .array(entry.cases.map(caseResult)) }
        return .object(members)
    }

    private var challenge: JSONValue {
        .object([
            "id": .string(model.challenge.id), "title": .string(model.challenge.title), "summary": text(model.challenge.summary),
            "licence": .string(model.challenge.licence),
            "organisers": .array(
                model.challenge.organisers.map {
                    .object(["name": .string($0.name), "orcid": text($0.orcid), "affiliation": text($0.affiliation)])
                }),
        ])
    }

    private var phase: JSONValue {
        .object([
            "id": .string(model.phase.id), "title": .string(model.phase.title), "kind": .string(model.phase.kind),
            "period": text(model.phase.period),
        ])
    }

    private var ranking: JSONValue {
        .object([
            "scheme": .string(model.ranking.scheme), "steps": .array(model.ranking.steps.map { .string($0) }),
            "rankingValue": text(model.ranking.rankingValueName), "distinctionRule": .string(model.ranking.distinctionRule),
            "draws": .integer(Int64(model.ranking.draws)), "seed": .string("\(model.ranking.seed)"),
            "meanKendallTau": number(model.ranking.meanKendallTau),
        ])
    }

    private func metric(_ metric: BoardMetric) -> JSONValue {
        .object([
            "id": .string(metric.id), "title": .string(metric.title), "convention": .string(metric.convention),
            "source": .string(metric.source), "version": .integer(Int64(metric.version)), "range": range(metric.range),
            "higherIsBetter": metric.higherIsBetter.map { .bool($0) } ?? .null, "worst": number(metric.worst),
        ])
    }

    private func summary(_ entry: BoardEntry) -> JSONValue {
        let standing = entry.standing
        return .object([
            "rank": standing.map { .integer(Int64($0.rank)) } ?? .null, "rankInterval": range(standing?.interval),
            "medianRank": number(standing?.median), "rankShares": .array((standing?.shares ?? []).map(number)),
            "rankingValue": number(standing?.rankingValue), "notToldApartFromFirst": standing.map { .bool($0.isTiedWithFirst) } ?? .null,
            "submission": .object([
                "name": .string(entry.submission.name), "title": text(entry.submission.title), "kind": .string(entry.submission.kind),
                "authors": .array(entry.submission.authors.map { .string($0) }), "sha256": .string(entry.submission.digest.hex),
                "simulated": .bool(entry.isSimulated),
            ]),
            "team": text(entry.team), "evaluation": .string(entry.evaluation.hex),
            "results": .array(
                entry.results.map {
                    .object(["id": .string($0.metric), "value": number($0.value), "interval": range($0.interval)])
                }),
            "coverage": number(BoardCSV.coverage(entry, model)), "scoredCases": .integer(Int64(entry.scoredCount)),
            "verdicts": .object(
                Dictionary(
                    entry.verdicts.map { ($0.verdict.rawValue, .integer(Int64($0.count))) }, uniquingKeysWith: { first, _ in first })),
            "medianWallSeconds": number(entry.medianWallSeconds),
            "peakMemoryBytes": entry.peakMemoryBytes.map { .integer(Int64($0)) } ?? .null,
        ])
    }

    private func caseResult(_ result: BoardCaseResult) -> JSONValue {
        let record = result.record
        return .object([
            "id": .string(record.id), "verdict": .string(record.verdict.rawValue), "reason": text(record.reason),
            "prediction": text(record.prediction?.hex), "evidence": text(record.evidence?.hex),
            "scores": .array(
                record.scores.map {
                    .object(["id": .string($0.id), "value": number($0.value), "flags": .array($0.flags.map { .string($0) })])
                }),
            "wallSeconds": number(result.usage?.wallSeconds), "cpuSeconds": number(result.usage?.cpuSeconds),
            "peakMemoryBytes": (result.usage?.peakMemoryBytes).map { .integer(Int64($0)) } ?? .null,
        ])
    }

    private func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    private func number(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number(value)
    }

    private func range(_ range: ClosedRange<Double>?) -> JSONValue {
        guard let range else { return .null }
        return .array([number(range.lowerBound), number(range.upperBound)])
    }
}
