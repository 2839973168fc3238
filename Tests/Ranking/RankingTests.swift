import Ranking
import Records
import Testing

@Suite("Rankings")
struct RankingTests {
    private let scheme = RankingScheme(worstValue: 0, higherIsBetter: true, bootstrap: 300)

    private func table(_ values: [String: [Double?]], groups: [String]? = nil) throws -> LongTable {
        try LongTable(
            rows: values.flatMap { algorithm, values in
                values.enumerated().map { .init(algorithm: algorithm, caseID: "c\($0)", group: groups?[$0], value: $1) }
            })
    }

    /// Values from 0 to 1, some of them missing, for three to six algorithms on one to twelve cases in some groups.
    private func randomRows(_ generator: inout SeededGenerator) -> [LongTable.Row] {
        let algorithms = 3 + generator.next(below: 4)
        let cases = 1 + generator.next(below: 12)
        let groups = (0..<cases).map { _ in "g\(generator.next(below: 4))" }
        var rows: [LongTable.Row] = []
        for algorithm in 0..<algorithms {
            for index in 0..<cases {
                let value = generator.next(below: 5) == 0 ? nil : Double(generator.next(below: 6)) / 5
                rows.append(.init(algorithm: "a\(algorithm)", caseID: "c\(index)", group: groups[index], value: value))
            }
        }
        return rows
    }

    private var schemes: [RankingScheme] {
        var schemes: [RankingScheme] = []
        for method in RankingScheme.Method.allCases {
            for aggregate in RankingScheme.Aggregate.allCases {
                for unit in [RankingScheme.ResamplingUnit.group, .case] {
                    schemes.append(
                        RankingScheme(
                            method: method, aggregate: aggregate, worstValue: 0, higherIsBetter: true, bootstrap: 20, seed: 5, unit: unit))
                }
            }
        }
        return schemes
    }

    @Test("A failed case costs its worst value and lowers coverage")
    func failedCase() throws {
        let result = try scheme.rank(table(["a": [0.9, 0.9, nil, 0.9], "b": [0.7, 0.7, 0.7, 0.7], "c": [0.6, 0.6, 0.6, 0.6]]))
        #expect(result.algorithms.map(\.name) == ["b", "a", "c"])
        #expect(result.algorithms[1].coverage == 0.75)
        #expect(result.algorithms[1].casesWithValue == 3)
        #expect(isClose(result.algorithms[1].aggregate, 0.675))
        #expect(result.warnings.contains { $0.kind == .missingValues && $0.text.contains(": a.") })
    }

    @Test("The order of rows does not matter: the results have the same bytes")
    func orderInvariance() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20 {
            let rows = randomRows(&generator)
            for scheme in schemes {
                let bytes = try CanonicalJSON.encode(scheme.rank(LongTable(rows: rows)))
                #expect(try CanonicalJSON.encode(scheme.rank(LongTable(rows: rows.shuffled(using: &generator)))) == bytes)
            }
        }
    }

    @Test("Equal values in another order have equal aggregates, so that ties do not depend on rounding")
    func exactSums() throws {
        let values = [0.1, 0.2, 0.3, 0.7, 0.6, 1e-9, 0.9, 0.05]
        #expect(values.reduce(0, +) != values.reversed().reduce(0, +))
        let result = try scheme.rank(table(["a": values, "b": values.reversed()]))
        #expect(result.algorithms.map(\.rank) == [1, 1])
        #expect(result.warnings.contains { $0.kind == .sharedFirst })
    }

    @Test(
        "Losing a value, or getting a worse one, never improves a rank",
        arguments: [RankingScheme.Method.aggregateThenRank, .rankThenAggregate])
    func monotone(_ method: RankingScheme.Method) throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<400 {
            var rows = randomRows(&generator)
            let index = generator.next(below: rows.count)
            guard let value = rows[index].value else { continue }
            for aggregate in RankingScheme.Aggregate.allCases {
                let scheme = RankingScheme(method: method, aggregate: aggregate, worstValue: 0, higherIsBetter: true, bootstrap: 0)
                func rank() throws -> Int {
                    try scheme.rank(LongTable(rows: rows)).algorithms.first { $0.name == rows[index].algorithm }?.rank ?? 0
                }
                rows[index].value = value
                let before = try rank()
                rows[index].value = value / 2
                let worse = try rank()
                rows[index].value = nil
                let failed = try rank()
                #expect(before <= worse && worse <= failed)
            }
        }
    }

    @Test("A failed case ranks behind the worst value of a case")
    func behindTheWorst() throws {
        let scheme = RankingScheme(method: .rankThenAggregate, worstValue: 0, higherIsBetter: true, bootstrap: 0)
        let result = try scheme.rank(table(["a": [0], "b": [nil], "c": [0.5]]))
        #expect(result.algorithms.map(\.name) == ["c", "a", "b"])
        #expect(result.algorithms.map(\.rank) == [1, 2, 3])
    }

    @Test("A value that a missing value would outrank is an error")
    func worseThanWorst() throws {
        let table = try table(["a": [-0.1, 0.5], "b": [nil, 0.5]])
        #expect(throws: RankingError.worseThanWorst(algorithm: "a", caseID: "c0", found: -0.1, worst: 0)) { try scheme.rank(table) }
        var lower = scheme
        lower.higherIsBetter = false
        lower.worstValue = 0.4
        #expect(throws: RankingError.self) { try lower.rank(table) }
        lower.worstValue = 1
        #expect(try lower.rank(table).algorithms.map(\.name) == ["a", "b"])
    }

    @Test("With one group there are ranks but no intervals, and the reason is given")
    func oneGroup() throws {
        let values: [String: [Double?]] = ["a": [0.9, 0.8, 0.7], "b": [0.5, 0.6, 0.1]]
        let result = try scheme.rank(table(values, groups: ["g", "g", "g"]))
        for algorithm in result.algorithms {
            #expect(algorithm.interval == nil && algorithm.missingInterval == .oneUnit)
            #expect(algorithm.rankInterval == nil && algorithm.medianRank == nil && algorithm.rankFrequencies.isEmpty)
            #expect(algorithm.isDistinguishableFromFirst == nil && algorithm.shareBehindFirst == nil)
        }
        #expect(result.stability == nil)
        #expect(result.neighbours.map(\.firstBetter) == [nil])
        #expect(result.warnings.map(\.kind) == [.fewCases, .oneUnit])
        var byCase = scheme
        byCase.unit = .case
        #expect(try byCase.rank(table(values, groups: ["g", "g", "g"])).algorithms.allSatisfy { $0.interval != nil })
    }

    @Test("An algorithm without values, or with one value everywhere, gets no interval of width zero")
    func noWidth() throws {
        let result = try scheme.rank(table(["a": [1, 1, 1], "b": [nil, nil, nil], "c": [0.5, 0.6, 0.7]]))
        #expect(result.algorithms.map(\.missingInterval) == [.noVariation, nil, .noValues])
        #expect(result.algorithms.map { $0.interval == nil } == [true, false, true])
        #expect(result.algorithms[2].coverage == 0)
        var off = scheme
        off.bootstrap = 0
        #expect(try off.rank(table(["a": [1, 0]])).algorithms[0].missingInterval == .bootstrapOff)
    }

    @Test("Groups, not cases, are drawn: copies of the cases of a group narrow nothing")
    func groups() throws {
        let base: [Double?] = [0.9, 0.4, 0.7, 0.55, 0.8]
        let groups = ["1", "2", "3", "4", "5"]
        let once = try scheme.rank(table(["a": base], groups: groups)).algorithms[0].interval
        let tenfold = try scheme.rank(
            table(["a": (0..<10).flatMap { _ in base }], groups: (0..<10).flatMap { _ in groups })
        ).algorithms[0].interval
        let (narrow, wide) = (try #require(once), try #require(tenfold))
        #expect(isClose(narrow.low, wide.low) && isClose(narrow.high, wide.high))
        #expect(narrow.high - narrow.low > 0.1)
    }

    @Test("Algorithms far apart are distinguishable, algorithms close together are not")
    func distinguishable() throws {
        let noise = (0..<60).map { Double($0 * 37 % 60) / 600 }
        let result = try scheme.rank(
            table([
                "best": noise.map { 0.8 + $0 }, "close": noise.reversed().map { 0.799 + $0 }, "far": noise.map { 0.5 + $0 },
            ]))
        #expect(result.algorithms.map(\.name) == ["best", "close", "far"])
        #expect(result.algorithms.map(\.isDistinguishableFromFirst) == [false, false, true])
        #expect(result.algorithms[2].shareBehindFirst == 1)
        #expect(result.warnings.map(\.kind) == [.notDistinguishable])
        #expect(result.neighbours[1] == NeighbourOrder.sure("close", "far"))
        #expect(result.algorithms.allSatisfy { isClose($0.rankFrequencies.reduce(0, +), 1) })
    }

    @Test("The seed decides the samples and nothing else")
    func seed() throws {
        let table = try table(["a": [0.9, 0.4, 0.7, 0.5], "b": [0.8, 0.6, 0.2, 0.7]])
        var other = scheme
        other.seed = 2
        let (first, second) = (try scheme.rank(table), try other.rank(table))
        #expect(try scheme.rank(table) == first)
        #expect(first.stability != second.stability)
        #expect(first.algorithms.map(\.aggregate) == second.algorithms.map(\.aggregate))
    }

    @Test("A scheme is written with the words of the challenge file and reads back equal")
    func codable() throws {
        let bytes = try CanonicalJSON.encode(scheme)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"aggregate":"mean","bootstrap":300,"higherIsBetter":true,"scheme":"aggregateThenRank","seed":1,"#
                + #""significanceLevel":0.05,"ties":"min","unit":"group","worstValue":0}"#)
        #expect(try CanonicalJSON.decode(RankingScheme.self, from: bytes) == scheme)
        let result = try scheme.rank(table(["a": [0.9, nil], "b": [0.8, 0.6]]))
        #expect(try CanonicalJSON.decode(RankingResult.self, from: CanonicalJSON.encode(result)) == result)
    }

    @Test("A scheme that cannot be computed is an error")
    func unusable() throws {
        let table = try table(["a": [0.5]])
        for change: (inout RankingScheme) -> Void in [
            { $0.bootstrap = -1 }, { $0.worstValue = -.infinity }, { $0.worstValue = .nan }, { $0.significanceLevel = 0 },
        ] {
            var wrong = scheme
            change(&wrong)
            #expect(throws: RankingError.self) { try wrong.rank(table) }
        }
    }

    @Test("Honest statistics: few cases, few groups, few samples and a lone algorithm are said")
    func warnings() throws {
        let few = RankingScheme(worstValue: 0, higherIsBetter: true, bootstrap: 100)
        let result = try few.rank(table(["a": [0.5, 0.6, 0.7]], groups: ["1", "2", "2"]))
        #expect(result.warnings.map(\.kind) == [.fewCases, .fewGroups, .fewSamples, .oneAlgorithm])
        #expect(result.warnings[0].text.hasPrefix("Only 3 cases"))
        let tests = RankingScheme(method: .testThenRank, worstValue: 0, higherIsBetter: true, bootstrap: 0)
        #expect(
            try tests.rank(table(["a": [0.5, 0.6], "b": [0.7, 0.8]], groups: ["1", "1"])).warnings.map(\.kind)
                == [.fewCases, .oneUnit, .bootstrapOff, .groupedTests, .sharedFirst])
    }
}

extension NeighbourOrder {
    fileprivate static func sure(_ first: String, _ second: String) -> NeighbourOrder? {
        try? CanonicalJSON.decode(
            NeighbourOrder.self,
            from: ["first": .string(first), "second": .string(second), "firstBetter": 1, "equal": 0, "secondBetter": 0])
    }
}
