/// What came out of each bootstrap sample: as many units as there are, drawn with replacement, the same for all algorithms.
struct BootstrapSamples {
    /// The aggregates by algorithm and sample.
    private(set) var aggregates: [[Double]]
    /// The ranks by algorithm and sample.
    private(set) var ranks: [[Int]]
    /// Kendall's tau-b between the ranking of the whole table and that of each sample.
    private(set) var kendallTauB: [Double?] = []

    init(of table: RankingTable, scheme: RankingScheme, ranks ranking: [Int]) {
        aggregates = [[Double]](repeating: [], count: ranking.count)
        ranks = [[Int]](repeating: [], count: ranking.count)
        var generator = SeededGenerator(seed: scheme.seed)
        for _ in 0..<scheme.bootstrap {
            var unitWeights = [Int](repeating: 0, count: table.unitCount)
            for _ in 0..<table.unitCount { unitWeights[generator.next(below: table.unitCount)] += 1 }
            let weights = table.unitOfCase.map { unitWeights[$0] }
            let drawnAggregates = table.aggregates(weights: weights)
            let drawn = table.decide(weights: weights, aggregates: drawnAggregates).ranks
            for algorithm in ranking.indices {
                aggregates[algorithm].append(drawnAggregates[algorithm])
                ranks[algorithm].append(drawn[algorithm])
            }
            kendallTauB.append(KendallTau.b(ranking, drawn))
        }
    }

    /// The share of samples in which an algorithm has rank 1, 2, 3 …
    func rankFrequencies(_ algorithm: Int) -> [Double] {
        var counts = [Int](repeating: 0, count: ranks.count)
        for rank in ranks[algorithm] { counts[rank - 1] += 1 }
        return counts.map { Double($0) / Double(ranks[algorithm].count) }
    }

    /// The shares of samples in which the first of two algorithms is strictly better, equal, strictly worse.
    func order(_ first: Int, _ second: Int) -> (better: Double, equal: Double, worse: Double) {
        let count = Double(ranks[first].count)
        let pairs = zip(ranks[first], ranks[second])
        let better = pairs.count { $0 < $1 }
        let equal = pairs.count { $0 == $1 }
        return (Double(better) / count, Double(equal) / count, (count - Double(better) - Double(equal)) / count)
    }

    /// The smallest share of samples, over the algorithms of rank 1, in which an algorithm is strictly behind.
    func shareBehindFirst(_ algorithm: Int, ranks ranking: [Int]) -> Double? {
        ranking.indices.filter { ranking[$0] == 1 }.map { order($0, algorithm).better }.min()
    }
}
