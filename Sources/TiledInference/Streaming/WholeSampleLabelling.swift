internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// Labels of outputs in scratch files by a step or a method that needs all their values at once, as long as they fit into memory.
struct WholeSampleLabelling {
    private let predictor: Predictor
    /// The output of which labels are made, then others that are read beside it.
    private let samples: [ScratchSample]
    private let product: StreamedRun.Product

    /// `nil` if the labels are made block by block, or if there are none.
    init?(_ predictor: Predictor, _ samples: [ScratchSample], _ product: StreamedRun.Product) {
        switch product {
        case .labels(.stardist), .labels(.cellposeFlows), .labels(.packageLabels): break
        case .labels, .output: if samples.allSatisfy({ $0.output.description.labelStepID == nil }) { return nil }
        }
        self.predictor = predictor
        self.samples = samples
        self.product = product
    }

    /// Writes the labels; returns the number of objects.
    ///
    /// - Parameters:
    ///   - raw: the input as it came, for steps that refer to it.
    ///   - imageExtents: the extents of the image.
    func write(
        to path: String, raw: StreamedInput, imageExtents: [Axis: Int], memoryBytes: Int
    ) throws(InferenceError) -> Int? {
        // The values, their channels one by one, and the rays of candidates.
        let needed = samples.reduce(0) { $0 + $1.output.shape.reduce(12, *) }
        guard needed <= memoryBytes else {
            throw .memoryAtOnce(
                what: "making labels of the output \(samples[0].output.description.id), which takes all its values at once,",
                neededBytes: needed, allowedBytes: memoryBytes, remedy: "give a smaller image")
        }
        var outputs: [PredictedTensor] = []
        for sample in samples {
            if let output = try processed(sample, raw) { outputs.append(output) }
        }
        let method: LabelPostprocessor
        switch product {
        case .labels(let declared): method = declared
        case .output:
            guard let own = PackageLabels(samples[0].output.description) else { return nil }
            method = .packageLabels(own)
        }
        let labels = try method.labels(from: outputs, imageExtents: imageExtents)
        try LabelWriter.write(labels, to: path)
        return Int(labels.labels.max() ?? 0)
    }

    /// An output after all its steps.
    private func processed(_ sample: ScratchSample, _ raw: StreamedInput) throws(InferenceError) -> PredictedTensor? {
        let output = sample.output, all = output.shape.map { 0..<$0 }
        let values = try InferenceError.passingOn { () throws(ImageError) in try sample.floats(all) }
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try predictor.package.settlePostprocessing(
                of: output.description, sample, references: [predictor.package.inputs[0].id: raw])
        }
        guard let tensor = Tensor(shape: output.shape, storage: .float32(values)),
            var result = AxisTensor(axes: output.description.axisIDs, tensor: tensor)
        else { return nil }
        for step in steps {
            let before = result
            result = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: before, at: all.map { _ in 0 }) }
        }
        return PredictedTensor(
            id: output.description.id, axes: output.description.axes, shape: result.shape, values: result.floatValues,
            spacing: spacing(of: result, sample))
    }

    /// The output's spacing, narrower where a step made more elements.
    private func spacing(of labelled: AxisTensor, _ sample: ScratchSample) -> [Axis: Double] {
        var result: [Axis: Double] = [:]
        for (axis, distance) in sample.output.spacing {
            guard let place = labelled.axes.firstIndex(of: axis.rawValue), labelled.shape[place] > 0 else { continue }
            result[axis] = distance * Double(sample.output.shape[place]) / Double(labelled.shape[place])
        }
        return result
    }
}

extension LabelWriter {
    /// Writes labels that lie in memory.
    static func write(_ image: LabelImage, to path: String) throws(InferenceError) {
        let axes = [Axis.z, .y, .x].suffix(image.shape.count)
        var spacing: [Axis: Double] = [:]
        for (axis, distance) in zip(axes, image.spacing) { spacing[axis] = distance }
        let writer = try LabelWriter(
            path, shape: image.shape, axes: Array(axes), spacing: spacing, largest: Int(image.labels.max() ?? 0))
        try writer.write(image.labels, to: image.shape.map { 0..<$0 })
    }
}
