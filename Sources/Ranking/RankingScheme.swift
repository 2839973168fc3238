/// How values become a ranking. Fixed before the results are known, and published with them.
public struct RankingScheme: Sendable, Codable, Equatable {
    /// The order in which values are aggregated over cases and compared between algorithms.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// Aggregate each algorithm's values over the cases, then rank the aggregates.
        case aggregateThenRank
        /// Rank the algorithms on each case, aggregate each algorithm's ranks over the cases, then rank these.
        case rankThenAggregate
        /// Test each ordered pair of algorithms (one-sided paired Wilcoxon, Holm), count for each algorithm the share of the
        /// others that it is significantly better than, then rank these shares. Unlike the other two, this method is not
        /// monotone: zero differences are dropped, so that a case that gets worse can, rarely, raise a test's significance.
        case testThenRank
    }

    /// What stands for many values.
    public enum Aggregate: String, Sendable, Codable, CaseIterable {
        case mean, median
    }

    /// What ranks equal values get.
    public enum Ties: String, Sendable, Codable, CaseIterable {
        /// All the smallest: 1, 1, 3.
        case min
    }

    /// What is drawn anew in the bootstrap.
    public enum ResamplingUnit: String, Sendable, Codable, CaseIterable {
        /// Whole groups with all their cases, since cases of one patient or plate are no independent evidence.
        case group
        /// Single cases.
        case `case`
    }

    /// The order of aggregating and ranking.
    public var method: Method
    /// What is aggregated to: of values or of ranks, as the method says.
    public var aggregate: Aggregate
    /// What ranks equal values get.
    public var ties: Ties
    /// What a missing value costs: the worst value that the metric can have. In a ranking case by case a missing value ranks
    /// behind every value, also behind the worst.
    public var worstValue: Double
    /// Whether larger values are better.
    public var higherIsBetter: Bool
    /// How many bootstrap samples are drawn; 0 for none, and then no intervals.
    public var bootstrap: Int
    /// The seed of the bootstrap.
    public var seed: UInt64
    /// What the bootstrap draws.
    public var unit: ResamplingUnit
    /// The level of `testThenRank`'s tests.
    public var significanceLevel: Double

    private enum CodingKeys: String, CodingKey {
        // The words of the challenge file.
        case method = "scheme"
        case aggregate, ties, worstValue, higherIsBetter, bootstrap, seed, unit, significanceLevel
    }

    /// Makes a scheme. Aggregate-then-rank by the mean, 1000 bootstrap samples of groups, unless said otherwise.
    public init(
        method: Method = .aggregateThenRank, aggregate: Aggregate = .mean, ties: Ties = .min, worstValue: Double, higherIsBetter: Bool,
        bootstrap: Int = 1000, seed: UInt64 = 1, unit: ResamplingUnit = .group, significanceLevel: Double = 0.05
    ) {
        self.method = method
        self.aggregate = aggregate
        self.ties = ties
        self.worstValue = worstValue
        self.higherIsBetter = higherIsBetter
        self.bootstrap = bootstrap
        self.seed = seed
        self.unit = unit
        self.significanceLevel = significanceLevel
    }

    /// The scheme in a sentence or two for boards and descriptions.
    public var summary: String {
        let first =
            switch method {
            case .aggregateThenRank: "The \(aggregate.rawValue) of the values over all cases is ranked"
            case .rankThenAggregate:
                "The algorithms are ranked on each case; the \(aggregate.rawValue) of these ranks over all cases is ranked"
            case .testThenRank:
                "The share of the other algorithms that an algorithm is significantly better than is ranked "
                    + "(one-sided paired Wilcoxon signed-rank tests, Holm-adjusted, level \(significanceLevel))"
            }
        let direction = higherIsBetter ? "higher values are better" : "lower values are better"
        let intervals =
            bootstrap == 0
            ? "No intervals are computed."
            : "Intervals are 95 % percentile intervals from \(bootstrap) bootstrap samples of \(unit.rawValue)s (seed \(seed))."
        return
            "\(first); \(direction). A missing value counts as \(worstValue), the worst. Equal results share the better rank. \(intervals)"
    }

    /// Refuses what cannot be computed.
    func check() throws(RankingError) {
        guard worstValue.magnitude <= 1e300 else {
            throw .unusableScheme(member: "worstValue", found: "\(worstValue)", expected: "a number between -1e300 and 1e300")
        }
        guard (0...1_000_000).contains(bootstrap) else {
            throw .unusableScheme(member: "bootstrap", found: "\(bootstrap)", expected: "0 to 1000000 samples")
        }
        guard significanceLevel > 0, significanceLevel < 1 else {
            throw .unusableScheme(member: "significanceLevel", found: "\(significanceLevel)", expected: "a number between 0 and 1")
        }
    }
}
