public import Imaging
public import ModelPackages
internal import NeuralNetwork

extension Predictor {
    /// What streaming through a model tells beside the values.
    public struct StreamedPrediction: Sendable {
        /// The tiles that were used.
        public let plan: TilePlan
        /// Whether the result is, bit for bit, that of one run on the (padded) whole image.
        public let isExact: Bool
        /// What the network allows.
        public let tilingClass: TilingClass
        /// How the image went through it.
        public let way: TilingWay
        /// Elements that the network read for one element of the image.
        public let readFactor: Double
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
    ///   - planned: called with the plan before anything is read, and with what context costs where that is much.
    ///   - inspected: called before the first tile with the image's values that are not finite, if there are any.
    ///   - scratch: the path for a scratch file of a name, for overlapping windows.
    ///   - open: makes the file of an output before its first value is written; `nil` if the output is not wanted. Values are float32.
    ///   - finished: called when all outputs of the tile of a number are written.
    public func stream(
        _ image: any ImageBlocks, options: PredictionOptions = .init(),
        planned: (TilePlan, ContextCost?) throws(InferenceError) -> Void = { _, _ in },
        inspected: (NonFiniteValues?) -> Void = { _ in },
        isDone: (_ tile: Int) -> Bool = { _ in false },
        scratch: (_ name: String) -> String? = { _ in nil },
        open: @escaping (StreamedOutput) throws(InferenceError) -> (any BlockWriter)?,
        finished: (_ tile: Int, _ all: Int) throws(InferenceError) -> Void = { _, _ in }
    ) throws(InferenceError) -> StreamedPrediction {
        let plan = try StreamedPlan(self, image, options)
        let (input, port, raw, tiling, passes) = (plan.input, plan.port, plan.raw, plan.tiling, plan.passes)
        try planned(plan.tiles, ContextCost(of: plan, self, image, options))
        var nonFinite: NonFiniteValues?
        if !image.type.isInteger {
            nonFinite = try InferenceError.passingOn { () throws(PackageError) in try NonFiniteValues(raw) }
        }
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
        inspected(nonFinite.flatMap { $0.count > 0 ? $0 : nil })
        if let blended = plan.blended {
            try runBlended(blended, image, input, reader, scratch: scratch, open: open, finished: finished)
            return StreamedPrediction(
                plan: blended.plan, isExact: false, tilingClass: tiling.tilingClass, way: .blended,
                readFactor: blended.plan.readFactor(),
                notes: package.notes + [rounding].compactMap(\.self) + blended.notes)
        }
        let settled = try passes?.run { (tile) throws(InferenceError) in try reader.window(tile) }
        let predictor = settled.map { Predictor(package, network: $0) } ?? self
        try predictor.runTiles(
            tiling, input, reader, StreamedSinks(package, tiling, image.geometry, open), isDone: isDone, finished: finished)
        return StreamedPrediction(
            plan: tiling.plan, isExact: tiling.isExact && settled == nil, tilingClass: settled == nil ? tiling.tilingClass : .global,
            way: settled == nil ? tiling.way : .statistics, readFactor: tiling.readFactor,
            notes: package.notes + [rounding].compactMap(\.self) + [passes?.note].compactMap(\.self) + tiling.notes)
    }

    private func runTiles(
        _ tiling: ModelTiling, _ input: TensorDescription, _ reader: WindowReader, _ sinks: StreamedSinks,
        isDone: (Int) -> Bool, finished: (_ tile: Int, _ all: Int) throws(InferenceError) -> Void
    ) throws(InferenceError) {
        if let bands = tiling.bands {
            return try runStrips(tiling, bands, reader, sinks, isDone: isDone, finished: finished)
        }
        let tiles = tiling.plan.tiles
        for (number, tile) in tiles.enumerated() where number == tiles.count - 1 || !isDone(number) {
            let windows = [input.id: try reader.window(tile)]
            let results = try InferenceError.passingOn { () throws(PackageError) in
                try package.run(network, on: windows, options: tiling.run)
            }
            for description in package.outputs {
                guard let result = results[description.id] else { continue }
                let (source, target, full) = try sinks.stitcher.placement(of: description, result, tile)
                try sinks.write(description, result, source, target, full)
            }
            try finished(number, tiles.count)
        }
    }

    /// Sends strips of tiles through the network in bands of rows; a tile is finished when its last row is written.
    private func runStrips(
        _ tiling: ModelTiling, _ bands: BandShape, _ reader: WindowReader, _ sinks: StreamedSinks,
        isDone: (Int) -> Bool, finished: (_ tile: Int, _ all: Int) throws(InferenceError) -> Void
    ) throws(InferenceError) {
        let tiles = tiling.plan.tiles
        for strip in BandedStrip.strips(tiling, bands, isDone: { $0 != tiles.count - 1 && isDone($0) }) {
            let windows = strip.bands(of: bands.rows)
            var waiting = strip.tiles[...]
            sinks.beginStrip()
            var run: BandedRun?
            for window in windows {
                let rows = try reader.window(window)
                if run == nil { run = try banded(rows, strip, bands, tiling) }
                for part in try advance(run, rows) {
                    guard let index = network.outputs.firstIndex(where: { $0.name == part.output }), index < package.outputs.count,
                        let result = AxisTensor(axes: package.outputs[index].axisIDs, tensor: part.tensor)
                    else { continue }
                    let description = package.outputs[index]
                    let (source, target, full) = try sinks.stitcher.placement(
                        of: description, result, rows: part.rows, height: part.height, of: strip)
                    try sinks.gather(description, result, source, target, full)
                }
                let isLast = window.window[0].upperBound == strip.window[0].upperBound
                if isLast { try sinks.flush() }
                while let tile = waiting.first, isLast || sinks.hasRows(below: tiles[tile]) {
                    waiting.removeFirst()
                    try finished(tile, tiles.count)
                }
            }
        }
    }

    private func banded(
        _ rows: AxisTensor, _ strip: BandedStrip, _ bands: BandShape, _ tiling: ModelTiling
    ) throws(InferenceError) -> BandedRun {
        var shape = rows.shape
        shape[2] = strip.window[0].count
        do {
            if let run = try network.banded(inputShape: shape, rows: bands.rows, stride: bands.stride, options: tiling.run) { return run }
        } catch { throw failure(error) }
        throw .noTiling(
            found: "the network cannot be run in bands on a window of \(strip.window.map(\.count))", remedy: "give a tile, such as 512x512")
    }

    private func advance(_ run: BandedRun?, _ rows: AxisTensor) throws(InferenceError) -> [BandedRun.Part] {
        do { return try run?.advance(rows.tensor) ?? [] } catch { throw failure(error) }
    }

    private func failure(_ error: NetworkError) -> InferenceError {
        .package(
            PackageError(
                .network, file: package.weights.source, found: "\(error)", remedy: error.remedy))
    }
}
