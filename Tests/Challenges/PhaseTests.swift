import Challenges
import Foundation
import Testing

@Suite("Phases and quotas")
struct PhaseTests {
    private func phase(opens: String?, closes: String?, results: String? = nil) throws -> Phase {
        Phase(
            id: "final", title: "final", kind: .final, split: "test", opens: try opens.map { try ZonedTime($0) },
            closes: try closes.map { try ZonedTime($0) }, results: try results.map { try ZonedTime($0) }, quota: nil)
    }

    private func date(_ text: String) throws -> Date { try ZonedTime(text).date }

    @Test(
        "A phase opens at its first instant and is closed at its last",
        arguments: [
            ("2026-12-01T08:59:59[UTC]", PhaseState.notOpen), ("2026-12-01T09:00[UTC]", .open), ("2027-01-31T23:59:59[UTC]", .open),
            ("2027-02-01T00:00[UTC]", .sealed), ("2027-02-09T23:59:59[UTC]", .sealed), ("2027-02-10T00:00[UTC]", .closed),
        ])
    func states(now: String, state: PhaseState) throws {
        let phase = try phase(opens: "2026-12-01T09:00[UTC]", closes: "2027-02-01T00:00[UTC]", results: "2027-02-10T00:00[UTC]")
        #expect(try phase.state(at: date(now)) == state)
        #expect(state.acceptsSubmissions == (state == .open))
    }

    @Test("Without results, closing releases; without times, a phase is always open")
    func defaults() throws {
        let closing = try phase(opens: nil, closes: "2027-02-01T00:00[UTC]")
        #expect(try closing.state(at: date("1990-01-01T00:00[UTC]")) == .open)
        #expect(try closing.state(at: date("2027-02-01T00:00[UTC]")) == .closed)
        #expect(try phase(opens: nil, closes: nil).state(at: date("2090-01-01T00:00[UTC]")) == .open)
    }

    @Test("A rolling quota frees a slot exactly one period after the charge")
    func rolling() {
        let quota = Quota(submissions: 2, period: .rolling(seconds: 100))
        let start = Date(timeIntervalSince1970: 1000)
        func at(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }
        let charges = [at(30), at(0)]
        #expect(quota.decision(at: at(0), charges: []) == quota.decision(at: at(500), charges: charges))
        #expect(quota.decision(at: at(40), charges: []).remaining == 2)
        let full = quota.decision(at: at(40), charges: charges)
        #expect(!full.isAllowed && full.used == 2 && full.nextSlot == at(100))
        #expect(!quota.decision(at: at(99.5), charges: charges).isAllowed)
        let freed = quota.decision(at: at(100), charges: charges)
        #expect(freed.isAllowed && freed.remaining == 1 && freed.nextSlot == nil)
        // More charges than the quota (it was lowered meanwhile): the slot is free when all but one have left.
        let many = quota.decision(at: at(40), charges: [at(0), at(10), at(20), at(30)])
        #expect(many.remaining == 0 && many.nextSlot == at(130 - 10))
        // A clock that was ahead.
        #expect(quota.decision(at: at(0), charges: [at(50), at(60)]).nextSlot == at(150))
    }

    @Test("What the quota says at the next slot is that a submission may be made", arguments: 1...5)
    func nextSlot(count: Int) throws {
        let quota = Quota(submissions: 3, period: .rolling(seconds: 60))
        let charges = (0..<(count + 2)).map { Date(timeIntervalSince1970: Double($0 * 7 % 40)) }
        let decision = quota.decision(at: Date(timeIntervalSince1970: 45), charges: charges)
        if decision.isAllowed { return }
        let slot = try #require(decision.nextSlot)
        #expect(quota.decision(at: slot, charges: charges).isAllowed)
        #expect(!quota.decision(at: slot.addingTimeInterval(-0.001), charges: charges).isAllowed)
    }

    @Test("A quota for the whole phase never frees a slot")
    func wholePhase() {
        let quota = Quota(submissions: 1, period: .phase)
        let decision = quota.decision(at: Date(timeIntervalSince1970: 1e9), charges: [Date(timeIntervalSince1970: 0)])
        #expect(decision.remaining == 0 && decision.nextSlot == nil)
        #expect(quota.words == "1 submission in the whole phase")
        #expect(Quota(submissions: 3, period: .rolling(seconds: 604_800)).words == "3 submissions in any 7 d")
    }
}
