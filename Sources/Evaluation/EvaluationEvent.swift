public import Challenges
public import Records

/// What happens during an evaluation, for whoever waits.
public enum EvaluationEvent: Sendable {
    /// The submission was copied, unpacked and inspected; so many cases follow.
    case taken(submission: String, kind: SubmissionKind, cases: Int, notes: [String])
    /// An evaluation of the same submission under the same recipe exists already and is used.
    case reused(submission: String)
    /// A case has its verdict; so many of all are done.
    case finishedCase(submission: String, case: CaseRecord, usage: UsageRecord?, done: Int, of: Int)
    /// The evaluation is written down.
    case finished(EvaluationRecord)
}
