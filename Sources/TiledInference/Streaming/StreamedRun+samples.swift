internal import ModelPackages
internal import NeuralNetwork

/// What all samples of a run come to together.
struct RunTotals: Equatable {
    /// Values of the images that are not finite.
    var nonFinite = 0
    /// By target, the number of objects, where labels of objects are made.
    var objects: [Int?]
    /// The first sample of each input that holds such values.
    private(set) var unusual: [UnusualSample] = []

    /// Values that are not finite in an input of a sample.
    struct UnusualSample: Equatable {
        let sample: Int
        /// The input's number in the package.
        let input: Int
        let notANumber: Int
        let infinite: Int
        /// Where the first one is.
        let first: [Int]
    }

    /// Takes a sample that holds such values, if it is the first of its input.
    mutating func add(_ sample: UnusualSample) {
        if !unusual.contains(where: { $0.input == sample.input }) { unusual.append(sample) }
    }

    /// Adds what a sample came to.
    mutating func add(objects counts: [Int?]) {
        for (target, count) in counts.enumerated() {
            if let count { objects[target] = (objects[target] ?? 0) + count }
        }
    }
}

extension RunTotals.UnusualSample {
    init(sample: Int, input: Int, _ values: NonFiniteValues) {
        self.init(sample: sample, input: input, notANumber: values.notANumber, infinite: values.infinite, first: values.first)
    }

    func values(of input: TensorDescription) -> NonFiniteValues {
        NonFiniteValues(notANumber: notANumber, infinite: infinite, axes: input.axisIDs, first: first)
    }
}

extension StreamedRun {
    /// Sends the samples that are not finished through a model, one after another, in the same tiles.
    ///
    /// - Returns: what the last sample tells, with the notes of all, and what all come to.
    func runSamples(
        _ predictor: Predictor, _ plan: StreamedPlan, _ journal: RunJournal, _ files: RunFiles, in folder: String,
        _ tell: @escaping (RunEvent) -> Void
    ) throws(InferenceError) -> (prediction: Predictor.StreamedPrediction, notes: [String], totals: RunTotals) {
        let series = plan.series, tiles = plan.tiles.tiles.count, all = tiles * series.count, first = journal.sample
        let batches = try BatchStatistics(plan, of: predictor.package)
        var (sample, totals, notes) = (first, journal.totals, [String]())
        var done = first * tiles + journal.finished.subtracting([tiles - 1]).count
        // What an interrupted run told of samples that it finished is told again, so that both come to the same report.
        for known in totals.unusual {
            guard predictor.package.inputs.indices.contains(known.input) else { continue }
            let input = predictor.package.inputs[known.input]
            tell(.nonFinite(input: input.id, known.values(of: input), sample: series.words(of: known.sample)))
        }
        while true {
            files.begin(at: series.place(of: sample), isFresh: journal.isFresh)
            let most = (sample + 1) * tiles
            let work = StreamedWork(journal: journal, files: files, folder: folder, geometries: plan.geometries) {
                (tile, sums) throws(InferenceError) in
                // The last tile is run again to learn what the outputs are like.
                if !journal.finished.contains(tile) { try journal.note(tile, sums: sums) }
                done = min(done + 1, most)
                tell(.tiles(done: done, all: all))
            }
            let own = try plan.sample(sample), place = series.words(of: sample)
            let prediction = try InferenceError.inSample(place) { () throws(InferenceError) in
                try predictor.stream(own, work, batches) { found in
                    for (input, values) in found {
                        totals.nonFinite += values.count
                        if let number = predictor.package.inputs.firstIndex(where: { $0.id == input }) {
                            totals.add(RunTotals.UnusualSample(sample: sample, input: number, values))
                        }
                        tell(.nonFinite(input: input, values, sample: place))
                    }
                    if sample == first { tell(.tiles(done: done, all: all)) }
                }
            }
            notes += prediction.notes.filter { !notes.contains($0) }
            let isLast = sample == series.count - 1
            if isLast, files.needsFinish { tell(.finishing) }
            if files.needsFinish { predictor.network.releaseMemory() }
            let objects = try InferenceError.inSample(place) { () throws(InferenceError) in
                try files.finish(predictor, own, memoryBytes: options.memoryBytes, labelBlock: labelBlock)
            }
            totals.add(objects: objects)
            guard !isLast else { return (prediction, notes, totals) }
            sample += 1
            try journal.begin(sample: sample, totals)
        }
    }

    /// What the record says of several samples.
    static func notes(on plan: StreamedPlan, _ predictor: Predictor, _ targets: [RunTarget]) -> [String] {
        let series = plan.series, package = predictor.package, sample = plan.tiling.sample
        guard series.count > 1 else { return [] }
        let shapes = sample.shapes(window: sample.probe(sample.entries.map(\.unit)))
        let isJoint = series.axes.contains(.batch) && package.inputs.contains { !$0.batchStatisticalSteps.isEmpty }
        let statistics =
            isJoint ? "statistics over the batch are those of all of it, others those of each alone" : "statistics are those of each alone"
        let hasLabels = targets.contains { !$0.isOutput || $0.outputs[0].labelStepID != nil }
        return [
            "\(series.count) samples along \(series.names) went through one after another: \(statistics)"
                + (hasLabels ? "; labels begin with 1 in each, and nothing is joined between them" : "")
        ] + [BatchMixers(package, predictor.network, shapes: shapes).note(samples: series.count)].compactMap(\.self)
    }
}
