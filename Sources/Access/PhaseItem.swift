/// What there is to see of an evaluation.
public enum PhaseItem: String, Sendable, Hashable, CaseIterable {
    /// One value for each metric over all cases, and the rank.
    case aggregateScores
    /// The values of every case.
    case caseScores
    /// How many cases ended with which code of the closed list.
    case verdicts
    /// What the submission printed.
    case logs
    /// The opaque ids of the cases, and which code belongs to which.
    case caseIDs
    /// The files that the submission wrote.
    case predictions
    /// The overlap tables from which scores are computed; they hold the sizes of the true objects.
    case evidence
}
