/// Who looks at something of a phase.
public enum Audience: String, Sendable, Hashable, CaseIterable {
    /// Who runs the challenge.
    case organiser
    /// The team that made the submission in question.
    case submittingTeam
    /// A team that takes part, looking at another team's submission.
    case participant
    /// Anybody else, logged in or not.
    case `public`
}
