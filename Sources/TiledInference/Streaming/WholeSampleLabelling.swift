internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// Labels of an output in a scratch file by a step or a method that needs all its values at once, as long as they fit into memory.
struct WholeSampleLabelling {
    private let predictor: Predictor
    private let sample: ScratchSample
    private let product: StreamedRun.Product

    /// `nil` if the labels are made block by block, or if there are none.
    init?(_ predictor: Predictor, _ sample: ScratchSample, _ product: StreamedRun.Product) {
        switch product {
        case .labels(.stardist), .labels(.cellposeFlows), .labels(.packageLabels): break
        case .labels, .output: if sample.output.description.labelStepID == nil { return nil }
        }
        self.predictor = predictor
        self.sample = sample
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
        let output = sample.output
        if case .labels(.stardist(let method)) = product, let other = method.probability?.output, other != output.description.id {
            throw .unfitOutput(
                output: other, found: "`stardist` reads two outputs, and images are streamed into one",
                remedy: "join probability and rays in one output")
        }
        // The values, their channels one by one, and the rays of candidates.
        let needed = output.shape.reduce(12, *)
        guard needed <= memoryBytes else {
            throw .memoryAtOnce(
                what: "making labels of the output \(output.description.id), which takes all its values at once,", neededBytes: needed,
                allowedBytes: memoryBytes, remedy: "give a smaller image")
        }
        let all = output.shape.map { 0..<$0 }
        let values = try InferenceError.passingOn { () throws(ImageError) in try sample.floats(all) }
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try predictor.package.settlePostprocessing(
                of: output.description, sample, references: [predictor.package.inputs[0].id: raw])
        }
        guard let tensor = Tensor(shape: output.shape, storage: .float32(values)),
            var labelled = AxisTensor(axes: output.description.axisIDs, tensor: tensor)
        else { return nil }
        for step in steps {
            let before = labelled
            labelled = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: before, at: all.map { _ in 0 }) }
        }
        guard
            let predicted = PredictedTensor(
                id: output.description.id, axes: output.description.axes, shape: labelled.shape, values: labelled.floatValues,
                spacing: spacing(of: labelled))
        else { return nil }
        let method: LabelPostprocessor
        switch product {
        case .labels(let declared): method = declared
        case .output:
            guard let own = PackageLabels(output.description) else { return nil }
            method = .packageLabels(own)
        }
        let labels = try method.labels(from: [predicted], imageExtents: imageExtents)
        try LabelWriter.write(labels, to: path)
        return Int(labels.labels.max() ?? 0)
    }

    /// The output's spacing, narrower where a step made more elements.
    private func spacing(of labelled: AxisTensor) -> [Axis: Double] {
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
