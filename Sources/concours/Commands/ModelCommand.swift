import ArgumentParser

/// Everything about a model package.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Check bioimage.io model packages and the core that runs them.",
        subcommands: [ModelCheck.self, ModelONNXTest.self])
}
