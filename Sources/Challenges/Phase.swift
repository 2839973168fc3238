public import FoundationEssentials

/// A period in which submissions to one split are accepted.
public struct Phase: Sendable, Equatable {
    /// The phase's name.
    public let id: String
    /// The name for people; the id where the file has none.
    public let title: String
    /// What kind of phase it is.
    public let kind: PhaseKind
    /// The split whose cases are run.
    public let split: String
    /// When it opens; `nil` means that it has always been open.
    public let opens: ZonedTime?
    /// When it closes: a submission received at this instant is late. `nil` means never.
    public let closes: ZonedTime?
    /// When the results are released, at `closes` or later; `nil` means at `closes`.
    public let results: ZonedTime?
    /// How many submissions a team may make; `nil` means any number (only possible on public cases).
    public let quota: Quota?

    /// Makes a phase.
    public init(
        id: String, title: String, kind: PhaseKind, split: String, opens: ZonedTime?, closes: ZonedTime?, results: ZonedTime?,
        quota: Quota?
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.split = split
        self.opens = opens
        self.closes = closes
        self.results = results
        self.quota = quota
    }

    /// Where the phase stands at an instant.
    ///
    /// `opens` belongs to the phase, `closes` does not: what counts is when a submission was received, never when it was finished.
    public func state(at now: Date) -> PhaseState {
        if let opens, now < opens.date { return .notOpen }
        guard let closes, now >= closes.date else { return .open }
        if let results, now < results.date { return .sealed }
        return .closed
    }
}
