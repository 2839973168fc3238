/// Where a phase stands.
public enum PhaseState: String, Sendable, Codable, CaseIterable {
    /// It accepts nothing yet.
    case notOpen
    /// It accepts submissions.
    case open
    /// It accepts nothing any more, and its results are not released yet.
    case sealed
    /// It accepts nothing any more, and its results are released.
    case closed

    /// Whether submissions are accepted.
    public var acceptsSubmissions: Bool { self == .open }
}
