extension RankingScheme {
    /// Ranks the algorithms of a table.
    ///
    /// The result depends on the values, the names and this scheme alone: not on the order of rows, the machine or the run.
    /// Throws where the scheme cannot be used or a value is worse than the scheme's worst value.
    public func rank(_ table: LongTable) throws(RankingError) -> RankingResult {
        try check()
        let prepared = try RankingTable(table, scheme: self)
        let once = [Int](repeating: 1, count: table.cases.count)
        let aggregates = prepared.aggregates(weights: once)
        let (scores, ranks) = prepared.decide(weights: once, aggregates: aggregates)
        let samples = bootstrap > 0 && prepared.unitCount > 1 ? BootstrapSamples(of: prepared, scheme: self, ranks: ranks) : nil

        let order = ranks.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
        let algorithms = order.map { index in
            let missing = missingInterval(table.values[index], unitCount: prepared.unitCount)
            let present = table.values[index].count { $0 != nil }
            let behind = samples.flatMap { ranks[index] == 1 ? nil : $0.shareBehindFirst(index, ranks: ranks) }
            return RankedAlgorithm(
                name: table.algorithms[index], rank: ranks[index], aggregate: aggregates[index],
                interval: missing == nil ? samples.flatMap { Quantile.interval95($0.aggregates[index]) } : nil, missingInterval: missing,
                rankedBy: scores[index], rankInterval: samples.flatMap { Quantile.interval95($0.ranks[index].map(Double.init)) },
                medianRank: samples.flatMap { Quantile.of(sorted: $0.ranks[index].map(Double.init).sorted(), at: 0.5) },
                rankFrequencies: samples?.rankFrequencies(index) ?? [], coverage: Double(present) / Double(table.cases.count),
                casesWithValue: present, isDistinguishableFromFirst: samples.map { _ in behind.map { $0 >= 0.975 } ?? false },
                shareBehindFirst: behind)
        }
        let neighbours = zip(order, order.dropFirst()).map { first, second in
            let shares = samples?.order(first, second)
            return NeighbourOrder(
                first: table.algorithms[first], second: table.algorithms[second], firstBetter: shares?.better, equal: shares?.equal,
                secondBetter: shares?.worse)
        }
        return RankingResult(
            scheme: self, caseCount: table.cases.count, groupCount: prepared.groupCount, algorithms: algorithms, neighbours: neighbours,
            stability: ranks.count > 1 ? samples.map { RankingStability(kendallTauB: $0.kendallTauB) } : nil,
            warnings: RankingWarning.list(
                scheme: self, caseCount: table.cases.count, groupCount: prepared.groupCount, unitCount: prepared.unitCount,
                algorithms: algorithms))
    }

    private func missingInterval(_ values: [Double?], unitCount: Int) -> MissingInterval? {
        if bootstrap == 0 { return .bootstrapOff }
        if unitCount == 1 { return .oneUnit }
        if values.allSatisfy({ $0 == nil }) { return .noValues }
        let filled = values.map { $0 ?? worstValue }
        return filled.allSatisfy { $0 == filled[0] } ? .noVariation : nil
    }
}

extension RankingStability {
    init(kendallTauB: [Double?]) {
        self.kendallTauB = kendallTauB
        let known = kendallTauB.compactMap { $0 }
        let mean = WeightedAggregate(.mean, of: [known])(weights: [Int](repeating: 1, count: known.count))
        meanKendallTauB = known.isEmpty ? nil : mean[0]
    }
}
