import ArgumentParser

/// Everything about model packages and networks.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Check bioimage.io model packages, measure networks, and test the core that runs them.",
        subcommands: [ModelCheck.self, ModelBench.self, ModelONNXTest.self])
}
