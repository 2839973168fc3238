/// The scores of one case, in the order in which the metrics were asked for.
public struct ScoreSet: Sendable, Hashable {
    /// A metric's id and its score.
    public struct Entry: Sendable, Hashable {
        /// The metric.
        public let id: MetricID
        /// Its score on the case.
        public let score: Score
    }

    /// One entry per metric.
    public let entries: [Entry]

    /// Computes each metric from the evidence of a case.
    public init(_ evidence: Evidence, _ metrics: [any Metric]) {
        entries = metrics.map { Entry(id: $0.id, score: $0.score(evidence)) }
    }

    /// The score of a metric; `nil` if it was not asked for.
    public subscript(id: MetricID) -> Score? { entries.first { $0.id == id }?.score }
}
