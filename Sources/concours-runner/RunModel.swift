import ArgumentParser
import Challenges
import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Records
import TiledInference

/// Sends images of any size through a model, from file to file.
struct RunModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-model", abstract: "Send images through a model, tile by tile from file to file.")

    @Option(help: "The package's folder.")
    var package: String

    @Option(help: "An image: TIFF, OME-Zarr, PNG or NPY; NAME=FILE for each input of a model of several.")
    var input: [FileArgument]

    @Option(help: "What the pages of a TIFF are that does not say it: z, t or c; NAME=AXIS for an input of a model of several.")
    var pages: [PagesArgument] = []

    @Option(help: "A result: .zarr, .tif, .tiff or .npy; NAME=FILE for an output of the model, else its first one.")
    var output: [FileArgument]

    @Option(help: "An output that is brought to another disk afterwards: NUMBER,DISK,FREE-BYTES,PATH, counted from 0.")
    var elsewhere: [OtherDiskArgument] = []

    @Option(help: "The file for the report.")
    var report: String

    @Option(help: "The most bytes that the run may take beside the network's weights.")
    var memory: Int

    @Option(help: "The extents of a tile, such as 512x512.")
    var tile: TileExtents?

    @Option(help: "The number of threads.")
    var threads = 1

    @Option(help: "The vector instructions of our kernels: avx512, avx2 or baseline.")
    var isa: String?

    @Option(help: "How convolutions are computed.")
    var convolutions = RunOptions.Convolutions.winograd4

    @Option(help: "The share of a window that the next one covers too; results are then averaged.")
    var overlap: Double?

    @Option(help: "How overlapping results are weighted: gaussian or constant.")
    var blend: String?

    @Option(help: "Axes along which each window is also mirrored, such as y,x.")
    var mirror: String?

    @Flag(help: "Write labels, by the package's submission.yaml, to the output without a name.")
    var labels = false

    @Option(help: "A file that always says how far the run is.")
    var progress: String?

    @Option(help: "What messages call the folder of the work in progress.")
    var workName: String?

    @Flag(help: "Keep the folder of the work when the results have their names: whoever moves them on removes it.")
    var keepWork = false

    func run() throws {
        try KernelChoice.settle()
        FreedMemory.keep(of: memory)
        try RunnerFiles.report(outcome(), to: report)
    }

    private func outcome() throws -> ModelRunReport {
        var file = ProgressFile(progress)
        let declared = try SubmissionDescription.beside(package)
        let model = try ModelSubmission(
            folder: package, postprocessor: labels ? declared?.postprocessor : nil, inference: declared?.inference)
        let share = RunMemory(total: memory)
        let images = try RunImages(input, pages: pages, for: model.package)
        let instructions = isa.flatMap(InstructionSet.init(rawValue:))
        guard isa == nil || instructions != nil else { throw RunnerFailure("--isa is \(isa ?? ""); expected avx512, avx2 or baseline") }
        let options = PredictionOptions(
            tile: tile?.extents, memoryBytes: share.network, blending: try blending(model.blending),
            run: RunOptions(threads: threads, instructions: instructions, convolutions: convolutions))
        let targets = try targets(model), given = try images.opened(share)
        let run = StreamedRun(
            // The plan keeps to the memory; what is asked about the graph meanwhile, on windows that do not run, takes none.
            try Predictor(model.package, for: given), on: given, to: targets, options: options,
            key: { () throws(InferenceError) in try key(images) }, recheck: { () throws(InferenceError) in try images.checkUnchanged() },
            workName: workName, keepsWork: keepWork)
        var told: [String: Int] = [:]
        let result: StreamedRun.Report
        do throws(InferenceError) {
            result = try run.run { event in
                switch event {
                case .costly(let cost): file.tell(note: note(cost))
                case .nonFinite(let name, let values, let sample):
                    // Of several samples the first is told; the report counts the values of all.
                    if told[name] == nil, let description = model.package.inputs.first(where: { $0.id == name }),
                        let note = values.note(of: images.file(of: name) + (sample.isEmpty ? "" : " (\(sample))"), for: description)
                    {
                        told[name] = values.count
                        file.tell(note: note)
                    }
                case .tiles(let done, let all): file.tell(done: done, of: all)
                case .finishing: file.tell(.finishing)
                }
            }
        } catch { throw explained(error, run, images, hasTiles: file.now.done > 0) }
        let untold = result.nonFiniteValues - told.values.reduce(0, +)
        if untold > 0 { file.tell(note: "further samples hold \(untold) values that are not finite, \(result.nonFiniteValues) in all") }
        return ModelRunReport(
            samples: result.samples, tiles: result.tiles, resumedTiles: result.resumedTiles, largestWindow: result.largestWindow,
            readFactor: result.readFactor,
            nonFiniteValues: result.nonFiniteValues, isExact: result.isExact, tilingClass: result.tilingClass.rawValue,
            way: result.way.rawValue,
            objects: result.objects,
            files: zip(output, result.files).map { ModelRunFile(path: $0.path, output: $1.output, objects: $1.objects) },
            isa: result.instructions.rawValue, convolutions: result.convolutions.rawValue,
            notes: file.now.notes + (labels ? model.notes : model.package.notes).filter { !result.notes.contains($0) } + result.notes,
            peakMemoryBytes: Self.peakMemory())
    }

    /// What goes into each file.
    private func targets(_ model: ModelSubmission) throws(RunnerFailure) -> [StreamedRun.Target] {
        if labels, !output.contains(where: { $0.name == nil }) {
            throw RunnerFailure("--labels: every --output names an output; labels are written to one without a name")
        }
        let names = model.package.outputs.map(\.id)
        return try output.enumerated().map { (number, file) throws(RunnerFailure) in
            let place = elsewhere.first { $0.output == number }?.place
            guard let name = file.name else {
                return StreamedRun.Target(file.path, labels ? .labels(model.postprocessor) : .output(nil), place: place)
            }
            guard names.contains(name) else {
                throw RunnerFailure(
                    "--output \(name)=…: the model has no output of this name; its \(names.count == 1 ? "output is" : "outputs are") "
                        + names.joined(separator: ", "))
            }
            return StreamedRun.Target(file.path, .output(name), place: place)
        }
    }

    /// What `submission.yaml` declares, with what the command line says in its place.
    private func blending(_ declared: Blending?) throws -> Blending? {
        guard overlap != nil || blend != nil || mirror != nil else { return declared }
        var blending = declared ?? Blending()
        if let overlap {
            guard overlap >= 0, overlap <= Blending.largestOverlap else {
                throw RunnerFailure("--overlap is \(overlap); expected a share from 0 to \(Blending.largestOverlap)")
            }
            blending.overlap = overlap
        }
        if let blend {
            guard let weights = Blending.Weights(rawValue: blend) else {
                throw RunnerFailure("--blend is \(blend); expected gaussian or constant")
            }
            blending.weights = weights
        }
        if let mirror { blending.mirror = mirror.split(separator: ",").map(String.init) }
        return blending
    }

    /// What the values depend on: every byte of the package and the images, and the runner.
    private func key(_ images: RunImages) throws(InferenceError) -> String {
        do {
            let model = Digest(ofText: "\(RunnerVersion.text) \(try FolderDigest(of: package).digest)").hex
            return "\(model) images=\(Digest(ofText: try images.digest()).hex)"
        } catch { throw .work(found: "the package or an image cannot be read to its end: \(error)", remedy: "give files that can be read") }
    }

    /// The most memory that the process held at one time.
    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) * 1024
    }
}

/// The extents of a tile on the command line: `512x512`, `16x256x256`.
struct TileExtents: ExpressibleByArgument {
    let extents: [Int]

    /// As it was written.
    var text: String { extents.map(String.init).joined(separator: "x") }

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        let extents = parts.compactMap(\.self)
        guard extents.count == parts.count, extents.allSatisfy({ $0 > 0 }) else { return nil }
        self.extents = extents
    }
}
