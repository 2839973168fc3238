internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files of a run in its folder: results into which a sample's tiles go at once, and scratch files of outputs that are needed as a
/// whole.
final class RunFiles {
    private let targets: [RunTarget]
    private let results: RunResults
    private let folder: String
    /// The names of the outputs that are computed, in the package's order.
    private let outputNames: [String]
    private let journal: RunJournal
    /// Outputs in scratch files, in the order in which they were opened.
    private var scratch: [ScratchSample] = []

    /// Scratch files in which labels and steps are made, beside those of outputs and sums.
    private static let passing = ["processed", "parts", "masks", "objects"]

    init(_ targets: [RunTarget], _ plan: StreamedPlan, in folder: String, _ journal: RunJournal) {
        self.targets = targets
        self.folder = folder
        self.journal = journal
        results = RunResults(targets, plan, in: folder, journal)
        outputNames = plan.outputNames
    }

    /// Begins a sample.
    ///
    /// - Parameters:
    ///   - place: where it is along the free axes.
    ///   - isFresh: whether no tile of it is finished, so that sums are those of another.
    func begin(at place: [Series.FreeAxis: Int], isFresh: Bool) {
        results.place = place
        scratch = []
        if isFresh { removeSums() }
    }

    /// Whether something is made of outputs as a whole when all tiles are done.
    var needsFinish: Bool { !scratch.isEmpty }

    /// Opens the files into which an output's tiles go; none if the output is not wanted.
    func open(_ output: StreamedOutput) throws(InferenceError) -> [any BlockWriter] {
        let name = output.description.id
        var writers: [any BlockWriter] = []
        for (place, target) in targets.enumerated() where target.isDirect && target.outputs[0].id == name {
            writers.append(try results.maps(place, output))
        }
        if let place = targets.gatheredNames.firstIndex(of: name) {
            let name = "values\(RunFiles.number(place))", file = try scratchFile(name, output, output.tileType)
            try journal.compare(name, isOfSample: true, with: file)
            scratch.append(ScratchSample(output: output, file: file))
            writers.append(RecordedWriter(file, named: name, in: journal))
        }
        return writers
    }

    /// Values of an output as they go on from the network; refused where float64 does not hold them, and noted where float32 does not and
    /// is declared.
    func values(of result: AxisTensor, _ output: TensorDescription) throws(InferenceError) -> RealValues {
        try InferenceError.refusing(of: nil) { () throws(PackageError) in try output.checkExactness(of: result) }
        let values = output.stepValues(result.tensor.storage)
        if output.isRounded(values, from: result.tensor.elementType), let number = outputNames.firstIndex(of: output.id) {
            journal.note(narrowing: number)
        }
        return values
    }

    /// Writes an output that is no image, after all its steps.
    func write(whole output: TensorDescription, _ values: AxisTensor) throws(InferenceError) {
        for (place, target) in targets.enumerated() where target.outputs[0].id == output.id {
            try results.write(place, whole: values, of: output)
        }
    }

    /// What is done when all values of the sample lie in scratch files: steps that need them all, then labels.
    ///
    /// - Parameter labelBlock: the extents of the blocks in which labels are made; `nil` to choose.
    /// - Returns: by target, the number of objects where labels of objects were made.
    func finish(
        _ predictor: Predictor, _ plan: StreamedPlan, memoryBytes: Int, labelBlock: [Int]?
    ) throws(InferenceError) -> [Int?] {
        var objects: [Int?] = []
        for (place, target) in targets.enumerated() {
            let samples = target.outputs.compactMap { output in scratch.first { $0.output.description.id == output.id } }
            guard !target.isDirect, let main = samples.first else {
                objects.append(nil)
                continue
            }
            // What an interrupted run left here may be half written; it is made anew from the values.
            remove(RunFiles.passing)
            if let whole = WholeSampleLabelling(predictor, samples, target.product) {
                objects.append(
                    try whole.write(
                        to: LabelFile(results: results, number: place), references: plan.references, imageExtents: plan.imageExtents,
                        memoryBytes: memoryBytes))
                continue
            }
            let values = try processed(main, target, place, predictor, plan, memoryBytes: memoryBytes)
            guard case .labels(let method) = target.product else {
                objects.append(nil)
                continue
            }
            objects.append(
                try BlockLabelling(
                    method, ChannelPlanes(main.output, values), memoryBytes: memoryBytes, folder: folder, blocks: labelBlock
                ).write(to: LabelFile(results: results, number: place)))
        }
        return objects
    }

    /// The values after the steps that need them all: in the result, or in a scratch file where labels follow.
    private func processed(
        _ sample: ScratchSample, _ target: RunTarget, _ place: Int, _ predictor: Predictor, _ plan: StreamedPlan, memoryBytes: Int
    ) throws(InferenceError) -> BlockFile {
        guard sample.output.description.needsWholeSample else { return sample.file }
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try predictor.package.settlePostprocessing(of: sample.output.description, sample, references: plan.references)
        }
        var values = sample.file
        var writer: any BlockWriter
        if case .output = target.product {
            writer = try results.maps(place, sample.output)
        } else {
            values = try scratchFile("processed", sample.output, sample.output.types.processed)
            writer = values
        }
        let output = sample.output
        for box in sample.boxes(ofAtMost: memoryBytes / 2 / output.types.valueBytes) {
            let changed = try output.processed(box) { (part) throws(InferenceError) in
                let values = try InferenceError.passingOn { () throws(ImageError) in try sample.values(part) }
                return try output.processed(values, part.map(\.count), at: part.map(\.lowerBound), with: steps)
            }
            let whole = PlacedValues(changed, target: box)
            for part in output.parts(of: box, for: [writer]) {
                let pixels = output.arranged(whole.cut(part), of: part).pixels(output.types.processed)
                try InferenceError.passingOn { () throws(ImageError) in try writer.write(pixels, to: output.region(part)) }
            }
        }
        return values
    }

    /// Takes results back that an earlier run gave their names, so that the run goes on from before that.
    func takeBack() throws(InferenceError) { try results.takeBack() }

    /// Gives the results their names and removes what was needed on the way, the journal last.
    ///
    /// - Parameter keepsWork: whether what was needed stays, so that the run could be repeated from it.
    func settle(keepsWork: Bool) throws(InferenceError) {
        try results.settle()
        guard !keepsWork else { return }
        removeWork()
    }

    /// Removes all that the run has made, of which no other run could use anything.
    func discard() {
        results.discard()
        scratch = []
        removeWork()
    }

    /// Removes what is needed on the way, the journal last.
    private func removeWork() {
        remove(targets.gatheredNames.indices.map { "values\(RunFiles.number($0))" } + RunFiles.passing)
        removeSums()
        remove(["journal"])
        rmdir(folder)
    }

    /// Removes the sums of overlapping windows.
    private func removeSums() {
        for place in 1...max(1, targets.outputNames.count) { remove(["sums-\(place)", "sums-\(place)-kept"]) }
    }

    private func remove(_ names: [String]) {
        for name in names { unlink(folder + "/" + name) }
    }

    /// What stands behind a file's name: nothing for the first, then `-2` and so on.
    static func number(_ place: Int) -> String { place == 0 ? "" : "-\(place + 1)" }

    private func scratchFile(_ name: String, _ output: StreamedOutput, _ type: PixelType) throws(InferenceError) -> BlockFile {
        try InferenceError.passingOn { () throws(ImageError) in
            try BlockFile(folder + "/" + name, shape: output.imageShape, axes: output.imageAxes, type: type, tile: (256, 256))
        }
    }
}
