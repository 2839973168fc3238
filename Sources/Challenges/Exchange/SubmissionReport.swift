/// What the runner found in a submission, told to the host as JSON.
///
/// The host never parses a submission's own files; this report, written by our runner and read with limits, is all it learns.
public struct SubmissionReport: Sendable, Codable, Equatable {
    /// The kind; `nil` if it could not be told.
    public var kind: SubmissionKind?
    /// The submission's own name, if it states one.
    public var title: String?
    /// Who made it.
    public var authors: [String]
    /// True where the submitter declares that results were made from the truth, to illustrate.
    public var isSimulated: Bool
    /// The command of a program, run in the submission's folder.
    public var command: [String]
    /// What is wrong, one sentence each with file, what was found and what was expected; empty for a valid submission.
    public var problems: [String]
    /// What the runner decided where the submission is silent, such as the default postprocessor.
    public var notes: [String]

    /// Makes a report.
    public init(
        kind: SubmissionKind?, title: String? = nil, authors: [String] = [], isSimulated: Bool = false, command: [String] = [],
        problems: [String] = [], notes: [String] = []
    ) {
        self.kind = kind
        self.title = title
        self.authors = authors
        self.isSimulated = isSimulated
        self.command = command
        self.problems = problems
        self.notes = notes
    }
}
