import Records

/// What the run of one case leaves: its record, and the files to keep.
struct CaseResult: Sendable {
    var record: CaseRecord
    /// What the prediction used; `nil` where nothing ran.
    var usage: UsageRecord?
    /// The collected prediction, in the staging area.
    var prediction: String?
    /// The evidence file, in the staging area.
    var evidence: String?
    /// What the submission wrote to its standard streams, harmless for terminals.
    var log: CaseLog?
}

/// What a submission said on one case.
public struct CaseLog: Sendable, Equatable {
    /// Standard output, start and end.
    public var output: String
    /// Standard error, start and end.
    public var error: String
}
