public import Records

/// What the scoring of one prediction found, told to the host as JSON; the evidence lies beside it in a file of its own.
public struct ScoringReport: Sendable, Codable, Equatable {
    /// One score per metric, in the order of the request; empty where the prediction could not be scored.
    public var scores: [ScoreRecord]
    /// What is wrong with the prediction, in a sentence of ours; `nil` where it was scored.
    public var problem: String?

    /// Makes a report.
    public init(scores: [ScoreRecord], problem: String? = nil) {
        self.scores = scores
        self.problem = problem
    }
}
