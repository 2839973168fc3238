public import Metrics
public import Ranking

/// How the ranking of a phase is made, as the challenge file says it; nothing has a silent default.
public struct RankingRules: Sendable, Equatable {
    /// What a failed case counts.
    public enum Missing: String, Sendable, Codable, CaseIterable {
        /// The worst value of the metric, and the last rank.
        case worst
    }

    /// The order of the two steps.
    public let method: RankingScheme.Method
    /// How many values become one.
    public let aggregate: RankingScheme.Aggregate
    /// The rank of equal values.
    public let ties: RankingScheme.Ties
    /// What a failed case counts.
    public let missing: Missing
    /// The number of bootstrap samples.
    public let bootstrap: Int
    /// The seed of the bootstrap.
    public let seed: Int
    /// What is drawn in the bootstrap.
    public let unit: RankingScheme.ResamplingUnit

    /// Makes ranking rules.
    public init(
        method: RankingScheme.Method, aggregate: RankingScheme.Aggregate, ties: RankingScheme.Ties, missing: Missing, bootstrap: Int,
        seed: Int, unit: RankingScheme.ResamplingUnit
    ) {
        self.method = method
        self.aggregate = aggregate
        self.ties = ties
        self.missing = missing
        self.bootstrap = bootstrap
        self.seed = seed
        self.unit = unit
    }

    /// The scheme for the values of one metric; `nil` for a metric that ranks nothing or has no worst value.
    public func scheme(for metric: any Metric) -> RankingScheme? {
        guard let higherIsBetter = metric.higherIsBetter, let worst = metric.worst else { return nil }
        return RankingScheme(
            method: method, aggregate: aggregate, ties: ties, worstValue: worst, higherIsBetter: higherIsBetter, bootstrap: bootstrap,
            seed: UInt64(clamping: seed), unit: unit)
    }

    /// The rules in words, for people.
    public var sentences: [String] {
        let order =
            switch method {
            case .aggregateThenRank:
                "The \(aggregate.rawValue) of the primary metric over all cases is computed for each submission; these values are ranked."
            case .rankThenAggregate:
                "The submissions are ranked on each case by the primary metric; the \(aggregate.rawValue) of these ranks decides."
            case .testThenRank:
                "The submissions are ranked by the share of the others that they are significantly better than in the primary metric."
            }
        return [
            order,
            "Equal values share the best of their places (1, 2, 2, 4).",
            "A case without a result counts as the worst value of the metric and lowers the coverage.",
            "Intervals come from \(bootstrap) bootstrap samples of \(unit == .group ? "groups" : "cases"), seed \(seed).",
        ]
    }
}
