import ArgumentParser
import Foundation

/// The command line. Each command is a screenful that calls one thing below.
///
/// Exit codes: 0 done, 1 the thing asked about failed, 2 wrong usage, 3 the machine or the sandbox failed.
@main
struct Concours: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "concours",
        abstract: "Run bioimage-analysis challenges: sandboxed evaluation, metrics, ranking, static leaderboards.",
        version: ConcoursVersion.text,
        groupedSubcommands: [
            CommandGroup(
                name: "For organisers:", subcommands: [ChallengeCommand.self, Evaluate.self, Board.self, Verify.self, Doctor.self]),
            CommandGroup(name: "For participants:", subcommands: [Try.self, ModelCommand.self]),
            CommandGroup(name: "For everybody:", subcommands: [Demo.self, ScoreCommand.self, RankCommand.self]),
        ])

    /// Parses the arguments again, since a parsed command cannot be handed to another task.
    private static func runAsynchronously() async throws {
        guard var command = try parseAsRoot() as? any AsyncParsableCommand else { return }
        try await command.run()
    }

    static func main() async {
        do {
            var command = try parseAsRoot()
            if command is any AsyncParsableCommand {
                try await Interruption.heeding { try await runAsynchronously() }
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { Terminal.complain(failure.message) }
            Foundation.exit(failure.exitCode)
        } catch {
            let code = exitCode(for: error)
            // ArgumentParser ends wrong usage with 64; ours is 2.
            if code == .validationFailure {
                Terminal.complain(fullMessage(for: error))
                Foundation.exit(2)
            }
            exit(withError: error)
        }
    }
}
