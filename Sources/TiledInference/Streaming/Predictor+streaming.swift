internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension Predictor {
    /// What streaming through a model tells beside the values.
    struct StreamedPrediction {
        /// Whether the result is, bit for bit, that of one run on the (padded) whole image.
        let isExact: Bool
        /// What the network allows.
        let tilingClass: TilingClass
        /// How the image went through it.
        let way: TilingWay
        /// Elements that the network read for one element of the image.
        let readFactor: Double
        /// How convolutions were computed.
        let convolutions: RunOptions.Convolutions
        /// What is to be written into the record.
        let notes: [String]
    }

    /// Sends a sample through a model, tile by tile from the images' files to other files.
    ///
    /// The same steps as in `predict(_:options:progress:)`, with the same bits as a result: statistics for the preprocessing are
    /// taken in passes over the blocks, windows are read, prepared and run one after another, and their inner parts are written at
    /// once. Steps after the network are carried out only where they look at each element alone. The last tile is always run, to learn
    /// what the outputs are like.
    ///
    /// - Parameters:
    ///   - plan: the plan with the sample's inputs.
    ///   - inspected: called before the first tile with the values of each input that are not finite, if there are any.
    func stream(
        _ plan: StreamedPlan, _ work: StreamedWork, _ batches: BatchStatistics,
        inspected: ([(input: String, values: NonFiniteValues)]) -> Void
    ) throws(InferenceError) -> StreamedPrediction {
        let (tiling, passes) = (plan.tiling, plan.passes)
        var inputs: [PreparedInput] = []
        for source in plan.sources {
            let id = source.input.id, number = package.inputs.firstIndex { $0.id == id } ?? 0, journal = work.journal
            let input = try PreparedInput(
                source, of: package, plan, batches, wasRounded: journal.rounded.contains(number),
                wereCut: journal.withoutFractions.contains(number), roundingBegan: { journal.note(rounding: number) })
            if input.fractions != nil { journal.note(cutting: number) }
            inputs.append(input)
        }
        inspected(inputs.compactMap { input in input.nonFinite.map { (input.description.id, $0) } })
        func notes() -> [String] {
            package.notes + [package.orderNote(of: network)].compactMap(\.self) + package.castNotes(of: network)
                + inputs.compactMap(\.fractions) + inputs.compactMap(\.rounding) + tiling.sample.geometryNotes(package, work.geometries)
        }
        if let blended = plan.blended {
            try runBlended(blended, SampleReader(inputs, blended.sample), work)
            return StreamedPrediction(
                isExact: blended.way == .whole, tilingClass: tiling.tilingClass, way: blended.way,
                readFactor: blended.plan.readFactor(), convolutions: blended.run.convolutions, notes: notes() + blended.notes)
        }
        let reader = SampleReader(inputs, tiling.sample)
        let settled = try passes?.run(reading: reader, earlier: work.journal.statistics) { (pass, taken) throws(InferenceError) in
            try work.journal.note(taken, ofPass: pass)
        }
        let predictor = settled.map { Predictor(package, network: $0) } ?? self
        try predictor.runTiles(
            plan, reader, StreamedSinks(package, tiling, work.geometries, work.files, plan.types, waitingBytes: plan.waitingBytes), work)
        return StreamedPrediction(
            isExact: tiling.isExact && settled == nil, tilingClass: settled == nil ? tiling.tilingClass : .global,
            way: settled == nil ? tiling.way : .statistics, readFactor: tiling.readFactor,
            convolutions: tiling.run.convolutions,
            notes: notes() + [passes?.note].compactMap(\.self) + tiling.notes)
    }

    private func runTiles(
        _ plan: StreamedPlan, _ reader: SampleReader, _ sinks: StreamedSinks, _ work: StreamedWork
    ) throws(InferenceError) {
        let tiling = plan.tiling
        if let bands = tiling.bands { return try runStrips(tiling, bands, reader, sinks, work) }
        let tiles = tiling.plan.tiles
        for (number, tile) in tiles.enumerated() where number == tiles.count - 1 || !work.isDone(number) {
            let windows = try reader.windows(tile)
            let results = try InferenceError.passingOn { () throws(PackageError) in
                try package.run(network, on: windows, options: tiling.run)
            }
            for description in package.outputs {
                guard let result = results[description.id] else { continue }
                guard description.isImage else {
                    // It has no place on a tile, so that the image runs in one window.
                    _ = try work.files.values(of: result, description)
                    let cropped = result.cropped(to: tiling.extents[description.id] ?? [])
                    try work.files.write(whole: description, processed(cropped, of: description, references: plan.references))
                    continue
                }
                let (source, target, full) = try sinks.stitcher.placement(of: description, result, tile)
                try sinks.write(description, result, source, target, full)
            }
            try work.finished(number, [])
        }
    }

    /// An output that is there as a whole, after all its steps.
    private func processed(
        _ result: AxisTensor, of output: TensorDescription, references: [String: StreamedInput]
    ) throws(InferenceError) -> AxisTensor {
        let processed = try InferenceError.passingOn { () throws(PackageError) in
            var tensor = result
            let origin = result.shape.map { _ in 0 }
            for step in try package.settlePostprocessing(of: output, WholeSample(tensor: result), references: references) {
                tensor = try step.apply(to: tensor, at: origin)
            }
            return tensor
        }
        try InferenceError.refusing(of: nil) { () throws(PackageError) in try output.checkExactness(of: processed) }
        return processed
    }

    /// Sends strips of tiles through the network in bands of rows; a tile is finished when its last row is written.
    private func runStrips(
        _ tiling: ModelTiling, _ bands: BandShape, _ reader: SampleReader, _ sinks: StreamedSinks, _ work: StreamedWork
    ) throws(InferenceError) {
        let tiles = tiling.plan.tiles
        for strip in BandedStrip.strips(tiling.plan, bands, isDone: { $0 != tiles.count - 1 && work.isDone($0) }) {
            let windows = strip.bands(of: bands.rows)
            var waiting = strip.tiles[...]
            sinks.beginStrip()
            var run: BandedRun?
            for window in windows {
                // Only networks of one input are run in bands.
                guard let rows = try reader.windows(window).values.first else { continue }
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
                    try work.finished(tile, [])
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

    /// What is told of whole numbers that declared types rounded, in any sample.
    func narrowingNotes(_ journal: RunJournal) -> [String] {
        zip(package.outputs, network.outputs).enumerated().compactMap { number, pair in
            journal.narrowed.contains(number) ? pair.0.narrowingNote(of: pair.1.elementType) : nil
        }
    }

    private func failure(_ error: NetworkError) -> InferenceError {
        .package(
            PackageError(
                .network, file: package.weights.source, found: "\(error)", remedy: error.remedy))
    }
}

/// A sample in memory.
private struct WholeSample: StreamedSample {
    let tensor: AxisTensor

    var axes: [String] { tensor.axes }
    var shape: [Int] { tensor.shape }

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {
        try visit(tensor, shape.map { _ in 0 })
    }
}
