/// A challenge as its folder describes it: task, splits with their cases, phases, limits, metrics, ranking and design.
///
/// A value without any I/O: everything is checked when it is made, so whoever holds one need not check again.
/// Made by `Challenge.load(folder:)`.
public struct Challenge: Sendable, Equatable {
    /// The name of the file that describes a challenge.
    public static let fileName = "challenge.yaml"
    /// The version of the file's layout (key `concours`).
    public static let layoutVersion = 1

    /// The short name in addresses and folders, such as `nuclei`.
    public let id: String
    /// The name for people.
    public let title: String
    /// A paragraph on what it is about; `nil` where the file has none.
    public let summary: String?
    /// The licence of the data as an SPDX identifier.
    public let licence: String
    /// Who runs it; never empty.
    public let organisers: [Organiser]
    /// What has to be done with a case.
    public let task: ChallengeTask
    /// The splits in the order of the file.
    public let splits: [Split]
    /// The phases in the order of the file; never empty.
    public let phases: [Phase]
    /// What a submission may use for one case.
    public let limits: Limits
    /// The metrics' ids in the spelling of the catalogue; the first is the primary one. Never empty.
    public let metrics: [String]
    /// How the ranking is made.
    public let ranking: RankingRules
    /// The design of the challenge, field by field, in the order of `DesignField.allCases`.
    public let design: [DesignField: String]

    /// The phase of that id.
    public func phase(_ id: String) -> Phase? { phases.first { $0.id == id } }

    /// The split of that id.
    public func split(_ id: String) -> Split? { splits.first { $0.id == id } }

    /// The cases of a split in the order of its case list; empty if there is no such split.
    public func cases(of split: String) -> [CaseEntry] { self.split(split)?.cases ?? [] }

    /// The cases of a phase.
    public func cases(of phase: Phase) -> [CaseEntry] { cases(of: phase.split) }

    /// What a submission has to write for a case.
    public var outputContract: OutputContract { OutputContract(task: task) }
}
