public import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension Predictor {
    /// What streaming through a model tells beside the values.
    public struct StreamedPrediction: Sendable {
        /// The tiles that were used.
        public let plan: TilePlan
        /// Whether the result is, bit for bit, that of one run on the (padded) whole image.
        public let isExact: Bool
        /// What is to be written into the record.
        public let notes: [String]
    }

    /// Sends an image through a model of one input, tile by tile from its file to other files.
    ///
    /// The same steps as in `predict(_:options:progress:)`, with the same bits as a result: statistics for the preprocessing are
    /// taken in passes over the blocks, windows are read, prepared and run one after another, and their inner parts are written at
    /// once. Steps after the network are carried out only where they look at each element alone.
    ///
    /// - Parameters:
    ///   - isDone: whether the tile of a number was finished by an earlier run; the last tile is always run.
    ///   - planned: called with the plan before anything is read.
    ///   - open: makes the file of an output before its first value is written; `nil` if the output is not wanted. Values are float32.
    ///   - finished: called when all outputs of the tile of a number are written.
    public func stream(
        _ image: any ImageBlocks, options: PredictionOptions = .init(),
        planned: (TilePlan) throws(InferenceError) -> Void = { _ in },
        isDone: (_ tile: Int) -> Bool = { _ in false },
        open: (StreamedOutput) throws(InferenceError) -> (any BlockWriter)?,
        finished: (_ tile: Int, _ all: Int) throws(InferenceError) -> Void = { _, _ in }
    ) throws(InferenceError) -> StreamedPrediction {
        guard package.inputs.count == 1, let input = package.inputs.first, let port = network.inputs.first else {
            throw .unfitImage(
                input: package.inputs.first?.id ?? "", found: "the model has \(package.inputs.count) inputs",
                remedy: "images are streamed through models of one input")
        }
        let raw = try StreamedInput(image, for: input)
        let tiling = try ModelTiling(package, network, shapes: [input.id: raw.shape], options: options)
        try planned(tiling.plan)
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try package.settlePreprocessing(of: input, raw, references: [input.id: raw])
        }
        var rounding: String?
        let reader = WindowReader(
            axes: raw.axes, shape: raw.shape, tiledAxes: tiling.axes, padding: ModelTiling.padding(of: input)
        ) { (box) throws(InferenceError) in
            let origin = box.map(\.lowerBound)
            var window = try raw.window(box)
            for step in steps {
                window = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: window, at: origin) }
            }
            let prepared = window
            let fitted = try InferenceError.passingOn { () throws(PackageError) in try package.fitted(prepared, of: input, to: port) }
            if let note = fitted.note { rounding = note }
            return (fitted.tensor, origin)
        }
        var sinks: [String: (output: StreamedOutput, writer: (any BlockWriter)?)] = [:]
        let stitcher = Stitcher(package.outputs, tiling)
        let tiles = tiling.plan.tiles
        for (number, tile) in tiles.enumerated() where number == tiles.count - 1 || !isDone(number) {
            let windows = [input.id: try reader.window(tile)]
            let results = try InferenceError.passingOn { () throws(PackageError) in
                try package.run(network, on: windows, options: tiling.run)
            }
            for description in package.outputs {
                guard let result = results[description.id] else { continue }
                let (source, target, full) = try stitcher.placement(of: description, result, tile)
                if sinks[description.id] == nil {
                    let spacing = Predictor.scaled(image.spacing, axes: description.axisIDs, shape: full, tiling)
                    let output = try StreamedOutput(description, shape: full, spacing: spacing)
                    sinks[description.id] = (output, try open(output))
                }
                guard let (output, writer) = sinks[description.id], let writer else { continue }
                guard output.shape == full else {
                    throw .unfitOutput(
                        output: description.id, found: "extents that differ from tile to tile", remedy: "run the image whole")
                }
                try write(result, source, target, output, writer)
            }
            try finished(number, tiles.count)
        }
        return StreamedPrediction(
            plan: tiling.plan, isExact: tiling.isExact, notes: package.notes + [rounding].compactMap(\.self) + tiling.notes)
    }

    /// Cuts a tile's inner part out of its result, carries out the steps that look at each element alone, and writes it.
    private func write(
        _ result: AxisTensor, _ source: [Range<Int>], _ target: [Range<Int>], _ output: StreamedOutput, _ writer: any BlockWriter
    ) throws(InferenceError) {
        guard source.allSatisfy({ !$0.isEmpty }) else { return }
        let extents = source.map(\.count)
        var values = [Float](repeating: 0, count: extents.reduce(1, *))
        Stitcher.copy(result.floatValues, result.shape, source, into: &values, extents, at: extents.map { _ in 0 })
        if !output.description.needsWholeSample {
            values = try processed(values, extents, at: target.map(\.lowerBound), output, with: elementwise(output))
        }
        let region = output.region(target)
        try InferenceError.passingOn { () throws(ImageError) in try writer.write(.float32(values), to: region) }
    }

    /// The steps of an output that need no statistics; taking them reads nothing.
    private func elementwise(_ output: StreamedOutput) throws(InferenceError) -> [SettledStep] {
        try InferenceError.passingOn { () throws(PackageError) in
            try package.settlePostprocessing(
                of: output.description, UnseenSample(axes: output.description.axisIDs, shape: output.shape), references: [:])
        }
    }

    /// Carries steps out on part of an output; the result is float32, booleans are 0 and 1.
    func processed(
        _ values: [Float], _ extents: [Int], at origin: [Int], _ output: StreamedOutput, with steps: [SettledStep]
    ) throws(InferenceError) -> [Float] {
        guard !steps.isEmpty else { return values }
        guard let part = Tensor(shape: extents, storage: .float32(values)),
            var tensor = AxisTensor(axes: output.description.axisIDs, tensor: part)
        else { return values }
        for step in steps {
            let before = tensor
            tensor = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: before, at: origin) }
        }
        return tensor.floatValues
    }
}

/// A sample of which nothing but the extents is known.
private struct UnseenSample: StreamedSample {
    let axes: [String]
    let shape: [Int]

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {}
}
