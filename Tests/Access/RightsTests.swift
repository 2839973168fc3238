import Access
import Challenges
import Testing

@Suite("Rights")
struct RightsTests {
    /// Written by hand and apart from the table: letters stand for the items, in the order of `letters`; `-` for nothing.
    static let expected: [String: [String]] = [
        // kind: notOpen, open, sealed, closed
        "submittingTeam debug": ["-", "asvlipe", "asvlipe", "asvlipe"],
        "participant debug": ["-", "asvi", "asvi", "asvi"],
        "public debug": ["-", "asvi", "asvi", "asvi"],
        "submittingTeam validation": ["-", "av", "av", "asvi"],
        "participant validation": ["-", "a", "a", "asvi"],
        "public validation": ["-", "a", "a", "asvi"],
        "submittingTeam final": ["-", "v", "v", "asvi"],
        "participant final": ["-", "-", "-", "asvi"],
        "public final": ["-", "-", "-", "asvi"],
        "submittingTeam archive": ["-", "av", "av", "asvi"],
        "participant archive": ["-", "a", "a", "asvi"],
        "public archive": ["-", "a", "a", "asvi"],
    ]
    static let letters: [(Character, PhaseItem)] = [
        ("a", .aggregateScores), ("s", .caseScores), ("v", .verdicts), ("l", .logs), ("i", .caseIDs), ("p", .predictions), ("e", .evidence),
    ]

    @Test("Each combination of audience, kind and state stands in exactly one row of the table")
    func complete() {
        for audience in Audience.allCases {
            for kind in PhaseKind.allCases {
                for state in PhaseState.allCases {
                    let rows = RightsTable.rows.filter {
                        $0.audiences.contains(audience) && $0.kinds.contains(kind) && $0.states.contains(state)
                    }
                    #expect(rows.count == 1, "\(audience) \(kind) \(state)")
                }
            }
        }
    }

    @Test("The table says what was agreed, combination by combination", arguments: Audience.allCases, PhaseKind.allCases)
    func agreed(audience: Audience, kind: PhaseKind) throws {
        for (index, state) in [PhaseState.notOpen, .open, .sealed, .closed].enumerated() {
            let rights = Rights(of: audience, in: kind, state)
            guard audience != .organiser else {
                #expect(rights.items == Set(PhaseItem.allCases))
                continue
            }
            let row = try #require(Self.expected["\(audience.rawValue) \(kind.rawValue)"])
            let items = Self.letters.filter { row[index].contains($0.0) }.map(\.1)
            #expect(rights.items == Set(items), "\(audience) \(kind) \(state)")
        }
    }

    @Test("Whatever is shown of hidden cases, logs, predictions and evidence go to organisers only")
    func nothingLeaks() {
        for audience in Audience.allCases where audience != .organiser {
            for kind in PhaseKind.allCases where kind != .debug {
                for state in PhaseState.allCases {
                    let rights = Rights(of: audience, in: kind, state)
                    #expect(!rights.allowLogs && !rights.allowPredictions && !rights.allowEvidence)
                }
            }
        }
    }

    @Test("An audience further away never sees more")
    func monotone() {
        for kind in PhaseKind.allCases {
            for state in PhaseState.allCases {
                let sets = [Audience.organiser, .submittingTeam, .participant, .public].map { Rights(of: $0, in: kind, state).items }
                for (near, far) in zip(sets, sets.dropFirst()) { #expect(far.isSubset(of: near)) }
            }
        }
    }

    @Test("No score of a final phase leaves before its results are released")
    func finalIsSealed() {
        for audience in [Audience.submittingTeam, .participant, .public] {
            for state in [PhaseState.notOpen, .open, .sealed] {
                let rights = Rights(of: audience, in: .final, state)
                #expect(!rights.allowAggregateScores && !rights.allowCaseScores && !rights.allowCaseIDs)
            }
            #expect(Rights(of: audience, in: .final, .closed).allowAggregateScores)
        }
    }

    @Test("Each row gives its reason")
    func reasons() {
        for row in RightsTable.rows { #expect(row.reason.count > 20) }
    }
}
