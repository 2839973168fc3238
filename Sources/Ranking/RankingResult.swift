/// A ranking with everything that says how sure it is. A pure function of (table, scheme).
public struct RankingResult: Sendable, Codable, Equatable {
    /// The scheme that was used.
    public let scheme: RankingScheme
    /// How many cases the table has.
    public let caseCount: Int
    /// How many groups the cases belong to; the units of the bootstrap if the scheme draws groups.
    public let groupCount: Int
    /// The algorithms by rank; those of equal rank by name.
    public let algorithms: [RankedAlgorithm]
    /// Each algorithm and the next one of the list.
    public let neighbours: [NeighbourOrder]
    /// How much the whole ranking varies; `nil` where there is no bootstrap or only one algorithm.
    public let stability: RankingStability?
    /// What a reader must know before trusting the order.
    public let warnings: [RankingWarning]
}

/// One algorithm of a ranking.
///
/// Intervals are 95 % percentile intervals of a bootstrap over groups (or cases, as the scheme says): whole groups are drawn with
/// replacement, the same for all algorithms, and everything is computed again; the ends are the 2.5 % and 97.5 % quantiles of type 7.
public struct RankedAlgorithm: Sendable, Codable, Equatable {
    /// The algorithm's name.
    public let name: String
    /// The rank; equal results share the smallest.
    public let rank: Int
    /// The mean or median of the metric over all cases, missing values counted as the worst.
    public let aggregate: Double
    /// The confidence interval of `aggregate`; `nil` for the reason in `missingInterval`.
    public let interval: Interval?
    /// Why there is no `interval`.
    public let missingInterval: MissingInterval?
    /// What was ranked: the aggregate, the mean or median of the ranks, or the share of algorithms that it is better than.
    public let rankedBy: Double
    /// The interval of the rank; `nil` where nothing could be drawn.
    public let rankInterval: Interval?
    /// The median of the rank over the bootstrap samples.
    public let medianRank: Double?
    /// The share of bootstrap samples in which the algorithm had rank 1, 2, 3 …; empty where nothing could be drawn.
    public let rankFrequencies: [Double]
    /// The share of cases with a value.
    public let coverage: Double
    /// How many cases have a value.
    public let casesWithValue: Int
    /// Whether it can be told apart from rank 1: whether it is strictly behind every algorithm of rank 1 in at least 97.5 % of the
    /// bootstrap samples (a two-sided interval of 95 % of the difference excludes 0; not adjusted for the number of algorithms).
    /// `nil` where nothing could be drawn; false for rank 1 itself.
    public let isDistinguishableFromFirst: Bool?
    /// The share of bootstrap samples in which it is strictly behind the algorithm of rank 1 that it is behind of least often;
    /// `nil` where nothing could be drawn, and for rank 1 itself.
    public let shareBehindFirst: Double?
}

/// Why an algorithm has no confidence interval.
public enum MissingInterval: String, Sendable, Codable {
    case bootstrapOff, oneUnit, noValues, noVariation

    /// The reason in a sentence.
    public var text: String {
        switch self {
        case .bootstrapOff: "The scheme draws no bootstrap samples."
        case .oneUnit: "There is only one group: nothing is known about other groups."
        case .noValues: "No case has a value."
        case .noVariation: "All cases have the same value: the cases say nothing about how much it varies."
        }
    }
}

/// How often two neighbours of a ranking keep their order.
public struct NeighbourOrder: Sendable, Codable, Equatable {
    /// The algorithm that comes first in the list.
    public let first: String
    /// The algorithm after it.
    public let second: String
    /// The share of bootstrap samples in which the first is strictly better; `nil` where nothing could be drawn.
    public let firstBetter: Double?
    /// The share in which the two are equal.
    public let equal: Double?
    /// The share in which the second is strictly better.
    public let secondBetter: Double?
}

/// How much a whole ranking varies over the bootstrap samples.
public struct RankingStability: Sendable, Codable, Equatable {
    /// Kendall's tau-b between the ranking and that of each bootstrap sample, in the order of drawing; `nil` where one of the two
    /// ranks all algorithms equal.
    public let kendallTauB: [Double?]
    /// The mean of those that exist.
    public let meanKendallTauB: Double?
}

/// Something that a reader must know before trusting a ranking.
public struct RankingWarning: Sendable, Codable, Equatable {
    /// The kinds of warnings.
    public enum Kind: String, Sendable, Codable {
        case fewCases, fewGroups, oneUnit, bootstrapOff, fewSamples, missingValues, noVariation, sharedFirst, notDistinguishable,
            oneAlgorithm, groupedTests
    }

    /// The kind.
    public let kind: Kind
    /// The warning in a sentence for people.
    public let text: String
}
