import Foundation
public import Records

/// An evaluation as it lies in a folder of runs.
public struct StoredEvaluation: Sendable {
    /// The folder's name within the runs.
    public let name: String
    /// The absolute path of the folder.
    public let path: String
    /// The record.
    public let record: EvaluationRecord

    /// What the submission wrote on a case; empty where nothing was kept.
    public func log(of caseID: String) -> CaseLog {
        CaseLog(output: text("logs/\(caseID).stdout.txt"), error: text("logs/\(caseID).stderr.txt"))
    }

    private func text(_ file: String) -> String {
        (try? String(contentsOfFile: path + "/" + file, encoding: .utf8)) ?? ""
    }
}
