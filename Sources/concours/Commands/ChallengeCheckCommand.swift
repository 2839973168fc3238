import ArgumentParser
import Challenges

/// Finds every mistake of a challenge in one go.
struct ChallengeCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Find every mistake of a challenge: file, line, what was found, what to write.",
        discussion: "Reads the images too: missing files, sizes that differ, labels that are none, cases in two splits.")

    @Argument(help: "The challenge's folder.")
    var folder: String

    @Flag(help: "Leave the images out; this takes milliseconds.")
    var skipImages = false

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let usable: Bool
        let diagnostics: [Diagnostic]
        let statistics: [SplitStatistics]
    }

    func run() throws {
        var line = ProgressLine()
        let report: ChallengeReport
        do throws(ChallengeError) {
            report = try ChallengeCheck.run(folder: folder, readsImages: !skipImages) { progress in
                line.show("checking \(progress.done) of \(progress.total): \(progress.name)")
            }
        } catch {
            line.clear()
            throw CommandFailure.failed("\(error)")
        }
        line.clear()
        if json {
            try Terminal.json(Report(usable: report.isUsable, diagnostics: report.diagnostics, statistics: report.statistics))
        } else {
            Terminal.say(report.text)
        }
        if !report.isUsable { throw CommandFailure.failed("") }
    }
}
