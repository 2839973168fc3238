import ArgumentParser
import Challenges
import Foundation

/// Tells what a challenge asks for: what participants read.
struct ChallengeDescribe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Tell what a challenge asks for, as participants read it.")

    @Argument(help: "The challenge's folder.")
    var folder: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let challenge = try loadChallenge(folder)
        let description = ChallengeDescription(challenge, now: Date(), zone: .current)
        if json { return try Terminal.json(description) }
        Terminal.say(description.text)
    }
}

/// A challenge that passed its checks, or the failure that names every mistake.
func loadChallenge(_ folder: String) throws -> Challenge {
    do throws(ChallengeError) {
        return try Challenge.load(folder: folder)
    } catch {
        throw CommandFailure.failed("\(error)")
    }
}
