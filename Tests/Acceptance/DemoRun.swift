import Foundation

/// The demo, run once for all tests that look at what it leaves.
struct DemoRun: Sendable {
    let folder: TemporaryFolder
    let run: Result<Outcome, any Error>

    struct Outcome: Sendable {
        let exitCode: Int32
        let output: String
        let error: String
    }

    static let shared = DemoRun()

    private init() {
        guard let folder = try? TemporaryFolder() else { preconditionFailure("the temporary folder cannot be made") }
        self.folder = folder
        run = Result {
            let run = try CommandRun(["demo", "--out", folder.path + "/board", "--runs", folder.path + "/runs"])
            return Outcome(exitCode: run.exitCode, output: run.output, error: run.error)
        }
    }

    /// The records by the submissions' names.
    func records() throws -> [String: [String: Any]] {
        var records: [String: [String: Any]] = [:]
        let runs = folder.path + "/runs"
        for name in try FileManager.default.contentsOfDirectory(atPath: runs) where !name.hasPrefix("chain") {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(runs)/\(name)/record.json"))
            guard let record = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
            guard let submission = record["submission"] as? [String: Any], let title = submission["name"] as? String else { continue }
            records[title] = record
        }
        return records
    }

    /// The folder of a submission's evaluation.
    func evaluation(of submission: String) throws -> String {
        let runs = folder.path + "/runs"
        let name = try FileManager.default.contentsOfDirectory(atPath: runs).first { $0.hasPrefix("final-\(submission)-") }
        return runs + "/" + (name ?? "")
    }
}
