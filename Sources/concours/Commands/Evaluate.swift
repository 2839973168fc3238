import ArgumentParser
import Challenges
import Evaluation

/// Evaluates submissions on the cases of a phase.
struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate submissions on the cases of a phase, each case in a sandbox of its own.",
        discussion: """
            A submission is a folder or a zip archive. Results go into a folder of runs, one folder per evaluation; an evaluation that \
            exists under the same recipe is not repeated. As the organiser's command it heeds neither dates nor quotas.
            """)

    @Argument(help: "The challenge's folder.")
    var folder: String

    @Option(help: "The phase.")
    var phase: String

    @Option(name: .customLong("submission"), help: "A submission: a folder or a zip archive; may be given several times.")
    var submissions: [String]

    @Option(help: "The folder of runs.")
    var out: String

    @Option(help: "How many cases run at one time.")
    var jobs = 1

    @Option(help: "Where the work is carried out.")
    var executor: ExecutorKind = .local

    @Flag(help: "Evaluate anew and compare with the stored record.")
    var fresh = false

    @Flag(help: "Print JSON lines: one per case and submission, then the records.")
    var json = false

    /// Where work can be carried out.
    enum ExecutorKind: String, CaseIterable, ExpressibleByArgument {
        case local
    }

    func validate() throws {
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs has to be 1 to 64") }
    }

    func run() async throws {
        let challenge = try loadChallenge(folder)
        let evaluator = Evaluator(
            challenge: challenge, folder: folder, phase: phase, runs: RunsFolder(path: out), jobs: jobs, isFresh: fresh, printsJSON: json)
        let outcome = try await evaluator.evaluate(submissions)
        if json {
            try Terminal.jsonLine(outcome.evaluations.map(\.record))
        } else if !outcome.evaluations.isEmpty {
            for line in ResultTable.of(outcome.evaluations.map(\.record)).lines { Terminal.say(line) }
            Terminal.say()
            Terminal.say("Results: \(out)")
        }
        try outcome.throwFailure(printsJSON: json)
    }
}
