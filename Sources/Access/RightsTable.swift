public import Challenges

/// The one table of who may see what in a phase: each combination of audience, kind and state is in exactly one row.
public enum RightsTable {
    /// A row: for these audiences in phases of these kinds and states, these items may be seen, for this reason.
    public struct Row: Sendable {
        /// Whom the row is about.
        public let audiences: Set<Audience>
        /// In phases of which kinds.
        public let kinds: Set<PhaseKind>
        /// In which states.
        public let states: Set<PhaseState>
        /// What may be seen; everything else may not.
        public let items: Set<PhaseItem>
        /// Why so.
        public let reason: String
    }

    /// The rows.
    public static let rows: [Row] = [
        Row(
            audiences: [.organiser], kinds: every(), states: every(), items: every(),
            reason: "Organisers own the hidden data and answer for the results, so nothing of an evaluation is secret to them."),
        Row(
            audiences: outsiders.union([.submittingTeam]), kinds: every(), states: [.notOpen], items: [],
            reason: "Nothing was handed in yet; what organisers try beforehand is their own."),

        Row(
            audiences: [.submittingTeam], kinds: [.debug], states: begun, items: every(),
            reason: "Everybody has the cases and the truth, so a team may see all that helps to mend its submission, logs included."),
        Row(
            audiences: outsiders, kinds: [.debug], states: begun, items: [.aggregateScores, .caseScores, .verdicts, .caseIDs],
            reason: "Scores on public cases are public; logs, predictions and evidence are another team's work."),

        Row(
            audiences: [.submittingTeam], kinds: [.validation], states: [.open, .sealed], items: [.aggregateScores, .verdicts],
            reason: "The feedback that a validation phase is for: one value and codes of a closed list. "
                + "Values of single cases would let a team work out the hidden truth; logs and files would carry it out."),
        Row(
            audiences: outsiders, kinds: [.validation], states: [.open, .sealed], items: [.aggregateScores],
            reason: "The board of a running validation phase; codes tell how another team's program fails, which is its own affair."),

        Row(
            audiences: [.submittingTeam], kinds: [.final], states: [.open, .sealed], items: [.verdicts],
            reason: "A team has to know whether its submission ran; a score before the release would be a hint for the next attempt."),
        Row(
            audiences: outsiders, kinds: [.final], states: [.open, .sealed], items: [],
            reason: "The final phase is sealed until its results are released."),

        Row(
            audiences: outsiders.union([.submittingTeam]), kinds: [.validation, .final], states: [.closed],
            items: [.aggregateScores, .caseScores, .verdicts, .caseIDs],
            reason: "The results are released: values of every case make the ranking checkable. "
                + "Logs, predictions and evidence stay hidden, because they hold hidden images and truth."),

        Row(
            audiences: [.submittingTeam], kinds: [.archive], states: [.open, .sealed], items: [.aggregateScores, .verdicts],
            reason: "As in a validation phase: the hidden cases are still in use, so only one value and codes leave."),
        Row(
            audiences: outsiders, kinds: [.archive], states: [.open, .sealed], items: [.aggregateScores],
            reason: "The board goes on after the challenge."),
        Row(
            audiences: outsiders.union([.submittingTeam]), kinds: [.archive], states: [.closed],
            items: [.aggregateScores, .caseScores, .verdicts, .caseIDs],
            reason: "The cases are out of use, and the results are released as after a final phase."),
    ]

    /// The row that decides; `nil` cannot happen as long as the table is complete, and then allows nothing.
    public static func row(for audience: Audience, in kind: PhaseKind, _ state: PhaseState) -> Row? {
        rows.first { $0.audiences.contains(audience) && $0.kinds.contains(kind) && $0.states.contains(state) }
    }

    private static let outsiders: Set<Audience> = [.participant, .public]
    private static let begun: Set<PhaseState> = [.open, .sealed, .closed]

    private static func every<Value: CaseIterable & Hashable>() -> Set<Value> { Set(Value.allCases) }
}
