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
        do {
            model = try BoardModel(challenge: challenge, phase: shown, records: records.filter { $0.phase == chosen }, now: now)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
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
