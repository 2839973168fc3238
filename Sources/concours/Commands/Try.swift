import ArgumentParser
import Challenges
import Evaluation
import Foundation
import Records

/// Runs a submission on the public cases as the final evaluation would, and shows everything.
struct Try: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a submission on the public cases: same sandbox and limits, full logs.",
        discussion: "Nothing is kept unless --out names a folder of runs.")

    @Argument(help: "The challenge's folder.")
    var folder: String

    @Option(help: "The submission: a folder or a zip archive.")
    var submission: String

    @Option(help: "The phase; by default the first of kind debug.")
    var phase: String?

    @Option(help: "Keep the results in this folder of runs.")
    var out: String?

    @Option(help: "How many cases run at one time.")
    var jobs = 1

    @Flag(help: "Print JSON lines.")
    var json = false

    func validate() throws {
        if jobs < 1 { throw ValidationError("--jobs is \(jobs); write at least 1") }
    }

    func run() async throws {
        let challenge = try loadChallenge(folder)
        let phase = try phase(of: challenge)
        let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("concours-try-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        let evaluator = Evaluator(
            challenge: challenge, folder: folder, phase: phase, runs: RunsFolder(path: out ?? temporary), jobs: jobs, isFresh: true,
            printsJSON: json)
        let outcome = try await evaluator.evaluate([submission])
        try outcome.throwFailure(printsJSON: json)
        guard let evaluation = outcome.evaluations.first else { return }
        if json { try showJSON(evaluation) } else { show(evaluation, metrics: challenge.metrics) }
        let failed = evaluation.record.cases.count { $0.verdict != .ok }
        if failed > 0 {
            throw CommandFailure.failed(
                "\(failed) of \(evaluation.record.cases.count) cases failed; a failed case counts as the worst value")
        }
    }

    /// The phase that was asked for, or the first of kind debug; never one on hidden cases, since logs are shown.
    private func phase(of challenge: Challenge) throws -> String {
        guard let phase else {
            guard let debug = challenge.phases.first(where: { $0.kind == .debug }) else {
                throw CommandFailure.failed("the challenge has no phase of kind debug, hence no cases to try a submission on")
            }
            return debug.id
        }
        if let named = challenge.phase(phase), challenge.split(named.split)?.visibility == .hidden {
            throw CommandFailure.failed("the phase “\(phase)” is on hidden cases, whose logs nobody may see; `concours evaluate` runs it")
        }
        return phase
    }

    private struct CaseOutput: Encodable {
        let event = "log"
        let `case`: String
        let output: String
        let error: String
    }

    private func showJSON(_ evaluation: StoredEvaluation) throws {
        for item in evaluation.record.cases {
            let log = evaluation.log(of: item.id)
            try Terminal.jsonLine(CaseOutput(case: item.id, output: log.output, error: log.error))
        }
        try Terminal.jsonLine([evaluation.record])
    }

    private func show(_ evaluation: StoredEvaluation, metrics: [String]) {
        let shown = Array(metrics.prefix(4))
        var table = TextTable([("case", .left), ("verdict", .left)] + shown.map { ($0, .right) } + [("time", .right), ("memory", .right)])
        for item in evaluation.record.cases {
            let usage = evaluation.record.host.cases[item.id]
            let scores = shown.map { id in Decimals.text(item.scores.first { $0.id == id }?.value) }
            table.add(
                [item.id, item.verdict.rawValue] + scores
                    + [Decimals.seconds(usage?.wallSeconds), Decimals.mebibytes(usage?.peakMemoryBytes)])
        }
        for line in table.lines { Terminal.say(line) }
        for item in evaluation.record.cases {
            let log = evaluation.log(of: item.id)
            guard item.reason != nil || !log.output.isEmpty || !log.error.isEmpty else { continue }
            Terminal.say()
            Terminal.say("── \(item.id) " + String(repeating: "─", count: max(0, 60 - item.id.count)))
            if let reason = item.reason { Terminal.say(reason) }
            for text in [log.output, log.error] where !text.isEmpty { Terminal.say(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
        }
    }
}
