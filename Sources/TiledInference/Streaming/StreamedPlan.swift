internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// How images go through a model from file to file, before any pixel is read.
public struct StreamedPlan {
    /// An input of the model that is given.
    struct Source {
        let input: TensorDescription
        /// Where it goes into the network.
        let port: Port
        let source: InputSource
        /// What is given as the input.
        let raw: StreamedInput
    }

    /// In the package's order.
    let sources: [Source]
    /// The passes for a global network's statistics; `nil` where there are none.
    let passes: StatisticsPasses?
    let tiling: ModelTiling
    /// Overlapping windows, where they are declared.
    let blended: BlendedRun?

    /// Plans.
    ///
    /// - Parameter given: what is given, by the package's names of its inputs.
    public init(_ predictor: Predictor, _ given: [String: InputSource], _ options: PredictionOptions) throws(InferenceError) {
        let (package, network) = (predictor.package, predictor.network)
        let ports = try InferenceError.passingOn { () throws(PackageError) in
            try package.ports(of: network, given: Set(given.keys))
        }
        var sources: [Source] = []
        for (input, port) in ports {
            guard let source = given[input.id] else { continue }
            sources.append(Source(input: input, port: port, source: source, raw: try StreamedInput(source, for: input)))
        }
        self.sources = sources
        let shapes = [String: [Int]](sources.map { ($0.input.id, $0.raw.shape) }) { first, _ in first }
        passes = try StatisticsPasses(package, network, shapes: shapes, options: options.ofTiles)
        tiling = try ModelTiling(package, passes?.rehearsal ?? network, shapes: shapes, options: options.ofTiles, inBands: true)
        try OutputFormCheck.steps(of: package, tiling.extents)
        try OutputFormCheck.channels(of: package, tiling.extents)
        blended = try options.blending.map { (blending) throws(InferenceError) in
            try BlendedRun(package, network, shapes: shapes, blending, options)
        }
    }

    /// The tiles or windows.
    public var tiles: TilePlan { blended?.plan ?? tiling.plan }

    /// The inputs as they came, by name.
    var references: [String: StreamedInput] {
        [String: StreamedInput](sources.map { ($0.input.id, $0.raw) }) { first, _ in first }
    }

    /// Where the pixels of the images lie, by input.
    var geometries: [String: ImageGeometry] {
        [String: ImageGeometry](sources.compactMap { own in own.source.image.map { (own.input.id, $0.geometry) } }) { first, _ in first }
    }

    /// The extents of the first image.
    var imageExtents: [Axis: Int] {
        guard let image = sources.first(where: { $0.input.hasPlaces })?.source.image else { return [:] }
        return [Axis: Int](zip(image.axes, image.shape)) { first, _ in first }
    }
}

extension StreamedPlan {
    /// The least of the sizes from 1 with which there is a plan; `nil` if `most` is not enough for one.
    ///
    /// - Parameter bytes: what a size leaves for activations; more for larger ones.
    static func leastMemory(
        _ predictor: Predictor, _ given: [String: InputSource], _ options: PredictionOptions, upTo most: Int,
        bytes: (_ size: Int) -> Int
    ) -> Int? {
        func fits(_ size: Int) -> Bool {
            var options = options
            options.memoryBytes = bytes(size)
            return (try? StreamedPlan(predictor, given, options)) != nil
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
