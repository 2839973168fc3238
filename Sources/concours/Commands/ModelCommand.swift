import ArgumentParser

/// Everything about model packages and networks.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Check, run and measure models, and test the core that runs them.",
        subcommands: [ModelCheck.self, ModelRun.self, ModelBench.self, ModelONNXTest.self])
}
