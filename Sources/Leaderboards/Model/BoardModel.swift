/// Everything that a leaderboard shows, as plain values: the pages and the files beside them are a pure function of it.
///
/// There is no clock in it and nothing that a viewer may not see: what is to stay hidden is left out when the model is made.
public struct BoardModel: Sendable, Equatable {
    /// The challenge.
    public var challenge: BoardChallenge
    /// The phase.
    public var phase: BoardPhase
    /// The metrics; the first is the primary one, which decides the ranking. Never empty.
    public var metrics: [BoardMetric]
    /// How the ranking was made, in words.
    public var ranking: BoardRanking
    /// The number of cases that every submission is measured on.
    public var caseCount: Int
    /// The number of groups that these cases belong to.
    public var groupCount: Int
    /// The cases in the order of the case list; empty where single cases are not shown.
    public var cases: [BoardCase]
    /// The submissions: those with a rank by rank, then the simulated ones; entries of one rank by name, then digest.
    public var entries: [BoardEntry]
    /// The limits for one case: what is limited and how far, ready to be read.
    public var limits: [BoardTerm]
    /// What a reader must know to read the numbers rightly, a sentence or two each.
    public var warnings: [String]
    /// What stands above everything else, such as that results are not released yet; `nil` in the ordinary case.
    public var notice: String?

    /// Makes a model of its parts; entries are brought into the board's order.
    public init(
        challenge: BoardChallenge, phase: BoardPhase, metrics: [BoardMetric], ranking: BoardRanking, caseCount: Int, groupCount: Int,
        cases: [BoardCase], entries: [BoardEntry], limits: [BoardTerm], warnings: [String], notice: String? = nil
    ) {
        self.challenge = challenge
        self.phase = phase
        self.metrics = metrics
        self.ranking = ranking
        self.caseCount = caseCount
        self.groupCount = groupCount
        self.cases = cases
        self.entries = entries.sorted(by: BoardEntry.isBefore)
        self.limits = limits
        self.warnings = warnings
        self.notice = notice
    }

    /// The metric that decides the ranking.
    public var primaryMetric: BoardMetric { metrics.first ?? BoardMetric.none }
    /// Whether results of single cases are shown.
    public var showsCases: Bool { !cases.isEmpty }
    /// The entries that take part in the ranking.
    public var ranked: [BoardEntry] { entries.filter { !$0.isSimulated } }
    /// The entries whose results were made from the truth; they have no rank.
    public var simulated: [BoardEntry] { entries.filter(\.isSimulated) }
}

/// The challenge as the board names it.
public struct BoardChallenge: Sendable, Equatable {
    /// The short name.
    public var id: String
    /// The name for people.
    public var title: String
    /// A paragraph on what it is about.
    public var summary: String?
    /// Who runs it.
    public var organisers: [BoardPerson]
    /// The licence of the data as an SPDX identifier.
    public var licence: String

    /// Makes a challenge's entry.
    public init(id: String, title: String, summary: String?, organisers: [BoardPerson], licence: String) {
        self.id = id
        self.title = title
        self.summary = summary
        self.organisers = organisers
        self.licence = licence
    }
}

/// A person with what identifies them.
public struct BoardPerson: Sendable, Equatable {
    /// The person's name.
    public var name: String
    /// The ORCID iD, four groups of four.
    public var orcid: String?
    /// The name of the institution.
    public var affiliation: String?

    /// Names a person.
    public init(name: String, orcid: String? = nil, affiliation: String? = nil) {
        self.name = name
        self.orcid = orcid
        self.affiliation = affiliation
    }
}

/// The phase as the board names it.
public struct BoardPhase: Sendable, Equatable {
    /// The phase's id.
    public var id: String
    /// The name for people.
    public var title: String
    /// The kind in words, such as `hidden cases`.
    public var kind: String
    /// When it opens and closes, in the words of the challenge; `nil` where it is always open.
    public var period: String?

    /// Makes a phase's entry.
    public init(id: String, title: String, kind: String, period: String? = nil) {
        self.id = id
        self.title = title
        self.kind = kind
        self.period = period
    }
}

/// A case as the board names it.
public struct BoardCase: Sendable, Equatable {
    /// The opaque id.
    public var id: String
    /// The patient, plate or specimen.
    public var group: String

    /// Names a case.
    public init(id: String, group: String) {
        self.id = id
        self.group = group
    }
}

/// A name with a text.
public struct BoardTerm: Sendable, Equatable {
    /// What is spoken of.
    public var name: String
    /// What is said about it.
    public var text: String

    /// Pairs a name with a text.
    public init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}
