import ArgumentParser
import Challenges
import Evaluation
import Records

/// Recomputes digests, scores and pages, and names what differs.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recompute the digests, chain and scores of a folder of runs, and the pages made of it.",
        discussion: """
            Scores are recomputed from the stored evidence. With --challenge also the data's digests and the recipe, with --board also every \
            page. Not covered: logs, times and memory, which belong to no digest. What nobody can see from the folder alone is that its last \
            entries were replaced: keep the head that is printed elsewhere, and hand it in with --head.
            """)

    @Argument(help: "The folder of runs.")
    var runs: String

    @Option(help: "The challenge's folder: is its data still what the recipes name?")
    var challenge: String?

    @Option(help: "A rendered leaderboard: are its files what the results give? Needs --challenge.")
    var board: String?

    @Option(help: "The phase of the leaderboard; as for the command board.")
    var phase: String?

    @Option(help: "The head of the chain as it was printed before.")
    var head: String?

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let evaluations: Int
        let scores: Int
        let head: String?
        let differences: [Verification.Difference]
    }

    func validate() throws {
        guard board == nil || challenge != nil else { throw ValidationError("--board needs --challenge") }
    }

    /// The files of the board that differ; a board that cannot be made of what is there differs as a whole.
    private func boardDifferences(_ board: String, challenge: Challenge, runs: RunsFolder) -> [Verification.Difference] {
        do {
            let site = try SiteBuilder(challenge: challenge, runs: runs, phase: phase)
            return try site.differences(from: board).map {
                Verification.Difference(
                    place: board + "/" + $0, found: "another file, or none", expected: "the bytes that the results give")
            }
        } catch {
            let reason = (error as? CommandFailure)?.message ?? "\(error)"
            return [Verification.Difference(place: board, found: "results of which no board can be made (\(reason))", expected: "a board")]
        }
    }

    func run() throws {
        let loaded = try challenge.map { folder in (try loadChallenge(folder), folder: folder) }
        let folder = RunsFolder(path: runs)
        var line = ProgressLine()
        let verification = Verification(of: folder, challenge: loaded) { line.show("verifying \($0)") }
        line.clear()
        var differences = verification.differences
        if let head, head != verification.head?.hex {
            differences.append(
                Verification.Difference(place: runs + "/chain.jsonl", found: "the head \(verification.head?.hex ?? "none")", expected: head)
            )
        }
        if let board, let loaded {
            differences += boardDifferences(board, challenge: loaded.0, runs: folder)
        }
        if json {
            try Terminal.json(
                Report(
                    evaluations: verification.evaluationCount, scores: verification.scoreCount, head: verification.head?.hex,
                    differences: differences))
        } else {
            for item in differences { Terminal.say("\(item.place): found \(item.found); expected \(item.expected)") }
            let data = challenge == nil ? "" : ", data as in the recipes"
            let pages = board == nil ? "" : ", pages as rendered"
            let verdict =
                differences.isEmpty
                ? "all as written down\(data)\(pages)" : "\(differences.count) \(differences.count == 1 ? "difference" : "differences")"
            Terminal.say("\(verification.evaluationCount) evaluations, \(verification.scoreCount) scores recomputed: \(verdict)")
            if let head = verification.head { Terminal.say("head of the chain: \(head)") }
        }
        if !differences.isEmpty { throw CommandFailure.failed("") }
    }
}
