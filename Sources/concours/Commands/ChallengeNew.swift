import ArgumentParser
import Challenges
import Foundation

/// Starts a challenge: a commented folder to fill in.
struct ChallengeNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a commented challenge folder to fill in.",
        discussion: "The folder's name becomes the challenge's id. Nothing that exists is overwritten.")

    @Argument(help: "The new folder.")
    var folder: String

    @Option(help: "The challenge's name for people.")
    var title: String = "A new challenge"

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let id = URL(fileURLWithPath: folder).lastPathComponent
        let files: [String]
        do { files = try ChallengeTemplate.write(id: id, title: title, to: folder) } catch { throw CommandFailure.failed("\(error)") }
        if json { return try Terminal.json(["files": files]) }
        for file in files { Terminal.say("wrote \(folder)/\(file)") }
        Terminal.say("Fill it in; `concours challenge check \(folder)` tells what is missing.")
    }
}
