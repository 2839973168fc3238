public import Imaging
public import ModelPackages
public import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A model's run on images in files, one for each input, to files of its outputs: memory is bounded, and an interrupted run goes on.
///
/// One pass over the images makes all files. While it goes on, everything lies in a folder `NAME.part` beside the first file; at the
/// end the results get their names and the folder goes. A run that finds such a folder of the same model, images, outputs and options
/// does only the tiles that are missing; the bytes of the results are the same. Where values are refused, which end every such run, nothing
/// of it stays. Outputs that no file is made of are not computed.
///
/// Each place along t, z or a batch that the model's inputs lack is a sample of its own: samples go through one after another in the same
/// tiles, and the files hold their results along the same axes.
public struct StreamedRun {
    /// What a run came to.
    public struct Report: Sendable {
        /// The number of samples: one for each place along axes that the images have and the model lacks.
        public let samples: Int
        /// The number of tiles of all samples.
        public let tiles: Int
        /// How many tiles an earlier run had finished.
        public let resumedTiles: Int
        /// The extents of the largest window.
        public let largestWindow: [Int]
        /// Elements that the network read for one element of the image: 1 where nothing was read twice.
        public let readFactor: Double
        /// How many values of the images are not finite.
        public let nonFiniteValues: Int
        /// Whether the result is, bit for bit, that of one run on the whole image.
        public let isExact: Bool
        /// What was written, file by file.
        public let files: [WrittenFile]
        /// What the network allows.
        public let tilingClass: TilingClass
        /// How the image went through it.
        public let way: TilingWay
        /// The vector instructions of the kernels.
        public let instructions: InstructionSet
        /// How convolutions were computed.
        public let convolutions: RunOptions.Convolutions
        /// What is to be written into the record.
        public let notes: [String]

        /// The number of objects of the first file of which it is known.
        public var objects: Int? { files.compactMap(\.objects).first }
    }

    /// What is in a file.
    public struct WrittenFile: Sendable {
        /// The output of which it is made.
        public let output: String
        /// The number of objects of all samples, where labels of objects were made.
        public let objects: Int?
    }

    private let predictor: Predictor
    private let given: [String: InputSource]
    private let targets: [Target]
    let options: PredictionOptions
    private let key: () throws(InferenceError) -> String
    private let recheck: () throws(InferenceError) -> Void
    let labelBlock: [Int]?
    private let workName: String
    private let keepsWork: Bool

    /// Prepares a run on one image, for a model that needs no more.
    public init(
        _ predictor: Predictor, on image: any ImageBlocks, to output: String, _ product: Product, options: PredictionOptions, key: String,
        labelBlock: [Int]? = nil
    ) {
        self.init(
            predictor, on: [predictor.package.inputs[0].id: .image(image)], to: [Target(output, product)], options: options, key: { key },
            labelBlock: labelBlock)
    }

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - given: images and arrays by the package's names of its inputs.
    ///   - targets: the files, at least one; the work in progress lies beside the first one.
    ///   - key: a digest of the model, the images and whatever else the values depend on; asked for when everything else is judged. What a
    ///     word `images=…` of it holds stands for the images alone.
    ///   - labelBlock: the extents of the blocks in which labels are made, `(y, x)` or `(z, y, x)`; the labels do not depend on them.
    ///   - recheck: called when all values are there; throws if what the key stands for has changed since it was asked for, and nothing
    ///     of the work is used again then.
    ///   - workName: what messages call the folder of the work in progress; by default its path.
    ///   - keepsWork: whether the folder stays when the results have their names, for a caller that has more to do with them: until it is
    ///     removed, the same run takes its results back and goes on from there.
    public init(
        _ predictor: Predictor, on given: [String: InputSource], to targets: [Target], options: PredictionOptions,
        key: @escaping () throws(InferenceError) -> String, recheck: @escaping () throws(InferenceError) -> Void = {},
        labelBlock: [Int]? = nil, workName: String? = nil, keepsWork: Bool = false
    ) {
        self.labelBlock = labelBlock
        self.recheck = recheck
        self.keepsWork = keepsWork
        self.workName = workName ?? StreamedRun.folder(of: targets)
        self.predictor = predictor
        self.given = given
        self.targets = targets
        self.options = options
        self.key = key
    }

    /// Runs.
    ///
    /// - Parameter tell: called with what happens, the tiles before the first and after each one.
    public func run(telling tell: @escaping (RunEvent) -> Void = { _ in }) throws(InferenceError) -> Report {
        let wanted = try [RunTarget](targets, of: predictor.package)
        let folder = StreamedRun.folder(of: targets), isBegun = access(folder + "/journal", F_OK) == 0
        // A run that was giving results their names takes them back.
        for target in targets where !isBegun && access(target.path, F_OK) == 0 { throw .outputExists }
        let predictor = predictor.keeping(outputs: wanted.outputNames)
        let plan = try StreamedPlan(predictor, given, options), tiles = plan.tiles, series = plan.series
        for target in wanted {
            try series.check(target, plan.tiling.extents)
            try checkLabels(of: target, predictor.package, plan, options)
        }
        let key = try key()
        guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
            throw .work(
                found: "no folder can be made beside the output: \(String(cString: strerror(errno)))", remedy: "make its folder writable")
        }
        if let cost = ContextCost(of: plan, predictor, given, options) { tell(.costly(cost)) }
        let products = wanted.map { "\($0.productName) \($0.ending)" }.joined(separator: ", ")
        let journal = try RunJournal(
            folder + "/journal",
            key: "\(key) \(tiles.tiles.count) \(tiles.largestWindow) \(series.names) \(series.shape) \(products) \(waysName)",
            targets: wanted.count, workName: workName)
        let done = finishedTiles(journal, plan)
        let ended = try runSamples(predictor, plan, journal, wanted, in: folder, tell)
        let (prediction, notes, totals) = (ended.prediction, ended.notes, ended.totals)
        do throws(InferenceError) { try recheck() } catch {
            ended.files.discard()
            throw error
        }
        try ended.files.settle(keepsWork: keepsWork)
        let lost = done - ended.resumed
        let lossNote =
            "of \(done) tiles of the interrupted run \(lost) were done again: a file did not hold what had been written into it any more"
        return Report(
            samples: series.count, tiles: tiles.tiles.count * series.count, resumedTiles: ended.resumed, largestWindow: tiles.largestWindow,
            readFactor: prediction.readFactor, nonFiniteValues: totals.nonFinite, isExact: prediction.isExact,
            files: zip(wanted, totals.objects).map { WrittenFile(output: $0.outputs[0].id, objects: $1) },
            tilingClass: prediction.tilingClass, way: prediction.way, instructions: instructions, convolutions: prediction.convolutions,
            notes: StreamedRun.notes(on: plan, predictor, wanted) + plan.imageNotes + notes + predictor.narrowingNotes(journal)
                + (lost > 0 ? [lossNote] : []))
    }

    /// What the samples of a run came to.
    private struct Ended {
        let prediction: Predictor.StreamedPrediction
        let notes: [String]
        let totals: RunTotals
        let files: RunFiles
        /// Tiles that an earlier run had finished, as far as they are still there.
        let resumed: Int
    }

    /// Runs what the journal does not have; from the beginning of what is left where files turn out not to hold what it says.
    private func runSamples(
        _ predictor: Predictor, _ plan: StreamedPlan, _ journal: RunJournal, _ wanted: [RunTarget], in folder: String,
        _ tell: @escaping (RunEvent) -> Void
    ) throws(InferenceError) -> Ended {
        while true {
            let resumed = finishedTiles(journal, plan), files = RunFiles(wanted, plan, in: folder, journal)
            try files.takeBack()
            try DiskRoom(wanted, plan, workName: workName).check(in: folder)
            do throws(InferenceError) {
                let (prediction, notes, totals) = try runSamples(predictor, plan, journal, files, in: folder, tell)
                return Ended(prediction: prediction, notes: notes, totals: totals, files: files, resumed: resumed)
            } catch {
                // Such values end every run of the key, and corrected ones have another.
                if case .values = error { files.discard() }
                guard journal.isShortened else { throw error }
                try journal.load()
            }
        }
    }

    /// The tiles of all samples that an earlier run finished and that are not run again.
    private func finishedTiles(_ journal: RunJournal, _ plan: StreamedPlan) -> Int {
        let tiles = plan.tiles.tiles.count
        return journal.sample * tiles + min(journal.finished.count, tiles - 1)
    }

    /// The folder of the work in progress.
    private static func folder(of targets: [Target]) -> String { (targets.first?.path ?? "") + ".part" }

    /// Refuses labels that outputs of their extents cannot become, or that do not fit into memory, before the first tile.
    private func checkLabels(
        of target: RunTarget, _ package: ModelPackage, _ plan: StreamedPlan, _ options: PredictionOptions
    ) throws(InferenceError) {
        let takesAll = WholeSampleLabelling.isNeeded(by: target.product, target.outputs)
        if case .labels(let method) = target.product { try OutputFormCheck.postprocessor(method, of: package, plan.tiling) }
        guard takesAll else { return }
        let outputs = target.outputs.filter { plan.tiling.extents[$0.id] != nil }
        try WholeSampleLabelling.checkMemory(
            of: outputs.compactMap { plan.tiling.extents[$0.id] }, outputs.map { plan.types.types(of: $0) }, named: target.outputs[0].id,
            memoryBytes: options.memoryBytes)
    }

    /// The least of the sizes from 1 with which the images can be run; `nil` if `most` is not enough.
    ///
    /// - Parameters:
    ///   - most: the largest size that is tried.
    ///   - bytes: what a size leaves for activations; more for larger ones.
    public func leastMemory(upTo most: Int, bytes: (_ size: Int) -> Int) -> Int? {
        guard let wanted = try? [RunTarget](targets, of: predictor.package) else { return nil }
        let predictor = predictor.keeping(outputs: wanted.outputNames)
        return StreamedPlan.leastMemory(predictor, given, options, upTo: most, bytes: bytes) { (plan, options) throws(InferenceError) in
            for target in wanted { try checkLabels(of: target, predictor.package, plan, options) }
        }
    }

    /// The tile with which a run of another bound on memory goes on with the tiles of this one; `nil` if there is none.
    ///
    /// - Parameter bytes: what the other run may take for activations.
    public func tile(keptWith bytes: Int) -> [Int]? {
        guard let wanted = try? [RunTarget](targets, of: predictor.package) else { return nil }
        let predictor = predictor.keeping(outputs: wanted.outputNames)
        guard let own = try? StreamedPlan(predictor, given, options) else { return nil }
        var other = options
        other.memoryBytes = bytes
        other.tile = options.tile ?? own.tiles.tiles.first?.inner.map(\.count)
        return (try? StreamedPlan(predictor, given, other))?.tiles == own.tiles ? other.tile : nil
    }

    private var instructions: InstructionSet { min(options.run.instructions ?? .best, .best) }

    /// What else the bits depend on: AVX2 and AVX-512 give the same.
    private var waysName: String {
        let isFused = instructions >= .avx2
        return "\(options.blending.map { "\($0)" } ?? "") \(options.run.convolutions.rawValue) \(isFused ? "fused" : "baseline")"
    }
}
