import ArgumentParser
import Challenges
import Evaluation
import Foundation

/// Runs a model on an image of any size.
struct ModelRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a bioimage.io package on an image of any size, within a bound of memory.",
        discussion: """
            Tiles go from file to file, and a local network's result is that of the whole image, bit for bit. An image is a TIFF, BigTIFF, \
            OME-TIFF, OME-Zarr (0.4, 0.5), PNG (read as a whole) or NPY, which has the axes of the model's input, with or without the batch; a model of several inputs takes --input NAME=FILE \
            for each, with the names of its description, and cuts them together where these tie them to one grid. A result is an OME-Zarr 0.5 (.zarr) or a tiled \
            BigTIFF (.tif), or an NPY with the axes of the output: the model's first output in float32 or a wider type that it needs, labels, or with --output NAME=FILE any output; one run makes all that are asked for. \
            An output that is no image, such as a vector of classes, is written as an NPY, and the image then goes through whole. \
            Each place along t, z or the batch of an NPY that the model lacks is a sample of its own: all go through one after another, and \
            the results lie along the same axes; statistics and labels are those of each alone. \
            Results lie where the image lies: pixel sizes, units and the place of \
            the first pixel are passed on. A run that was interrupted goes on where it stopped when the same command is started again; until the end \
            its work lies in OUTPUT.part, beside the first output of the command. The package is read and run in a sandbox: it may come from anybody.
            """)

    @Argument(help: "The package: a folder or a zip archive.")
    var package: String

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The image; for a model of several inputs NAME=FILE, once for each. A file of the whole name wins.", valueName: "[NAME=]FILE"),
        transform: RunFileArgument.init)
    var input: [RunFileArgument]

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            What the pages of a TIFF are, z, t or c, where its description does not say it. Default: z. For a model of several inputs NAME=AXIS.
            """, valueName: "[NAME=]AXIS"))
    var pages: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            A result that is not there yet: a .zarr, .tif or .npy, for an output that is no image or for a batch an .npy. The first output, or with NAME=FILE the one of \
            this name; once for each that is wanted.
            """, valueName: "[NAME=]FILE"),
        transform: RunFileArgument.init)
    var output: [RunFileArgument]

    // Values that begin with a dash are values too, so that they are named.
    @Option(
        parsing: .unconditional,
        help: "The extents of a tile, such as 512x512; by default as large as memory allows. Each is read with the context around it.")
    var tile: String?

    @Option(
        parsing: .unconditional,
        help: """
            The most memory beside the network's weights and 40 to 65 MiB for the program itself, in KiB, MiB, GiB or TiB. Default: 2GiB.
            """, transform: ByteSize.init(option:))
    var memory = ByteSize(bytes: 2 << 30)

    @Option(parsing: .unconditional, help: "The number of threads.")
    var threads = 1

    @Option(help: "The vector instructions, at most these: avx512, avx2 (the same bits) or baseline (other last bits). Default: the best.")
    var isa: String?

    @OptionGroup var convolutions: ConvolutionOptions

    @Option(
        parsing: .unconditional,
        help: "The share of a window that the next one covers too, such as 0.5: results are averaged. Needs --tile where windows are free.")
    var overlap: Double?

    @Option(
        help: "How overlapping results are weighted: gaussian or constant. Given alone it stands for --overlap 0.5 too.")
    var blend: String?

    @Option(
        help: """
            Axes along which each window is also mirrored, such as y,x: results are averaged. Given alone it stands for --overlap 0.5 too.
            """)
    var mirror: String?

    @Flag(help: "Write labels by the postprocessor of the package's submission.yaml into the --output without a name.")
    var labels = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let isa, !["avx512", "avx2", "baseline"].contains(isa) {
            throw ValidationError("--isa is \(isa); write avx512, avx2 or baseline")
        }
        if let tile, !tile.split(separator: "x", omittingEmptySubsequences: false).allSatisfy({ Int($0).map { $0 > 0 } ?? false }) {
            throw ValidationError("--tile is \(tile); write whole numbers from 1 with x between them, such as 512x512")
        }
        if let overlap, !(overlap >= 0 && overlap <= 0.9) {
            throw ValidationError("--overlap is \(overlap); write a share from 0 to 0.9")
        }
        if let blend, !["gaussian", "constant"].contains(blend) {
            throw ValidationError("--blend is \(blend); write gaussian or constant")
        }
        if let mirror {
            let axes = mirror.split(separator: ",", omittingEmptySubsequences: false)
            guard axes.allSatisfy({ ["z", "y", "x"].contains($0) }), Set(axes).count == axes.count else {
                throw ValidationError("--mirror is \(mirror); write some of z, y and x, each once, such as y,x")
            }
        }
        try Self.check(input.map(\.file), "input", "image")
        try Self.check(output.map(\.file), "output", "file")
        if input.count > 1, let unnamed = input.first(where: { $0.file.name == nil })?.file {
            throw ValidationError("--input \(unnamed.path) names no input of the model; write --input NAME=FILE for each of several")
        }
        for text in pages
        where !["z", "t", "c"].contains(text.split(separator: "=", omittingEmptySubsequences: false).last.map(String.init)) {
            throw ValidationError("--pages is \(text); write z, t or c, for an input of a model of several NAME=z")
        }
        let unnamed = output.map(\.file).filter { $0.name == nil }
        if unnamed.count > 1 {
            throw ValidationError("--output \(unnamed[1].path) names no output of the model; write --output NAME=FILE for each but one")
        }
        if labels, unnamed.isEmpty {
            throw ValidationError("--labels writes labels to an output without a name; write --output FILE for them")
        }
        try Self.check(threads: threads)
    }

    /// Refuses arguments without a file, and names that come twice.
    private static func check(_ files: [PackageInspection.NamedFile], _ option: String, _ noun: String) throws {
        if files.isEmpty { throw ValidationError("no \(noun) is given; write --\(option) FILE") }
        if let empty = files.first(where: { $0.path.isEmpty }) {
            let name = empty.name.map { ($0, "\($0)=FILE") } ?? ("--\(option)", "FILE")
            throw ValidationError("no file is given for \(name.0); write --\(option) \(name.1)")
        }
        let names = files.compactMap(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError("--\(option) \(twice)=… is given twice; give one \(noun) for each \(option)")
        }
    }

    func run() async throws {
        let line = RunProgressReporter()
        let report: ModelRunReport
        do throws(EvaluationError) {
            report = try await PackageInspection.open().run(
                PackageInspection.RunRequest(
                    package: package, inputs: input.map(\.file), pages: pages, outputs: output.map(\.file), tile: tile,
                    memoryBytes: memory.bytes,
                    threads: threads,
                    instructions: isa, convolutions: convolutions.name, overlap: overlap, blend: blend, mirror: mirror, labels: labels)
            ) { progress in await line.show(progress) }
        } catch {
            await line.clear()
            switch error {
            case .infrastructure, .runnerMissing: throw CommandFailure.infrastructure("\(error)")
            case .cancelled:
                let work = output[0].file.path + ".part", isKept = FileManager.default.fileExists(atPath: work)
                throw CommandFailure.stopped(
                    isKept
                        ? "stopped; what is done is kept in \(work): run the same command again to go on"
                        : "stopped; no tile was done, so nothing is kept")
            default: throw CommandFailure.failed("\(error)")
            }
        }
        await line.clear()
        if json { return try Terminal.json(report) }
        let window = report.largestWindow.map(String.init).joined(separator: " x ")
        let resumed = report.resumedTiles > 0 ? " (\(report.resumedTiles) of them by the interrupted run)" : ""
        if report.samples > 1 { Terminal.say("\(report.samples) samples") }
        let extents = window.isEmpty ? "" : ", windows of at most \(window) elements"
        Terminal.say("\(report.tiles) \(report.tiles == 1 ? "tile" : "tiles")\(resumed)\(extents)")
        Terminal.say(Self.words(report))
        Terminal.say("\(report.isa) instructions, \(ConvolutionOptions.words(report.convolutions))")
        Terminal.say("peak memory \(report.peakMemoryBytes >> 20) MiB")
        for note in await line.untold(of: report.notes) { Terminal.say(Paragraph.wrapped("note: \(note)", indent: 2)) }
        for file in report.files {
            if let objects = file.objects { Terminal.say(objects == 1 ? "1 object" : "\(objects) objects") }
            Terminal.say(report.files.count == 1 ? file.path : "\(file.output): \(file.path)")
        }
    }
}

extension ModelRun {
    /// What the values are, in words.
    private static func words(_ report: ModelRunReport) -> String {
        let kind = "\(report.tilingClass) network: "
        switch report.way {
        case "statistics": return kind + "values are those of the whole image, up to the rounding of its statistics"
        case "blended": return kind + "overlapping windows were averaged, values depend on them"
        default: return kind + (report.isExact ? "every value is that of the whole image" : "values depend on the tiles")
        }
    }
}
