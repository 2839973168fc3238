import ArgumentParser

/// Everything about model packages and networks.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Check bioimage.io model packages, and measure networks.",
        subcommands: [ModelCheck.self, ModelBench.self])
}
