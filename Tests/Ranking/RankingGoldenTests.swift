import Ranking
import Testing

@Suite("Rankings against numpy and scipy")
struct RankingGoldenTests {
    @Test("Ranks, aggregates, intervals, frequencies, coverage and stability agree for every method")
    func agree() throws {
        let examples = try Golden.rankings()
        #expect(Set(examples.map(\.scheme.method)).count == 3)
        for example in examples {
            let result = try example.scheme.rank(example.longTable())
            try compare(result, example.expected)
            let stability = try #require(result.stability)
            for (tau, expected) in zip(stability.kendallTauB, example.expected.kendallTauB) {
                #expect((tau == nil) == (expected == nil))
                if let tau, let expected { #expect((tau - expected).magnitude < 1e-14) }
            }
            #expect(isClose(try #require(stability.meanKendallTauB), example.expected.meanKendallTauB))
        }
    }

    private func compare(_ result: RankingResult, _ expected: Golden.Example.Expected) throws {
        #expect(result.algorithms.count == expected.algorithms.count)
        for algorithm in result.algorithms {
            let golden = try #require(expected.algorithms.first { $0.name == algorithm.name })
            #expect(algorithm.rank == golden.rank)
            #expect(algorithm.aggregate == golden.aggregate)
            #expect(algorithm.rankedBy == golden.rankedBy)
            #expect(algorithm.coverage == golden.coverage)
            #expect(algorithm.medianRank == golden.medianRank)
            #expect(algorithm.rankFrequencies == golden.rankFrequencies)
            #expect(algorithm.shareBehindFirst == golden.shareBehindFirst)
            let interval = try #require(algorithm.interval)
            #expect(isClose(interval.low, golden.interval.low) && isClose(interval.high, golden.interval.high))
            let ranks = try #require(algorithm.rankInterval)
            #expect(isClose(ranks.low, golden.rankInterval.low) && isClose(ranks.high, golden.rankInterval.high))
        }
    }
}
