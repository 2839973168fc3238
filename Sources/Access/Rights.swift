public import Challenges

/// What an audience may see of the evaluations of a phase.
///
/// Made by the one table in `RightsTable`; whoever shows something asks here and nowhere else.
public struct Rights: Sendable, Equatable {
    /// What may be shown.
    public let items: Set<PhaseItem>

    /// The rights of an audience in a phase of that kind and state.
    public init(of audience: Audience, in kind: PhaseKind, _ state: PhaseState) {
        items = RightsTable.row(for: audience, in: kind, state)?.items ?? []
    }

    /// Whether an item may be shown.
    public func allow(_ item: PhaseItem) -> Bool { items.contains(item) }

    /// Whether the values over all cases may be shown.
    public var allowAggregateScores: Bool { allow(.aggregateScores) }
    /// Whether the values of single cases may be shown.
    public var allowCaseScores: Bool { allow(.caseScores) }
    /// Whether the numbers of verdict codes may be shown.
    public var allowVerdicts: Bool { allow(.verdicts) }
    /// Whether what a submission printed may be shown.
    public var allowLogs: Bool { allow(.logs) }
    /// Whether the ids of the cases may be shown.
    public var allowCaseIDs: Bool { allow(.caseIDs) }
    /// Whether the files that a submission wrote may be shown.
    public var allowPredictions: Bool { allow(.predictions) }
    /// Whether the evidence may be shown.
    public var allowEvidence: Bool { allow(.evidence) }
}
