import ArgumentParser
import Records
import Sandbox

/// Tells what this machine's sandbox enforces, by trying to go over every limit and to get out.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what this machine's sandbox enforces, shown by trying to get out.",
        discussion: "Ends with 1 if a limit did not hold or an attempt came through, with 3 if this machine gives no sandbox.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report: SelfTestReport
        do {
            report = try await SelfTest.run(in: try await Sandbox.open())
        } catch {
            throw CommandFailure.infrastructure("\(error)")
        }
        if json { try Terminal.json(report) } else { show(report) }
        if !report.isSound {
            throw CommandFailure.failed(json ? "" : "this machine's sandbox is not sound; do not run strangers' programs here")
        }
    }

    private func show(_ report: SelfTestReport) {
        var enforced = TextTable([("enforced", .left), ("by", .left)])
        for (name, mechanism) in report.enforced.sorted(by: { $0.key < $1.key }) { enforced.add([name, mechanism]) }
        for line in enforced.lines { Terminal.say(line) }
        Terminal.say()
        var limits = TextTable([("limit gone over", .left), ("verdict", .left), ("", .left)])
        for test in report.limits { limits.add([test.id, test.verdict.rawValue, test.held ? "held" : "NOT HELD"]) }
        for line in limits.lines { Terminal.say(line) }
        Terminal.say()
        let count = { (result: SelfTestReport.Result) in report.attempts.count { $0.result == result } }
        Terminal.say(
            "\(report.attempts.count) attempts to get out: \(count(.blocked)) blocked, \(count(.escaped)) escaped, \(count(.notApplicable)) not applicable here"
        )
        for attempt in report.attempts where attempt.result != .blocked {
            Terminal.say("  \(attempt.id): \(attempt.result.rawValue), \(attempt.detail)")
        }
        if report.enforced["identity"] == "own-user" {
            Terminal.say(
                Paragraph.wrapped(
                    "Note: submissions run as your own user. That is enough for one team's machine; for submissions of several teams start concours as root, which gives each run a user of its own."
                ))
        }
    }
}
