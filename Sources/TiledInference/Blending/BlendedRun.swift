internal import ModelPackages
internal import NeuralNetwork

/// Runs a network on overlapping windows, one after the other in raster order.
struct BlendedRun {
    let plan: TilePlan
    let sample: SampleAxes
    /// The names of the axes of a window.
    let axes: [String]
    private let package: ModelPackage
    private let network: Network
    private let blend: BlendPlan
    private let form: BlendForm
    /// How the network uses the machine, and the bytes that it may take.
    let run: RunOptions
    let memoryBytes: Int

    init(
        _ package: ModelPackage, _ network: Network, shapes: [String: [Int]], _ blending: Blending, _ options: PredictionOptions
    ) throws(InferenceError) {
        let sample = try SampleAxes(package, network, shapes: shapes)
        self.sample = sample
        axes = sample.entries.map(\.id)
        form = try BlendForm(package, network, sample, blending, tile: options.tile, run: options.run)
        guard form.neededBytes <= options.memoryBytes else {
            throw .memory(neededBytes: form.neededBytes, allowedBytes: options.memoryBytes)
        }
        let window = form.window
        let extents = sample.entries.map(\.extent)
        blend = BlendPlan(blending, window: window, extents: extents, units: sample.entries.map(\.unit))
        plan = TilePlan(overlapping: blend.windows, extents: extents, padded: blend.padded, window: window)
        self.package = package
        self.network = network
        run = options.run
        memoryBytes = options.memoryBytes
    }

    private var mirror: [Int] { form.mirror }

    private var orders: [String: BlendOrder] { form.orders }

    /// A weight for each place of a window, in C order.
    var weights: [Float] { blend.weights }

    /// How the image goes through: results are averages only where windows overlap or are mirrored.
    var way: TilingWay { blend.overlaps || !mirror.isEmpty ? .blended : plan.tiles.count == 1 ? .whole : .windows }

    /// What the record says.
    var notes: [String] {
        if way == .whole { return padding + rounding }
        let window = plan.largestWindow.map(String.init).joined(separator: " x ")
        let mirrored = mirror.isEmpty ? "" : ", as it is and mirrored along \(mirror.map { axes[$0] }.joined(separator: ", "))"
        let runs =
            plan.tiles.count == 1
            ? "one window of \(window) elements was run\(mirrored), and the results were averaged"
            : "\(plan.tiles.count) \(blend.overlaps ? "overlapping windows" : "windows side by side") of \(window) elements were run"
                + (mirrored.isEmpty ? "" : ", each\(mirrored.dropFirst())")
                + (way == .windows ? "" : ", and the results were averaged\(blend.overlaps ? " by weights" : "")")
        return ["\(runs): values depend on the windows"] + padding + rounding
    }

    /// That sums round what the network makes in wider types.
    private var rounding: [String] {
        zip(package.outputs, network.outputs).filter { $1.elementType.isWide }.map { output, port in
            "\(output.id): results of windows are added up in float32, which rounds the network's values of \(port.elementType.rawValue); "
                + "whole numbers are exact up to 16777216 at most"
        }
    }

    private var padding: [String] {
        var notes: [String] = []
        for (index, axis) in axes.enumerated() where plan.paddedExtents[index] > plan.extents[index] {
            notes.append("\(axis) was padded from \(plan.extents[index]) to \(plan.paddedExtents[index]) elements at its end")
        }
        return notes
    }

    /// The result of a window in one output.
    struct Result {
        let output: TensorDescription
        let order: BlendOrder
        let channels: Int
        /// (channels, …), the mean over the mirrored runs.
        let values: [Float]
    }

    /// Runs a window.
    func results(_ inputs: [String: AxisTensor]) throws(InferenceError) -> [Result] {
        var means: [String: (tensor: AxisTensor, values: [Float])] = [:]
        let sets = 1 << mirror.count
        for set in 0..<sets {
            let flipped = mirror.indices.filter { set >> $0 & 1 == 1 }.map { mirror[$0] }
            var mirrored = inputs
            for image in package.inputs where image.hasPlaces {
                let places = sample.places[image.id] ?? []
                let axes = places.indices.filter { places[$0].map { flipped.contains($0.entry) } ?? false }
                mirrored[image.id] = inputs[image.id].map { Mirror.along(axes, $0) }
            }
            let results = try InferenceError.passingOn { [mirrored] () throws(PackageError) in
                try package.run(network, on: mirrored, options: run)
            }
            for (name, result) in results {
                let values = Mirror.along(orders[name]?.places(of: flipped) ?? [], result.floatValues, result.shape)
                guard let known = means[name] else {
                    means[name] = (result, values)
                    continue
                }
                means[name] = (result, zip(known.values, values).map { $0 + $1 })
            }
        }
        var all: [Result] = []
        for output in package.outputs {
            guard let (result, values) = means[output.id], let order = orders[output.id] else { continue }
            let channels = try form.channels(of: output, result.shape)
            let share = Float(sets)
            let mean = sets == 1 ? values : values.map { $0 / share }
            all.append(Result(output: output, order: order, channels: channels, values: order.summable(mean, result.shape)))
        }
        return all
    }
}
