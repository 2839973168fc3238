public import FoundationEssentials

/// How many submissions a team may make to a phase.
///
/// The one rule that pages, interface and commands ask, so that all say the same. A charge is an instant at which a submission
/// counted: what failed through the infrastructure or was cancelled before it ran is no charge, and does not belong into the list.
public struct Quota: Sendable, Equatable {
    /// The window in which submissions are counted.
    public enum Period: Sendable, Equatable {
        /// A rolling window: a charge is free again exactly this many seconds after it was made.
        case rolling(seconds: Int)
        /// The whole phase.
        case phase
    }

    /// What the rule says at an instant.
    public struct Decision: Sendable, Equatable {
        /// Charges inside the window.
        public let used: Int
        /// Submissions that may be made now.
        public let remaining: Int
        /// When the next submission may be made: `nil` if now, or never again in this phase (`remaining` tells which).
        public let nextSlot: Date?

        /// Whether a submission may be made now.
        public var isAllowed: Bool { remaining > 0 }
    }

    /// The number of submissions in one period.
    public let submissions: Int
    /// The period.
    public let period: Period

    /// Makes a quota.
    public init(submissions: Int, period: Period) {
        self.submissions = submissions
        self.period = period
    }

    /// What a team may do at `now`, given the instants of its charges in this phase, in any order.
    ///
    /// A charge in the future (clocks that differ) counts.
    public func decision(at now: Date, charges: [Date]) -> Decision {
        guard case .rolling(let seconds) = period else {
            return Decision(used: charges.count, remaining: max(0, submissions - charges.count), nextSlot: nil)
        }
        let inWindow = charges.filter { $0.addingTimeInterval(Double(seconds)) > now }.sorted()
        let remaining = max(0, submissions - inWindow.count)
        // The slot is free when so many charges have left the window that fewer than the quota remain.
        let blocking = inWindow.count - submissions
        let nextSlot = remaining > 0 || submissions < 1 ? nil : inWindow[blocking].addingTimeInterval(Double(seconds))
        return Decision(used: inWindow.count, remaining: remaining, nextSlot: nextSlot)
    }
}
