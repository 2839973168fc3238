import Ranking
import Testing

@Suite("Ranks, quantiles, correlations and tests")
struct StatisticsTests {
    @Test("Ranks are those of scipy rankdata(method='min')")
    func ranks() throws {
        for example in try Golden.statistics().ranks {
            #expect(Ranks.of(example.values, higherIsBetter: false) == example.ascending)
            #expect(Ranks.of(example.values, higherIsBetter: true) == example.descending)
        }
    }

    @Test("A missing value ranks behind every value, also where values tie")
    func missing() {
        #expect(Ranks.of([0.9, nil, 0.9, 0.1], higherIsBetter: true) == [1, 4, 1, 3])
        #expect(Ranks.of([0.9, nil, 0.9], higherIsBetter: true) == [1, 3, 1])
        #expect(Ranks.of([nil, 5, nil, 7], higherIsBetter: false) == [3, 1, 3, 2])
        #expect(Ranks.of([Double?.none, nil], higherIsBetter: true) == [1, 1])
        #expect(Ranks.of([Double?](), higherIsBetter: true) == [])
    }

    @Test("Quantiles are numpy's")
    func quantiles() throws {
        for example in try Golden.statistics().quantiles {
            for (probability, expected) in zip(example.at, example.quantiles) {
                let value = try #require(Quantile.of(sorted: example.values, at: probability))
                #expect(isClose(value, expected))
            }
        }
        #expect(Quantile.of(sorted: [], at: 0.5) == nil)
    }

    @Test("Kendall's tau-b is scipy's, with nil where it does not exist")
    func kendall() throws {
        for example in try Golden.statistics().kendall {
            let tau = KendallTau.b(example.left, example.right)
            #expect((tau == nil) == (example.tau == nil))
            if let tau, let expected = example.tau { #expect((tau - expected).magnitude < 1e-14) }
        }
        #expect(KendallTau.b([1, 1, 1], [1, 2, 3]) == nil)
        #expect(KendallTau.b([1, 2, 3], [3, 2, 1]) == -1)
    }

    @Test("The Wilcoxon test is scipy's with correction for continuity, from p = 1 down to 1e-50")
    func wilcoxon() throws {
        let tests = try Golden.statistics().wilcoxon
        #expect(tests.map(\.p).contains { $0 < 1e-40 })
        for test in tests {
            let p = WilcoxonSignedRank(differences: test.differences).pValueGreater()
            #expect(isClose(p, test.p), "\(p) instead of \(test.p)")
        }
        #expect(WilcoxonSignedRank(differences: []).pValueGreater() == 1)
    }

    @Test("Holm's adjustment is monotone, at most 1, and as computed by hand")
    func holm() throws {
        let example = try Golden.statistics().holm
        for (adjusted, expected) in zip(HolmAdjustment.adjust(example.p), example.adjusted) { #expect(isClose(adjusted, expected)) }
        #expect(HolmAdjustment.adjust([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06])
        #expect(HolmAdjustment.adjust([0.5, 0.9]) == [1, 1])
        #expect(HolmAdjustment.adjust([]) == [])
    }
}

@Suite("The seeded generator")
struct SeededGeneratorTests {
    /// Output of the authors' reference code, as published with the Rust crate rand_xoshiro.
    @Test("It is xoshiro256**")
    func reference() {
        var generator = SeededGenerator(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
            16_172_922_978_634_559_625, 8_476_171_486_693_032_832, 10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test("A seed becomes a state through SplitMix64")
    func seeding() {
        // The first numbers of SplitMix64 from this seed are published with rand_xoshiro, too.
        var seeded = SeededGenerator(seed: 1_477_776_061_723_855_037)
        var stated = SeededGenerator(
            state: (1_985_237_415_132_408_290, 2_979_275_885_539_914_483, 13_511_426_838_097_143_398, 8_488_337_342_461_049_707))
        for _ in 0..<10 { #expect(seeded.next() == stated.next()) }
    }

    @Test("Bounded draws are those of the other implementation")
    func bounded() throws {
        let draws = try Golden.statistics().draws
        var generator = SeededGenerator(seed: draws.seed)
        #expect(draws.bounds.map { generator.next(below: $0) } == draws.drawn)
    }

    @Test("Each number below a bound is drawn equally often")
    func uniform() {
        var generator = SeededGenerator(seed: 3)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.next(below: 7)] += 1 }
        // Five standard deviations: √(70000 · 1/7 · 6/7) ≈ 93.
        for count in counts { #expect((count - 10_000).magnitude < 465) }
    }
}
