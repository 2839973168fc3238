public import Imaging
internal import ModelPackages
internal import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A model's run on images in files, one for each input, to an image in a file: memory is bounded, and an interrupted run goes on.
///
/// While it runs, everything lies in a folder `NAME.part` beside the output; at the end the result gets its name and the folder goes.
/// A run that finds such a folder of the same model, images and options does only the tiles that are missing; the bytes of the
/// result are the same.
public struct StreamedRun {
    /// What is written.
    public enum Product: Sendable {
        /// An output of the model by name, the first where there is none, as float32.
        case output(String?)
        /// Labels.
        case labels(LabelPostprocessor)
    }

    /// What a run came to.
    public struct Report: Sendable {
        /// The number of tiles, and how many of them an earlier run had finished.
        public let tiles: Int
        /// How many tiles an earlier run had finished.
        public let resumedTiles: Int
        /// The extents of the largest window.
        public let largestWindow: [Int]
        /// Elements that the network read for one element of the image: 1 where nothing was read twice.
        public let readFactor: Double
        /// Whether the result is, bit for bit, that of one run on the whole image.
        public let isExact: Bool
        /// The number of objects, where labels of objects were made.
        public let objects: Int?
        /// What the network allows.
        public let tilingClass: TilingClass
        /// How the image went through it.
        public let way: TilingWay
        /// What is to be written into the record.
        public let notes: [String]
    }

    private let predictor: Predictor
    private let images: [String: any ImageBlocks]
    private let output: String
    private let product: Product
    private let options: PredictionOptions
    private let key: () throws(InferenceError) -> String
    private let labelBlock: [Int]?
    private let workName: String

    /// Prepares a run on one image, for a model that needs no more.
    public init(
        _ predictor: Predictor, on image: any ImageBlocks, to output: String, _ product: Product, options: PredictionOptions, key: String,
        labelBlock: [Int]? = nil
    ) {
        self.init(
            predictor, on: [predictor.package.inputs[0].id: image], to: output, product, options: options, key: { key },
            labelBlock: labelBlock)
    }

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - images: the images by the package's names of its inputs.
    ///   - output: the result's path; `.zarr`, `.tif` or `.tiff`.
    ///   - key: a digest of the model, the images and whatever else the values depend on; asked for when everything else is judged.
    ///   - labelBlock: the extents of the blocks in which labels are made, `(y, x)` or `(z, y, x)`; the labels do not depend on them.
    ///   - workName: what messages call the folder of the work in progress; by default its path.
    public init(
        _ predictor: Predictor, on images: [String: any ImageBlocks], to output: String, _ product: Product, options: PredictionOptions,
        key: @escaping () throws(InferenceError) -> String, labelBlock: [Int]? = nil, workName: String? = nil
    ) {
        self.labelBlock = labelBlock
        self.workName = workName ?? output + ".part"
        self.predictor = predictor
        self.images = images
        self.output = output
        self.product = product
        self.options = options
        self.key = key
    }

    /// Runs.
    ///
    /// - Parameter tell: called with what happens, the tiles before the first and after each one.
    public func run(telling tell: @escaping (RunEvent) -> Void = { _ in }) throws(InferenceError) -> Report {
        let name = output.lowercased()
        guard let ending = [".zarr", ".tif", ".tiff"].first(where: name.hasSuffix) else {
            throw .work(found: "the output's name ends with no format that can be written in blocks", remedy: "write .zarr, .tif or .tiff")
        }
        let folder = output + ".part"
        guard access(output, F_OK) != 0 else {
            throw .work(found: "the output exists", remedy: "remove it or choose another name")
        }
        let wanted = try wantedOutputs()
        let plan = try StreamedPlan(predictor, images, options), tiles = plan.tiles
        try checkLabels(of: wanted, plan.tiling)
        let key = try key()
        guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
            throw .work(
                found: "no folder can be made beside the output: \(String(cString: strerror(errno)))", remedy: "make its folder writable")
        }
        let result = folder + "/result" + ending
        if let cost = ContextCost(of: plan, predictor, images, options) { tell(.costly(cost)) }
        let journal = try RunJournal(
            folder + "/journal", key: "\(key) \(tiles.tiles.count) \(tiles.largestWindow) \(productName) \(waysName)", workName: workName)
        if journal.isNew { for name in Self.sums { unlink(folder + "/" + name) } }
        var done = journal.finished.subtracting([tiles.tiles.count - 1]).count
        var scratch: [ScratchSample] = []
        let goesThrough = isDirect(wanted[0])
        let work = StreamedWork(journal: journal, folder: folder, geometries: plan.geometries) { (tile, all) throws(InferenceError) in
            // The last tile is run again to learn what the outputs are like.
            if !journal.finished.contains(tile) { try journal.note(tile) }
            done = min(done + 1, all)
            tell(.tiles(done: done, all: all))
        }
        let prediction = try predictor.stream(
            plan, work,
            inspected: { found in
                for (input, values) in found { tell(.nonFinite(input: input, values)) }
                tell(.tiles(done: done, all: tiles.tiles.count))
            },
            open: { (output) throws(InferenceError) in
                guard let place = wanted.firstIndex(where: { $0.id == output.description.id }) else { return nil }
                if goesThrough { return try writer(result, output) }
                let file = try scratchFile(folder + (place == 0 ? "/values" : "/values-\(place + 1)"), output)
                scratch.append(ScratchSample(output: output, file: file))
                return file
            })
        var objects: Int?
        if let main = scratch.first(where: { $0.output.description.id == wanted[0].id }) {
            tell(.finishing)
            objects = try finish(main, scratch.filter { $0.output.description.id != wanted[0].id }, plan, folder, result)
        }
        try settle(result, folder)
        return Report(
            tiles: tiles.tiles.count, resumedTiles: min(journal.finished.count, tiles.tiles.count - 1), largestWindow: tiles.largestWindow,
            readFactor: prediction.readFactor, isExact: prediction.isExact, objects: objects, tilingClass: prediction.tilingClass,
            way: prediction.way, notes: prediction.notes)
    }

    /// Refuses labels that outputs of their extents cannot become, or that do not fit into memory, before the first tile.
    private func checkLabels(of wanted: [TensorDescription], _ tiling: ModelTiling) throws(InferenceError) {
        let takesAll = WholeSampleLabelling.isNeeded(by: product, wanted)
        var method: LabelPostprocessor?
        if case .labels(let declared) = product { method = declared }
        guard takesAll || method != nil else { return }
        if let method { try OutputFormCheck.postprocessor(method, of: predictor.package, tiling) }
        guard takesAll else { return }
        try WholeSampleLabelling.checkMemory(
            of: wanted.compactMap { tiling.extents[$0.id] }, named: wanted[0].id, memoryBytes: options.memoryBytes)
    }

    /// The least of the sizes from 1 with which the images can be run; `nil` if `most` is not enough.
    ///
    /// - Parameter bytes: what a size leaves for activations; more for larger ones.
    public func leastMemory(upTo most: Int, bytes: (_ size: Int) -> Int) -> Int? {
        StreamedPlan.leastMemory(predictor, images, options, upTo: most, bytes: bytes)
    }

    /// Gives the result its name and removes what was needed on the way.
    private func settle(_ result: String, _ folder: String) throws(InferenceError) {
        guard rename(result, output) == 0 else {
            throw .work(found: "the result cannot get its name: \(String(cString: strerror(errno)))", remedy: "choose another name")
        }
        for file in ["values", "values-2", "processed", "parts", "objects", "journal"] + Self.sums { unlink(folder + "/" + file) }
        rmdir(folder)
    }

    /// The files of the sums of overlapping windows, for the outputs that a product may need.
    private static let sums = ["sums-1", "sums-2", "sums-1-kept", "sums-2-kept"]

    /// The output of which the product is made, then others that are read beside it.
    private func wantedOutputs() throws(InferenceError) -> [TensorDescription] {
        let outputs = predictor.package.outputs
        var names: [String?]
        switch product {
        case .output(let name): names = [name]
        case .labels(let method):
            names = [method.source.output]
            if case .stardist(let stars) = method, let probability = stars.probability { names.append(probability.output) }
        }
        var wanted: [TensorDescription] = []
        for name in names {
            guard let output = name == nil ? outputs.first : outputs.first(where: { $0.id == name }) else {
                throw .unfitOutput(
                    output: name ?? "(first)", found: "the model does not have it",
                    remedy: "use one of \(outputs.map(\.id).joined(separator: ", "))")
            }
            if !wanted.contains(where: { $0.id == output.id }) { wanted.append(output) }
        }
        return wanted
    }

    /// Whether tiles are written into the result at once.
    private func isDirect(_ output: TensorDescription) -> Bool {
        if case .output = product { !output.needsWholeSample } else { false }
    }

    private var productName: String {
        switch product {
        case .output(let name): "output \(name ?? "")"
        case .labels(let method): "labels \(method)"
        }
    }

    /// What else the bits depend on: AVX2 and AVX-512 give the same.
    private var waysName: String {
        let isFused = min(options.run.instructions ?? .best, .best) >= .avx2
        return "\(options.blending.map { "\($0)" } ?? "") \(options.run.convolutions.rawValue) \(isFused ? "fused" : "baseline")"
    }

    /// What is done when all values lie in the scratch file: steps that need them all, then labels.
    private func finish(
        _ sample: ScratchSample, _ others: [ScratchSample], _ plan: StreamedPlan, _ folder: String, _ result: String
    ) throws(InferenceError) -> Int? {
        // What an interrupted run left here may be half written; it is made anew from the values.
        for file in ["processed", "parts", "objects"] { unlink(folder + "/" + file) }
        if let whole = WholeSampleLabelling(predictor, [sample] + others, product) {
            return try whole.write(
                to: result, references: plan.references, imageExtents: plan.imageExtents, memoryBytes: options.memoryBytes)
        }
        var values = sample.file
        if sample.output.description.needsWholeSample {
            let steps = try InferenceError.passingOn { () throws(PackageError) in
                try predictor.package.settlePostprocessing(of: sample.output.description, sample, references: plan.references)
            }
            var target: any BlockWriter
            if case .output = product {
                target = try writer(result, sample.output)
            } else {
                values = try scratchFile(folder + "/processed", sample.output)
                target = values
            }
            for box in sample.boxes {
                let floats = try InferenceError.passingOn { () throws(ImageError) in try sample.floats(box) }
                let changed = try sample.output.processed(floats, box.map(\.count), at: box.map(\.lowerBound), with: steps)
                try InferenceError.passingOn { () throws(ImageError) in
                    try target.write(.float32(sample.output.arranged(changed, of: box)), to: sample.output.region(box))
                }
            }
        }
        guard case .labels(let method) = product else { return nil }
        return try BlockLabelling(
            method, ChannelPlanes(sample.output, values), memoryBytes: options.memoryBytes, folder: folder, blocks: labelBlock
        ).write(to: result)
    }

    private func writer(_ path: String, _ output: StreamedOutput) throws(InferenceError) -> any BlockWriter {
        try InferenceError.passingOn { () throws(ImageError) in
            try ImageFile.blockWriter(
                path, shape: output.imageShape, axes: output.imageAxes, type: .float32, geometry: output.geometry,
                channels: output.channels)
        }
    }

    private func scratchFile(_ path: String, _ output: StreamedOutput) throws(InferenceError) -> BlockFile {
        try InferenceError.passingOn { () throws(ImageError) in
            try BlockFile(path, shape: output.imageShape, axes: output.imageAxes, type: .float32, tile: (256, 256))
        }
    }
}
