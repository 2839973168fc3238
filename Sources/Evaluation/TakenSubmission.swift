import Challenges
import Records

/// A submission that was copied, unpacked and found valid.
struct TakenSubmission: Sendable {
    /// The folder with its files, readable inside sandboxes.
    let folder: String
    let kind: SubmissionKind
    let report: SubmissionReport
    let record: SubmissionRecord
}
