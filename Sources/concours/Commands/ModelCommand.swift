import ArgumentParser

/// Everything about a model package.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Check and run bioimage.io model packages.", subcommands: [ModelCheck.self, ModelRun.self])
}
