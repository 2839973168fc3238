/// How the ranking was made, as far as a reader needs it.
public struct BoardRanking: Sendable, Equatable {
    /// The scheme's name, such as `rankThenAggregate`.
    public var scheme: String
    /// The way from case values to ranks, a sentence a step.
    public var steps: [String]
    /// What the value behind the rank is called where it is not the primary metric's own, such as `Mean rank`.
    public var rankingValueName: String?
    /// How it is decided that a submission cannot be told apart from rank 1, as a sentence.
    public var distinctionRule: String
    /// How often the cases were drawn anew.
    public var draws: Int
    /// The seed of the draws.
    public var seed: UInt64
    /// Kendall's tau-b between the ranking and those of the draws, averaged; `nil` where it was not computed.
    public var meanKendallTau: Double?

    /// Makes a ranking's entry.
    public init(
        scheme: String, steps: [String], rankingValueName: String?, distinctionRule: String, draws: Int, seed: UInt64,
        meanKendallTau: Double?
    ) {
        self.scheme = scheme
        self.steps = steps
        self.rankingValueName = rankingValueName
        self.distinctionRule = distinctionRule
        self.draws = draws
        self.seed = seed
        self.meanKendallTau = meanKendallTau
    }
}
