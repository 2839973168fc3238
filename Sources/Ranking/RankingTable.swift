/// A table made ready for a scheme: missing values filled in, cases assigned to units of resampling, per-case ranks computed once.
struct RankingTable {
    /// For each case the unit that it is drawn with.
    let unitOfCase: [Int]
    let unitCount: Int
    let groupCount: Int
    private let scheme: RankingScheme
    private let aggregate: WeightedAggregate
    private let decision: Decision

    private enum Decision {
        case aggregate
        case ranks(WeightedAggregate)
        /// The tests of all ordered pairs, for each algorithm those against the others in order.
        case tests([[WilcoxonSignedRank]])
    }

    init(_ table: LongTable, scheme: RankingScheme) throws(RankingError) {
        self.scheme = scheme
        let groups = LongTable.sortedNames(table.cases.map(\.group))
        groupCount = groups.count
        switch scheme.unit {
        case .group:
            let index = Dictionary(uniqueKeysWithValues: zip(groups, 0...))
            unitOfCase = table.cases.compactMap { index[$0.group] }
            unitCount = groups.count
        case .case:
            unitOfCase = Array(table.cases.indices)
            unitCount = table.cases.count
        }
        let filled = try Self.filled(table, scheme: scheme)
        aggregate = WeightedAggregate(scheme.aggregate, of: filled)
        switch scheme.method {
        case .aggregateThenRank: decision = .aggregate
        case .rankThenAggregate: decision = .ranks(WeightedAggregate(scheme.aggregate, of: Self.ranksByCase(table, scheme: scheme)))
        case .testThenRank: decision = .tests(Self.tests(filled, higherIsBetter: scheme.higherIsBetter))
        }
    }

    /// The aggregate of each algorithm's values.
    func aggregates(weights: [Int]) -> [Double] { aggregate(weights: weights) }

    /// What each algorithm is ranked by, and the ranks.
    ///
    /// - Parameter aggregates: those for the same weights.
    func decide(weights: [Int], aggregates: [Double]) -> (scores: [Double], ranks: [Int]) {
        switch decision {
        case .aggregate:
            return (aggregates, Ranks.of(aggregates, higherIsBetter: scheme.higherIsBetter))
        case .ranks(let ranks):
            let scores = ranks(weights: weights)
            return (scores, Ranks.of(scores, higherIsBetter: false))
        case .tests(let tests):
            let scores = sharesBeaten(tests, weights: weights)
            return (scores, Ranks.of(scores, higherIsBetter: true))
        }
    }

    private static func filled(_ table: LongTable, scheme: RankingScheme) throws(RankingError) -> [[Double]] {
        for (algorithm, values) in zip(table.algorithms, table.values) {
            for (caseOfTable, value) in zip(table.cases, values) {
                guard let value, scheme.higherIsBetter ? value < scheme.worstValue : value > scheme.worstValue else { continue }
                throw .worseThanWorst(algorithm: algorithm, caseID: caseOfTable.id, found: value, worst: scheme.worstValue)
            }
        }
        return table.values.map { values in values.map { $0 ?? scheme.worstValue } }
    }

    /// The rank of each algorithm on each case, once per case of the table: a case that is drawn twice counts twice with its ranks.
    private static func ranksByCase(_ table: LongTable, scheme: RankingScheme) -> [[Double]] {
        var ranks = [[Double]](repeating: [], count: table.algorithms.count)
        for position in table.cases.indices {
            let ranksOfCase = Ranks.of(table.values.map { $0[position] }, higherIsBetter: scheme.higherIsBetter)
            for (algorithm, rank) in ranksOfCase.enumerated() { ranks[algorithm].append(Double(rank)) }
        }
        return ranks
    }

    private static func tests(_ filled: [[Double]], higherIsBetter: Bool) -> [[WilcoxonSignedRank]] {
        filled.indices.map { first in
            filled.indices.filter { $0 != first }.map { second in
                let (better, worse) = higherIsBetter ? (filled[first], filled[second]) : (filled[second], filled[first])
                return WilcoxonSignedRank(differences: zip(better, worse).map { $0 - $1 })
            }
        }
    }

    private func sharesBeaten(_ tests: [[WilcoxonSignedRank]], weights: [Int]) -> [Double] {
        let others = tests.count - 1
        guard others > 0 else { return [0] }
        let adjusted = HolmAdjustment.adjust(tests.flatMap { $0.map { $0.pValueGreater(weights: weights) } })
        return tests.indices.map { algorithm in
            let beaten = adjusted[algorithm * others..<(algorithm + 1) * others].count { $0 <= scheme.significanceLevel }
            return Double(beaten) / Double(others)
        }
    }
}
