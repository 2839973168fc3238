import ArgumentParser
import Challenges
import Evaluation

/// Measures one network in the sandbox.
struct ModelBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure time and memory of one ONNX network.",
        discussion: "The network is read and run in a sandbox: it may come from anybody. Its inputs are made-up numbers.")

    @Argument(help: "The network: an ONNX file.")
    var model: String

    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            The extents of an input, such as 1,1,512,512; once for each input in their order, or by name, such as mask=1,1,512,512. Default: as \
            declared, with the free extents of the inputs that are given, else 1 for batch and channels and 512.
            """,
        transform: { text in
            guard let extents = InputExtents(text) else {
                throw ValidationError("write positive numbers with commas between them, such as 1,1,512,512 or mask=1,1,512,512")
            }
            return extents
        })
    var shape: [InputExtents] = []

    @Option(parsing: .unconditional, help: "The number of threads.")
    var threads = 1

    @Option(parsing: .unconditional, help: "The number of runs after the first one, which also prepares the weights.")
    var runs = 5

    @Option(help: "The vector instructions, at most these: avx512, avx2 (the same bits) or baseline (other last bits). Default: the best.")
    var isa: String?

    @OptionGroup var convolutions: ConvolutionOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        try Self.check(threads: threads)
        if runs < 1 { throw ValidationError("--runs is \(runs); write at least 1") }
        if let isa, !["avx512", "avx2", "baseline"].contains(isa) {
            throw ValidationError("--isa is \(isa); write avx512, avx2 or baseline")
        }
    }

    func run() async throws {
        let report: ModelBenchReport
        do throws(EvaluationError) {
            report = try await NetworkMeasurement.measure(
                .init(network: model, shapes: shape, threads: threads, runs: runs, isa: isa, convolutions: convolutions.name))
        } catch {
            throw CommandFailure.of(error)
        }
        if json { return try Terminal.json(report) }
        Terminal.say(
            "\(Self.text(report.wallSecondsPerRun * 1000)) ms a run (median of \(runs)), \(report.threads) thread\(report.threads == 1 ? "" : "s"), \(report.isa)"
        )
        Terminal.say(ConvolutionOptions.words(report.convolutions))
        Terminal.say("\(Self.text(report.cpuSecondsPerRun * 1000)) ms of processor time a run")
        Terminal.say("\(Self.text(report.firstOutputSeconds * 1000)) ms from the file to the first output")
        let activations = report.activationBytes.map { ", of which activations take \($0 >> 20) MiB by plan" } ?? ""
        Terminal.say("\(report.peakMemoryBytes >> 20) MiB of memory at the peak\(activations)")
    }

    /// A number with one decimal.
    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
