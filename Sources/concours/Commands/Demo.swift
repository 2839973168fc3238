import ArgumentParser
import Challenges
import Evaluation
import Foundation
import Leaderboards
import Records

/// The whole main job on the example challenge.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The whole main job on the example challenge: evaluate its submissions, verify, render the leaderboard.",
        discussion: "Run it in the project's folder after `make data`; `make demo` does both.")

    @Option(help: "The example challenge.")
    var challenge = "Challenges/nuclei"

    @Option(help: "The folder for the pages.")
    var out = "Leaderboards/nuclei"

    @Option(help: "The folder of runs.")
    var runs = "runs/nuclei"

    @Option(help: "How many cases run at one time.")
    var jobs = 1

    @Flag(help: "Evaluate anew although records exist, and compare with them.")
    var fresh = false

    @Flag(help: "Print JSON.")
    var json = false

    private static let submissions = ["unet", "watershed", "otsu", "simulated-errors", "flaky"]

    private struct Report: Encodable {
        let board: String
        let records: [EvaluationRecord]
    }

    func run() async throws {
        guard FileManager.default.fileExists(atPath: challenge + "/challenge.yaml") else {
            throw CommandFailure.failed(
                "\(challenge)/challenge.yaml is not here; run this in the project's folder, or name the example with --challenge")
        }
        guard FileManager.default.fileExists(atPath: challenge + "/data/test/cases.csv") else {
            throw CommandFailure.failed("the example's data is missing; `make data` prepares it")
        }
        let loaded = try loadChallenge(challenge)
        let folder = RunsFolder(path: runs)
        let evaluator = Evaluator(
            challenge: loaded, folder: challenge, phase: "final", runs: folder, jobs: jobs, isFresh: fresh, printsJSON: false)
        let outcome = try await evaluator.evaluate(Self.submissions.map { "\(challenge)/submissions/\($0)" })
        try outcome.throwFailure(printsJSON: false)

        let site = try SiteBuilder(challenge: loaded, runs: folder, phase: "final")
        _ = try site.write(to: out)
        let verification = Verification(of: folder, challenge: (loaded, folder: challenge))
        guard verification.differences.isEmpty else {
            throw CommandFailure.failed("the results do not verify; `concours verify \(runs) --challenge \(challenge)` names what differs")
        }
        if json { return try Terminal.json(Report(board: out + "/index.html", records: outcome.evaluations.map(\.record))) }
        Terminal.say()
        for line in BoardTable.of(site.model).lines { Terminal.say(line) }
        Terminal.say()
        for warning in site.model.warnings { Terminal.say(Paragraph.wrapped("Note: " + warning)) }
        Terminal.say("\(verification.evaluationCount) evaluations verified, \(verification.scoreCount) scores recomputed from evidence.")
        Terminal.say("Leaderboard: \(out)/index.html")
    }
}
