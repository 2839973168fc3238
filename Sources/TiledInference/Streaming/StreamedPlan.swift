internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// How images go through a model from file to file, before any pixel is read: in the same way for each sample.
public struct StreamedPlan {
    /// An input of the model that is given.
    struct Source {
        let input: TensorDescription
        /// Where it goes into the network.
        let port: Port
        /// What is given for all samples.
        let all: InputSource
        /// What the sample gets of it.
        let source: InputSource
        /// The same in the order of the model's axes.
        let raw: StreamedInput
    }

    /// The samples.
    let series: Series
    /// The inputs of a sample, in the package's order; those of the first one unless another is chosen.
    private(set) var sources: [Source]
    /// The sample's place along the free axes.
    private(set) var place: [Series.FreeAxis: Int]
    /// The passes for a global network's statistics; `nil` where there are none.
    let passes: StatisticsPasses?
    let tiling: ModelTiling
    /// The most bytes of finished rows that wait until blocks of a file are full: a sixteenth of what the network has, at most 64 MiB.
    let waitingBytes: Int
    /// Overlapping windows, where they are declared.
    let blended: BlendedRun?
    /// The names of the outputs, in the package's order.
    let outputNames: [String]
    /// Of what the outputs are, by name.
    let types: [String: ResultTypes]

    /// Plans.
    ///
    /// - Parameter given: what is given, by the package's names of its inputs.
    public init(_ predictor: Predictor, _ given: [String: InputSource], _ options: PredictionOptions) throws(InferenceError) {
        let (package, network) = (predictor.package, predictor.network)
        let ports = try InferenceError.passingOn { () throws(PackageError) in
            try package.ports(of: network, given: Set(given.keys))
        }
        waitingBytes = min(options.memoryBytes / 16, 64 << 20)
        series = try Series(ports.compactMap { input, _ in given[input.id].map { (input, $0) } })
        place = series.place(of: 0)
        var sources: [Source] = []
        for (input, port) in ports {
            guard let all = given[input.id] else { continue }
            sources.append(try Source(input: input, port: port, all: all, at: place))
        }
        self.sources = sources
        let shapes = [String: [Int]](sources.map { ($0.input.id, $0.raw.shape) }) { first, _ in first }
        // Files are written tile by tile where they are images.
        let obstacle = package.outputs.lazy.compactMap { output in
            output.imageObstacle.map { "only images are written tile by tile, and the output \(output.id) \($0)" }
        }.first
        passes = try obstacle == nil ? StatisticsPasses(package, network, shapes: shapes, options: options.ofTiles) : nil
        tiling = try ModelTiling(
            package, passes?.rehearsal ?? network, shapes: shapes, options: options.ofTiles, inBands: true, obstacle: obstacle)
        try OutputFormCheck.steps(of: package, tiling.extents)
        try OutputFormCheck.channels(of: package, tiling.extents)
        blended = try options.blending.map { (blending) throws(InferenceError) in
            try BlendedRun(package, network, shapes: shapes, blending, options)
        }
        outputNames = package.outputs.map(\.id)
        types = [String: ResultTypes](package, network, isAveraged: blended != nil)
    }

    /// The same plan with the inputs of a sample, which is counted from 0.
    func sample(_ number: Int) throws(InferenceError) -> StreamedPlan {
        var plan = self
        plan.place = series.place(of: number)
        plan.sources = []
        for own in sources { plan.sources.append(try Source(input: own.input, port: own.port, all: own.all, at: plan.place)) }
        return plan
    }

    /// The tiles or windows of a sample.
    public var tiles: TilePlan { blended?.plan ?? tiling.plan }

    /// The inputs as they came, by name.
    var references: [String: StreamedInput] {
        [String: StreamedInput](sources.map { ($0.input.id, $0.raw) }) { first, _ in first }
    }

    /// Where the pixels of the images lie, by input.
    var geometries: [String: ImageGeometry] {
        [String: ImageGeometry](sources.compactMap { own in own.source.image.map { (own.input.id, $0.geometry) } }) { first, _ in first }
    }

    /// Where the places along the free axes are, as far as the images say.
    var freeGeometry: ImageGeometry {
        var geometry = ImageGeometry()
        for axis in series.axes.compactMap(\.imageAxis) {
            for own in sources where own.all.image?.axes.contains(axis) == true && geometry[axis] == .pixels {
                geometry[axis] = own.all.image?.geometry[axis] ?? .pixels
            }
        }
        return geometry
    }

    /// What the images' files say that is not taken as it stands.
    var imageNotes: [String] {
        var notes: [String] = []
        for own in sources {
            for note in own.all.image?.notes ?? [] where !notes.contains(note) { notes.append(note) }
        }
        return notes
    }

    /// The extents of the first image.
    var imageExtents: [Axis: Int] {
        guard let first = sources.first(where: { $0.input.hasPlaces }) else { return [:] }
        guard let image = first.source.image else {
            let named = zip(first.input.axes, first.raw.shape).compactMap { axis, extent in axis.imageAxis.map { ($0, extent) } }
            return [Axis: Int](named) { first, _ in first }
        }
        return [Axis: Int](zip(image.axes, image.shape)) { first, _ in first }
    }
}

extension StreamedPlan.Source {
    fileprivate init(
        input: TensorDescription, port: Port, all: InputSource, at place: [Series.FreeAxis: Int]
    ) throws(InferenceError) {
        (self.input, self.port, self.all) = (input, port, all)
        source = try all.sample(at: place, for: input)
        raw = try StreamedInput(source, for: input)
    }
}

extension StreamedPlan {
    /// The least of the sizes from 1 with which there is a plan; `nil` if `most` is not enough for one.
    ///
    /// - Parameters:
    ///   - most: the largest size that is tried.
    ///   - bytes: what a size leaves for activations; more for larger ones.
    ///   - check: throws where a plan needs more than its options allow.
    static func leastMemory(
        _ predictor: Predictor, _ given: [String: InputSource], _ options: PredictionOptions, upTo most: Int,
        bytes: (_ size: Int) -> Int, check: (StreamedPlan, PredictionOptions) throws(InferenceError) -> Void
    ) -> Int? {
        func fits(_ size: Int) -> Bool {
            var options = options
            options.memoryBytes = bytes(size)
            do throws(InferenceError) {
                try check(try StreamedPlan(predictor, given, options), options)
                return true
            } catch { return false }
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
