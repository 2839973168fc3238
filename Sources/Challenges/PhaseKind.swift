/// The kinds of phase.
public enum PhaseKind: String, Sendable, Codable, CaseIterable {
    /// Public cases; the submitting team sees everything, logs included.
    case debug
    /// Hidden cases with limited feedback while the phase is open.
    case validation
    /// Hidden cases; scores are sealed until the phase has closed and the results are released.
    case final
    /// Hidden or public cases that stay open afterwards, at a low rate.
    case archive
}
