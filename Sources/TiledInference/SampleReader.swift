internal import ModelPackages

/// Cuts the windows of a tile out of all inputs of a sample.
struct SampleReader {
    /// By the package's input.
    private let readers: [String: WindowReader]

    /// Inputs that are in memory, prepared.
    init(_ package: ModelPackage, _ sample: SampleAxes, _ prepared: [String: AxisTensor]) {
        var readers: [String: WindowReader] = [:]
        for input in package.inputs {
            guard let tensor = prepared[input.id], let places = sample.places[input.id] else { continue }
            readers[input.id] = WindowReader(tensor, places: places, padding: ModelTiling.padding(of: input))
        }
        self.readers = readers
    }

    /// Inputs that come from files.
    init(_ inputs: [PreparedInput], _ sample: SampleAxes) {
        var readers: [String: WindowReader] = [:]
        for input in inputs { readers[input.description.id] = input.reader(sample) }
        self.readers = readers
    }

    /// The windows by input; behind the end of an input stands its padding.
    func windows(_ tile: TilePlan.Tile) throws(InferenceError) -> [String: AxisTensor] {
        var windows: [String: AxisTensor] = [:]
        for (name, reader) in readers { windows[name] = try reader.window(tile) }
        return windows
    }
}
