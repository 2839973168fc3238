import ArgumentParser

/// The program that works inside the sandbox: it alone parses what a submitter wrote.
///
/// It knows no database, no network and no accounts. Every command reads files that the host has bound read-only, and writes one
/// report as JSON, or the outputs of a case.
@main
struct RunnerProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "concours-runner",
        abstract: "Works inside the sandbox; started by concours, not by hand.",
        subcommands: [
            Unpack.self, Inspect.self, Predict.self, Score.self, CheckModel.self, CheckNetwork.self, RunModel.self, BenchModel.self,
            ONNXTest.self,
        ])
}
