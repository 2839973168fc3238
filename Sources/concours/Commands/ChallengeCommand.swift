import ArgumentParser

/// Everything about a challenge's folder.
struct ChallengeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "challenge", abstract: "Start, check and describe a challenge.",
        subcommands: [ChallengeNew.self, ChallengeCheckCommand.self, ChallengeDescribe.self])
}
