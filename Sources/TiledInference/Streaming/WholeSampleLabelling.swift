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
        guard Self.isNeeded(by: product, samples.map(\.output.description)) else { return nil }
        self.predictor = predictor
        self.samples = samples
        self.product = product
    }

    /// Whether a product of outputs is made of all their values at once.
    static func isNeeded(by product: StreamedRun.Product, _ outputs: [TensorDescription]) -> Bool {
        switch product {
        case .labels(.stardist), .labels(.cellposeFlows), .labels(.packageLabels): true
        case .labels, .output: outputs.contains { $0.labelStepID != nil }
        }
    }

    /// That outputs of these extents fit into memory: their values, and their channels one by one.
    static func checkMemory(
        of shapes: [[Int]], _ types: [ResultTypes], named name: String, candidates: Int = 0, memoryBytes: Int
    ) throws(InferenceError) {
        // The values before and behind the steps, and channels in float32.
        let needed = zip(shapes, types).reduce(candidates) { $0 + $1.0.reduce(2 * $1.1.valueBytes + MemoryLayout<Float>.stride, *) }
        guard needed <= memoryBytes else {
            throw .memoryAtOnce(
                what: "making labels of the output \(name), which takes all its values at once,", neededBytes: needed,
                allowedBytes: memoryBytes, remedy: candidates > 0 ? "raise the probability threshold" : "give a smaller image")
        }
    }

    /// Writes the labels; returns the number of objects.
    ///
    /// - Parameters:
    ///   - references: the inputs as they came, for steps that refer to them.
    ///   - imageExtents: the extents of the image.
    func write(
        to file: LabelFile, references: [String: StreamedInput], imageExtents: [Axis: Int], memoryBytes: Int
    ) throws(InferenceError) -> Int? {
        let shapes = samples.map(\.output.shape), types = samples.map(\.output.types), name = samples[0].output.description.id
        try Self.checkMemory(of: shapes, types, named: name, memoryBytes: memoryBytes)
        var outputs: [PredictedTensor] = []
        for sample in samples {
            if let output = try processed(sample, references) { outputs.append(output) }
        }
        let method: LabelPostprocessor
        switch product {
        case .labels(let declared): method = declared
        case .output:
            guard let own = PackageLabels(samples[0].output.description) else { return nil }
            method = .packageLabels(own)
        }
        if case .stardist(let stars) = method {
            let candidates = try stars.candidateBytes(in: outputs)
            try Self.checkMemory(of: shapes, types, named: name, candidates: candidates, memoryBytes: memoryBytes)
        }
        let labels = try method.labels(from: outputs, imageExtents: imageExtents)
        try file.write(labels, geometry: geometry(ofLabels: labels.shape.count, by: method))
        return Int(labels.labels.max() ?? 0)
    }

    /// An output after all its steps.
    private func processed(_ sample: ScratchSample, _ references: [String: StreamedInput]) throws(InferenceError) -> PredictedTensor? {
        let output = sample.output, all = output.shape.map { 0..<$0 }
        let values = try InferenceError.passingOn { () throws(ImageError) in try sample.values(all) }
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try predictor.package.settlePostprocessing(
                of: output.description, sample, references: references)
        }
        guard let tensor = Tensor(shape: output.shape, storage: values.storage),
            var result = AxisTensor(axes: output.description.axisIDs, tensor: tensor)
        else { return nil }
        for step in steps {
            let before = result
            result = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: before, at: all.map { _ in 0 }) }
        }
        return PredictedTensor(
            id: output.description.id, axes: output.description.axes, shape: result.shape,
            real: RealValues(result.tensor.storage))
    }

    /// Where labels of so many axes lie: as the output's elements, or on a finer grid that the package's step or the method makes.
    private func geometry(ofLabels axes: Int, by method: LabelPostprocessor) -> ImageGeometry {
        let output = samples[0].output
        let growths = [output.description.labelGrowth ?? [], method.growth(along: axes)]
        guard growths.joined().contains(where: { $0 > 1 }) else { return output.geometry }
        var geometry = output.cells
        for growth in growths {
            for (axis, count) in zip([Axis.z, .y, .x].suffix(growth.count), growth) { geometry.stretch(axis, by: 1 / Double(count)) }
        }
        return geometry
    }
}
