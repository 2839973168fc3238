public import Records

/// A submission on the board.
public struct BoardEntry: Sendable, Equatable {
    /// What was handed in.
    public var submission: SubmissionRecord
    /// The team; `nil` where there are no accounts.
    public var team: String?
    /// The digest of the evaluation record.
    public var evaluation: Digest
    /// The place in the ranking; `nil` for a simulated submission.
    public var standing: BoardStanding?
    /// Value and interval by metric, in the order of the board's metrics.
    public var results: [BoardResult]
    /// The number of cases with a result.
    public var scoredCount: Int
    /// The number of cases by verdict, in the order of the verdict list; verdicts that did not occur are left out.
    public var verdicts: [BoardVerdictCount]
    /// The median elapsed time of a case; `nil` where nothing was measured.
    public var medianWallSeconds: Double?
    /// The highest memory use among the cases; `nil` where nothing was measured.
    public var peakMemoryBytes: Int?
    /// The cases in the order of the case list; empty where single cases are not shown.
    public var cases: [BoardCaseResult]

    /// Makes an entry of its parts.
    public init(
        submission: SubmissionRecord, team: String?, evaluation: Digest, standing: BoardStanding?, results: [BoardResult],
        scoredCount: Int, verdicts: [BoardVerdictCount], medianWallSeconds: Double?, peakMemoryBytes: Int?, cases: [BoardCaseResult]
    ) {
        self.submission = submission
        self.team = team
        self.evaluation = evaluation
        self.standing = standing
        self.results = results
        self.scoredCount = scoredCount
        self.verdicts = verdicts
        self.medianWallSeconds = medianWallSeconds
        self.peakMemoryBytes = peakMemoryBytes
        self.cases = cases
    }

    /// The name on the board: the title that the submission gives itself, else its name, else `unnamed`.
    public var name: String {
        [submission.title, submission.name].compactMap { $0 }.first { !$0.isEmpty } ?? "unnamed"
    }

    /// True where the submitter declares that the results were made from the truth.
    public var isSimulated: Bool { submission.isSimulated }

    /// The value and interval of a metric.
    public func result(_ metric: String) -> BoardResult? { results.first { $0.metric == metric } }

    /// The board's order: ranked entries by rank, then the others; within that by name, digest and evaluation.
    static func isBefore(_ left: BoardEntry, _ right: BoardEntry) -> Bool {
        let ranks = (left.standing?.rank ?? Int.max, right.standing?.rank ?? Int.max)
        if left.isSimulated != right.isSimulated { return right.isSimulated }
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        let keys = [left, right].map { [$0.name, $0.submission.name, $0.submission.digest.hex, $0.evaluation.hex].map { Array($0.utf8) } }
        for (first, second) in zip(keys[0], keys[1]) where first != second { return first.lexicographicallyPrecedes(second) }
        return false
    }
}

/// A place in the ranking.
public struct BoardStanding: Sendable, Equatable {
    /// The rank; entries that are equal share the smaller one.
    public var rank: Int
    /// The 95 % interval of the rank over the draws.
    public var interval: ClosedRange<Double>?
    /// The median rank over the draws.
    public var median: Double?
    /// The share of draws with each rank, from rank 1 on; empty where there were no draws.
    public var shares: [Double]
    /// The value that the rank came from where it is not the primary metric's own, such as the mean rank.
    public var rankingValue: Double?
    /// Whether the entry, not itself at rank 1, cannot be told apart from rank 1.
    public var isTiedWithFirst: Bool

    /// Makes a standing of its parts.
    public init(
        rank: Int, interval: ClosedRange<Double>?, median: Double?, shares: [Double], rankingValue: Double?, isTiedWithFirst: Bool
    ) {
        self.rank = rank
        self.interval = interval
        self.median = median
        self.shares = shares
        self.rankingValue = rankingValue
        self.isTiedWithFirst = isTiedWithFirst
    }
}

/// The value of one metric over all cases.
public struct BoardResult: Sendable, Equatable {
    /// The metric's id.
    public var metric: String
    /// The value; `nil` where the metric is undefined on every case.
    public var value: Double?
    /// The 95 % confidence interval; `nil` where there are too few groups for one.
    public var interval: ClosedRange<Double>?

    /// Makes a result.
    public init(metric: String, value: Double?, interval: ClosedRange<Double>?) {
        self.metric = metric
        self.value = value
        self.interval = interval
    }
}

/// How many cases ended with a verdict.
public struct BoardVerdictCount: Sendable, Equatable {
    /// The verdict.
    public var verdict: Verdict
    /// The number of cases.
    public var count: Int

    /// Makes a count.
    public init(_ verdict: Verdict, _ count: Int) {
        self.verdict = verdict
        self.count = count
    }

    /// The verdicts that occur, in the order of the verdict list.
    public static func counts(of verdicts: [Verdict]) -> [BoardVerdictCount] {
        Verdict.allCases.compactMap { verdict in
            let count = verdicts.count { $0 == verdict }
            return count == 0 ? nil : BoardVerdictCount(verdict, count)
        }
    }
}

/// One case of one submission: the record's entry with what the case used.
public struct BoardCaseResult: Sendable, Equatable {
    /// The record's entry.
    public var record: CaseRecord
    /// What the prediction used; `nil` where nothing was measured.
    public var usage: UsageRecord?

    /// Makes a case's entry.
    public init(record: CaseRecord, usage: UsageRecord?) {
        self.record = record
        self.usage = usage
    }

    /// The value of a metric; `nil` where the case has none.
    public func value(_ metric: String) -> Double? { record.scores.first { $0.id == metric }?.value }

    /// Whether the case has a result at all.
    public var isScored: Bool { record.verdict == .ok && !record.scores.isEmpty }
}
