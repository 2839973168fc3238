internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// How an image goes through a model from file to file, before any pixel is read.
struct StreamedPlan {
    /// The model's only input, and where it goes into the network.
    let input: TensorDescription
    let port: Port
    /// The image as the input.
    let raw: StreamedInput
    /// The passes for a global network's statistics; `nil` where there are none.
    let passes: StatisticsPasses?
    let tiling: ModelTiling
    /// Overlapping windows, where they are declared.
    let blended: BlendedRun?

    init(_ predictor: Predictor, _ image: any ImageBlocks, _ options: PredictionOptions) throws(InferenceError) {
        let (package, network) = (predictor.package, predictor.network)
        guard package.inputs.count == 1, let input = package.inputs.first, let port = network.inputs.first else {
            throw .unfitImage(
                input: package.inputs.first?.id ?? "", found: "the model has \(package.inputs.count) inputs",
                remedy: "images are streamed through models of one input")
        }
        (self.input, self.port) = (input, port)
        raw = try StreamedInput(image, for: input)
        let shapes = [input.id: raw.shape]
        passes = try StatisticsPasses(package, network, shapes: shapes, options: options.ofTiles)
        tiling = try ModelTiling(package, passes?.rehearsal ?? network, shapes: shapes, options: options.ofTiles, inBands: true)
        try LabelFormCheck.steps(of: package, tiling.extents)
        blended = try options.blending.map { (blending) throws(InferenceError) in
            try BlendedRun(package, network, shapes: shapes, blending, options)
        }
    }

    /// The tiles or windows.
    var tiles: TilePlan { blended?.plan ?? tiling.plan }
}

extension StreamedPlan {
    /// The least of the sizes from 1 with which there is a plan; `nil` if `most` is not enough for one.
    ///
    /// - Parameter bytes: what a size leaves for activations; more for larger ones.
    static func leastMemory(
        _ predictor: Predictor, _ image: any ImageBlocks, _ options: PredictionOptions, upTo most: Int, bytes: (_ size: Int) -> Int
    ) -> Int? {
        func fits(_ size: Int) -> Bool {
            var options = options
            options.memoryBytes = bytes(size)
            return (try? StreamedPlan(predictor, image, options)) != nil
        }
        var (low, high) = (0, most)
        guard fits(high) else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if fits(middle) { high = middle } else { low = middle }
        }
        return high
    }
}
