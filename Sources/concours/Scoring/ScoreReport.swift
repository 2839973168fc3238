import Metrics
import Ranking
import Records

/// The scores of one or several cases, and what they come to.
struct ScoreReport: Encodable {
    struct Case: Encodable {
        let id: String
        let scores: [ScoreRecord]
    }

    struct Aggregate: Encodable {
        let id: String
        let value: Double?
        let interval: [Double]?
    }

    let cases: [Case]
    let aggregate: [Aggregate]

    /// The mean over the cases with a 95 % bootstrap interval; an undefined value makes the mean undefined, since leaving the case
    /// out would change what is averaged.
    init(cases: [Case], metrics: [any Metric]) throws {
        self.cases = cases
        aggregate = try metrics.indices.map { index in
            let metric = metrics[index]
            let values = cases.map { $0.scores[index].value }
            let present = values.compactMap(\.self)
            guard present.count == values.count else { return Aggregate(id: "\(metric.id)", value: nil, interval: nil) }
            let scheme = RankingScheme(
                worstValue: metric.worst ?? (metric.higherIsBetter == false ? present.max() : present.min()) ?? 0,
                higherIsBetter: metric.higherIsBetter ?? true)
            let table = try LongTable(rows: zip(cases, present).map { .init(algorithm: "prediction", caseID: $0.id, value: $1) })
            let result = try scheme.rank(table).algorithms.first
            return Aggregate(id: "\(metric.id)", value: result?.aggregate, interval: result?.interval.map { [$0.low, $0.high] })
        }
    }
}
