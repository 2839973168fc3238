import ArgumentParser
import Challenges
import Evaluation
import Leaderboards

/// Renders the leaderboard of a phase as static pages.
struct Board: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Render the leaderboard: static pages, CSV and JSON.",
        discussion: "The pages need neither server nor script nor network. The same results give the same bytes.")

    @Argument(help: "The challenge's folder.")
    var folder: String

    @Option(help: "The folder of runs.")
    var runs: String

    @Option(help: "The folder for the pages.")
    var out: String

    @Option(help: "The phase; by default the last one in the challenge that has results.")
    var phase: String?

    @Flag(help: "Print JSON: the paths written.")
    var json = false

    func run() throws {
        let challenge = try loadChallenge(folder)
        let site = try SiteBuilder(challenge: challenge, runs: RunsFolder(path: runs), phase: phase)
        let files = try site.write(to: out)
        if json { return try Terminal.json(["files": files.map { out + "/" + $0 }]) }
        Terminal.say("\(files.count) files; open \(out)/index.html")
    }
}
