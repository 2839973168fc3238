import ArgumentParser

/// Unpacks a zip archive into a folder, or says why not.
struct Unpack: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Unpack a submission's zip archive.")

    @Argument(help: "The archive.")
    var archive: String

    @Option(help: "The folder to unpack into; it exists and is empty.")
    var output: String

    @Option(help: "The most bytes that the files may have together.")
    var bytes: Int

    @Option(help: "The most files and folders.")
    var entries: Int

    func run() throws {
        let limits = ZipArchive.Limits(bytes: bytes, entries: entries)
        do {
            let archive = try ZipArchive(path: archive, limits: limits)
            try archive.judgePackage()
            try archive.unpack(into: output)
        } catch {
            throw RunnerFailure("\(error)")
        }
    }
}
