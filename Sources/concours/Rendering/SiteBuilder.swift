import Access
import Challenges
import Evaluation
import Foundation
import Leaderboards
import Records

/// From a folder of runs to the files of a leaderboard.
struct SiteBuilder {
    let model: BoardModel

    init(challenge: Challenge, runs: RunsFolder, phase: String?, now: Date = Date()) throws {
        let records: [EvaluationRecord]
        do { records = try runs.evaluations().map(\.record).filter { $0.challenge == challenge.id } } catch {
            throw CommandFailure.failed("\(error)")
        }
        let phases = challenge.phases.filter { candidate in records.contains { $0.phase == candidate.id } }
        if let phase, challenge.phase(phase) == nil {
            throw CommandFailure.failed("\(EvaluationError.unknownPhase(phase, known: challenge.phases.map(\.id)))")
        }
        guard let chosen = phase ?? phases.last?.id, records.contains(where: { $0.phase == chosen }), let shown = challenge.phase(chosen)
        else {
            throw CommandFailure.failed(
                "\(runs.path): no evaluation of the challenge “\(challenge.id)”\(phase.map { " in phase “\($0)”" } ?? "") is there; `concours evaluate` makes them"
            )
        }
        let (comparable, leftOut) = Self.comparable(records.filter { $0.phase == chosen })
        do {
            var model = try BoardModel(challenge: challenge, phase: shown, records: comparable, now: now)
            if !leftOut.isEmpty {
                model.warnings.append(
                    "Not shown, since they were evaluated under another recipe (data, limits, metrics, seed or runner) than the last one: "
                        + leftOut.map(\.submission.name).joined(separator: ", ") + ".")
            }
            self.model = model
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }

    /// The evaluations under the recipe of the last one, and the others: values under different recipes do not compare.
    private static func comparable(_ records: [EvaluationRecord]) -> (shown: [EvaluationRecord], leftOut: [EvaluationRecord]) {
        guard let recipe = records.last?.recipe else { return ([], []) }
        return (records.filter { $0.recipe == recipe }, records.filter { $0.recipe != recipe })
    }

    /// Writes the pages and returns their paths within the folder.
    func write(to folder: String) throws -> [String] {
        do {
            let files = try Leaderboard(model).files()
            try BoardFolder(path: folder).write(files)
            return files.map(\.path)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }

    /// The files of a rendered leaderboard that are not what the results give.
    func differences(from folder: String) throws -> [String] {
        do { return BoardFolder(path: folder).differences(from: try Leaderboard(model).files()) } catch {
            throw CommandFailure.failed("\(error)")
        }
    }
}
