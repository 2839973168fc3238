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

/// The files of a run in its folder: results into which tiles go at once, and scratch files of outputs that are needed as a whole.
final class RunFiles {
    private let targets: [RunTarget]
    private let folder: String
    /// Outputs in scratch files, in the order in which they were opened.
    private var scratch: [ScratchSample] = []

    /// Scratch files in which labels and steps are made, beside those of outputs and sums.
    private static let passing = ["processed", "parts", "objects"]

    init(_ targets: [RunTarget], in folder: String) {
        self.targets = targets
        self.folder = folder
    }

    /// The path of a target's result before it gets its name.
    func result(_ place: Int) -> String { "\(folder)/result\(RunFiles.number(place))\(targets[place].ending)" }

    /// Whether something is made of outputs as a whole when all tiles are done.
    var needsFinish: Bool { !scratch.isEmpty }

    /// Opens the files into which an output's tiles go; none if the output is not wanted.
    func open(_ output: StreamedOutput) throws(InferenceError) -> [any BlockWriter] {
        let name = output.description.id
        var writers: [any BlockWriter] = []
        for (place, target) in targets.enumerated() where target.isDirect && target.outputs[0].id == name {
            writers.append(try RunFiles.writer(result(place), output))
        }
        if let place = targets.gatheredNames.firstIndex(of: name) {
            let file = try scratchFile("values\(RunFiles.number(place))", output)
            scratch.append(ScratchSample(output: output, file: file))
            writers.append(file)
        }
        return writers
    }

    /// Writes an output that is no image, after all its steps, as float32.
    func write(whole output: TensorDescription, _ values: AxisTensor) throws(InferenceError) {
        for (place, target) in targets.enumerated() where target.outputs[0].id == output.id {
            try InferenceError.passingOn { () throws(ImageError) in
                try NPY.write(NPYArray(shape: values.shape, pixels: .float32(values.floatValues)), to: result(place))
            }
        }
    }

    /// What is done when all values lie in scratch files: steps that need them all, then labels.
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
                        to: result(place), references: plan.references, imageExtents: plan.imageExtents, memoryBytes: memoryBytes))
                continue
            }
            let values = try processed(main, target, to: result(place), predictor, plan)
            guard case .labels(let method) = target.product else {
                objects.append(nil)
                continue
            }
            objects.append(
                try BlockLabelling(
                    method, ChannelPlanes(main.output, values), memoryBytes: memoryBytes, folder: folder, blocks: labelBlock
                ).write(to: result(place)))
        }
        return objects
    }

    /// The values after the steps that need them all: in the result, or in a scratch file where labels follow.
    private func processed(
        _ sample: ScratchSample, _ target: RunTarget, to result: String, _ predictor: Predictor, _ plan: StreamedPlan
    ) throws(InferenceError) -> BlockFile {
        guard sample.output.description.needsWholeSample else { return sample.file }
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try predictor.package.settlePostprocessing(of: sample.output.description, sample, references: plan.references)
        }
        var values = sample.file
        var writer: any BlockWriter
        if case .output = target.product {
            writer = try RunFiles.writer(result, sample.output)
        } else {
            values = try scratchFile("processed", sample.output)
            writer = values
        }
        for box in sample.boxes {
            let floats = try InferenceError.passingOn { () throws(ImageError) in try sample.floats(box) }
            let changed = try sample.output.processed(floats, box.map(\.count), at: box.map(\.lowerBound), with: steps)
            try InferenceError.passingOn { () throws(ImageError) in
                try writer.write(.float32(sample.output.arranged(changed, of: box)), to: sample.output.region(box))
            }
        }
        return values
    }

    /// Gives the results their names, the first one's last, and removes what was needed on the way.
    func settle() throws(InferenceError) {
        for place in targets.indices.reversed() {
            guard rename(result(place), targets[place].path) == 0 else {
                throw .work(found: "the result cannot get its name: \(String(cString: strerror(errno)))", remedy: "choose another name")
            }
        }
        remove(targets.gatheredNames.indices.map { "values\(RunFiles.number($0))" } + RunFiles.passing)
        removeSums()
        remove(["journal"])
        rmdir(folder)
    }

    /// Removes the sums of overlapping windows.
    func removeSums() {
        for place in 1...max(1, targets.outputNames.count) { remove(["sums-\(place)", "sums-\(place)-kept"]) }
    }

    private func remove(_ names: [String]) {
        for name in names { unlink(folder + "/" + name) }
    }

    /// What stands behind a file's name: nothing for the first, then `-2` and so on.
    private static func number(_ place: Int) -> String { place == 0 ? "" : "-\(place + 1)" }

    private static func writer(_ path: String, _ output: StreamedOutput) throws(InferenceError) -> any BlockWriter {
        try InferenceError.passingOn { () throws(ImageError) in
            try ImageFile.blockWriter(
                path, shape: output.imageShape, axes: output.imageAxes, type: .float32, geometry: output.geometry,
                channels: output.channels)
        }
    }

    private func scratchFile(_ name: String, _ output: StreamedOutput) throws(InferenceError) -> BlockFile {
        try InferenceError.passingOn { () throws(ImageError) in
            try BlockFile(folder + "/" + name, shape: output.imageShape, axes: output.imageAxes, type: .float32, tile: (256, 256))
        }
    }
}
