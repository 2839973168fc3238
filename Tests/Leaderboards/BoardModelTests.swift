import Access
import Challenges
import Foundation
import Leaderboards
import Records
import Testing

@Suite("A board computed from evaluation records")
struct BoardModelTests {
    static let good: [Double?] = [0.9, 0.8, 0.9, 0.7, 0.8, 0.9]
    static let fair: [Double?] = [0.6, 0.5, 0.7, 0.4, 0.6, 0.5]

    private func board(
        _ sample: SampleChallenge, _ records: [EvaluationRecord], phase: String = "final", year: Int = 2028, audience: Audience = .organiser
    ) throws -> BoardModel {
        try BoardModel(
            challenge: sample.challenge, phase: sample.phase(phase), records: records, now: SampleChallenge.instant(year),
            audience: audience)
    }

    @Test("Rank, value, interval, coverage, time and memory come from the records")
    func numbers() throws {
        let sample = try SampleChallenge()
        var failing = BoardModelTests.fair
        failing[3] = nil
        let model = try board(sample, [sample.record("second", failing), sample.record("first", BoardModelTests.good)])
        #expect(model.entries.map(\.name) == ["first", "second"])
        #expect(model.entries.map { $0.standing?.rank } == [1, 2])
        let first = try #require(model.entries.first?.result("ap@1/2"))
        #expect(abs((first.value ?? 0) - 5.0 / 6) < 1e-12)
        #expect(first.interval?.contains(first.value ?? 0) == true)
        let second = model.entries[1]
        #expect(abs((second.result("ap@1/2")?.value ?? 0) - 2.9 / 6) < 1e-12)
        #expect(second.scoredCount == 5 && model.caseCount == 6 && model.groupCount == 3)
        #expect(second.verdicts == [BoardVerdictCount(.ok, 5), BoardVerdictCount(.crash, 1)])
        #expect(second.medianWallSeconds == 3.5 && second.peakMemoryBytes == 6000)
        #expect(model.entries[1].standing?.isTiedWithFirst == false)
        #expect(model.limits.map(\.text) == ["60 s", "60 s", "1.00 GiB", "64", "64.0 MiB"])
    }

    @Test("A metric without a worst value is averaged over the cases that have it")
    func descriptiveMetric() throws {
        let sample = try SampleChallenge()
        let model = try board(sample, [sample.record("one", [1, 1, 1, nil, 1, 1])])
        #expect(model.entries[0].result("count.difference")?.value == -1)
        #expect(abs((model.entries[0].result("pq")?.value ?? 0) - 5.0 / 6) < 1e-12)
    }

    @Test("A failed case never ranks above a value, in either scheme", arguments: ["aggregateThenRank", "rankThenAggregate"])
    func failedCase(method: String) throws {
        let sample = try SampleChallenge(method: method)
        let model = try board(
            sample, [sample.record("zero", Array(repeating: 0, count: 6)), sample.record("missing", [nil, 0, 0, 0, 0, 0])])
        let ranks = Dictionary(uniqueKeysWithValues: model.entries.map { ($0.name, $0.standing?.rank ?? 0) })
        #expect(try #require(ranks["missing"]) >= #require(ranks["zero"]))
        #expect(model.ranking.rankingValueName == (method == "rankThenAggregate" ? "Mean rank" : nil))
    }

    @Test("A simulated submission changes nobody's rank, value or interval", arguments: ["aggregateThenRank", "rankThenAggregate"])
    func simulated(method: String) throws {
        let sample = try SampleChallenge(method: method)
        let records = [sample.record("first", BoardModelTests.good), sample.record("second", BoardModelTests.fair)]
        let perfect = sample.record("perfect", Array(repeating: 1, count: 6), isSimulated: true)
        let with = try board(sample, records + [perfect])
        let without = try board(sample, records)
        #expect(with.ranked == without.ranked)
        #expect(with.simulated.map(\.name) == ["perfect"])
        #expect(with.simulated[0].standing == nil)
        #expect(with.simulated[0].result("ap@1/2")?.value == 1)
        #expect(try board(sample, [perfect]).ranked.isEmpty)
    }

    @Test("Submissions that the cases do not separate are marked, clear ones are not")
    func distinction() throws {
        let sample = try SampleChallenge()
        let close: [Double?] = [0.8, 0.9, 0.8, 0.8, 0.9, 0.8]
        let model = try board(
            sample,
            [sample.record("first", BoardModelTests.good), sample.record("close", close), sample.record("far", BoardModelTests.fair)])
        let tied = Dictionary(uniqueKeysWithValues: model.entries.map { ($0.name, $0.standing?.isTiedWithFirst) })
        let behind = tied["first"] == true ? "first" : "close"
        #expect(tied[behind] == true || model.entries.filter { $0.standing?.rank == 1 }.count == 2)
        #expect(tied["far"] == false)
    }

    @Test("Records in any order give the same files, and a record given twice counts once")
    func order() throws {
        let sample = try SampleChallenge()
        let records = [
            sample.record("same", BoardModelTests.good), sample.record("same ", BoardModelTests.good),
            sample.record("b", BoardModelTests.fair),
        ]
        let files = try Leaderboard(try board(sample, records)).files()
        #expect(try Leaderboard(try board(sample, records.reversed())).files() == files)
        #expect(try Leaderboard(try board(sample, records + [records[1]])).files() == files)
        #expect(try Leaderboard(try board(sample, records + [sample.record("c", BoardModelTests.fair)])).files() != files)
    }

    @Test("Before the release the public sees nothing of a final phase, and a board for organisers says so")
    func sealed() throws {
        let sample = try SampleChallenge()
        let records = [sample.record("confidential name", BoardModelTests.good)]
        let shown = try board(sample, records, year: 2027, audience: .public)
        #expect(shown.entries.isEmpty && shown.cases.isEmpty)
        for file in try Leaderboard(shown).files() {
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(!text.contains("confidential") && !text.contains(Digest(ofText: "confidential name").hex), "\(file.path)")
            #expect(!text.contains("scored yet"), "\(file.path)")
        }
        let none = try Leaderboard(try board(sample, [], year: 2027, audience: .public)).files()
        #expect(try Leaderboard(shown).files() == none)
        #expect(shown.notice == "The results of this phase are not released yet.")
        let own = try board(sample, records, year: 2027)
        #expect(own.entries.count == 1)
        #expect(own.notice?.hasPrefix("For organisers only") == true)
        #expect(try board(sample, records, year: 2028).notice == nil)
    }

    @Test("While a validation phase runs, the public sees values over all cases and nothing of single ones")
    func validation() throws {
        let sample = try SampleChallenge()
        let records = [sample.record("one", [0.123456789, 0.5, nil, 0.5, 0.5, 0.5], phase: "trial")]
        let shown = try board(sample, records, phase: "trial", year: 2027, audience: .public)
        #expect(shown.entries.count == 1 && !shown.showsCases)
        for file in try Leaderboard(shown).files() {
            let text = String(decoding: file.bytes, as: UTF8.self)
            for secret in ["0.123456789", "\"a1\"", ">a1<", "secret reason", Digest(ofText: "evidence one a1").hex, "crash</span>, "] {
                #expect(!text.contains(secret), "\(file.path): \(secret)")
            }
        }
        #expect(shown.entries[0].verdicts.isEmpty)
    }

    @Test("After the release, reasons, predictions and evidence still stay hidden from the public")
    func released() throws {
        let sample = try SampleChallenge()
        let shown = try board(sample, [sample.record("one", [0.25, nil, 0.5, 0.5, 0.5, 0.5])], audience: .public)
        #expect(shown.cases.map(\.id) == SampleChallenge.caseIDs)
        let cases = shown.entries[0].cases.map(\.record)
        #expect(cases[0].scores.first?.value == 0.25 && cases[1].verdict == .crash)
        #expect(cases.allSatisfy { $0.reason == nil && $0.prediction == nil && $0.evidence == nil })
        let own = try board(sample, [sample.record("one", [0.25, nil, 0.5, 0.5, 0.5, 0.5])])
        #expect(own.entries[0].cases[1].record.reason == "secret reason")
    }

    @Test("What is not comparable is not ranked")
    func incomparable() throws {
        let sample = try SampleChallenge()
        let first = sample.record("first", BoardModelTests.good)
        var other = sample.record("other", BoardModelTests.fair)
        other.recipe.truth = Digest(ofText: "another truth")
        #expect { try board(sample, [first, other]) } throws: { "\($0)".contains("differ in ground truth") }
        other = sample.record("other", BoardModelTests.fair)
        other.recipe.metrics = ["ap@1/2#2", "pq#1", "count.difference#1"]
        #expect { try board(sample, [first, other]) } throws: { "\($0)".contains("metrics or their versions") }
        #expect { try board(sample, [sample.record("x", BoardModelTests.good, phase: "trial")]) } throws: {
            "\($0)".contains("phase “trial”")
        }
        other = sample.record("other", BoardModelTests.fair)
        other.recipe.limits["wallSeconds"] = 1
        #expect(try board(sample, [first, other]).warnings.contains { $0.hasPrefix("The limits were not the same") })
    }

    @Test("Evaluations that are not scored are counted among the warnings")
    func notScored() throws {
        let sample = try SampleChallenge()
        let model = try board(
            sample, [sample.record("first", BoardModelTests.good), sample.record("lost", [], state: .failed)])
        #expect(model.entries.map(\.name) == ["first"])
        #expect(model.warnings.contains("Evaluations that are not scored are not on the board: 1 failed."))
    }
}
