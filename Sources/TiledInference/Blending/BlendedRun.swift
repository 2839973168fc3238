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
    private let mirror: [Int]
    private let orders: [String: BlendOrder]
    /// How the network uses the machine.
    let run: RunOptions

    init(
        _ package: ModelPackage, _ network: Network, shapes: [String: [Int]], _ blending: Blending, _ options: PredictionOptions
    ) throws(InferenceError) {
        let sample = try SampleAxes(package, network, shapes: shapes)
        self.sample = sample
        axes = sample.entries.map(\.id)
        let none = axes.isEmpty ? "the model's inputs have no axes along which windows lie" : nil
        if let obstacle = none ?? sample.obstacle {
            throw .noTiling(found: obstacle, remedy: "leave out `inference:`, overlap and mirroring")
        }
        let window = try BlendedRun.window(sample, blending, options)
        var mirror: [Int] = []
        for name in blending.mirror {
            guard let axis = axes.firstIndex(of: name), !mirror.contains(axis) else {
                throw .noTiling(
                    found: "the axis \(name) is to be mirrored\(axes.contains(name) ? " twice" : "")",
                    remedy: "mirror some of \(axes.joined(separator: ", "))")
            }
            mirror.append(axis)
        }
        self.mirror = mirror
        var orders: [String: BlendOrder] = [:]
        for output in package.outputs {
            guard let order = BlendOrder(output, sample) else {
                throw .noTiling(
                    found: "the output \(output.id) has the axes \(output.axisIDs.joined(separator: ", "))",
                    remedy: "leave out `inference:`, overlap and mirroring: they are for outputs with the axes of the image")
            }
            orders[output.id] = order
        }
        self.orders = orders
        let needed: Int
        do throws(NetworkError) {
            needed = try network.workingSetBytes(inputShapes: sample.shapes(window: window), options: options.run)
        } catch {
            throw .package(
                PackageError(
                    .network, file: package.weights.source, found: "a window of \(window) elements: \(error)",
                    remedy: "give a window of extents that the network takes"))
        }
        guard needed <= options.memoryBytes else { throw .memory(neededBytes: needed, allowedBytes: options.memoryBytes) }
        let extents = sample.entries.map(\.extent)
        blend = BlendPlan(blending, window: window, extents: extents, units: sample.entries.map(\.unit))
        plan = TilePlan(overlapping: blend.windows, extents: extents, padded: blend.padded, window: window)
        self.package = package
        self.network = network
        run = options.run
    }

    /// A weight for each place of a window, in C order.
    var weights: [Float] { blend.weights }

    /// How the image goes through: results are averages only where windows overlap or are mirrored.
    var way: TilingWay { blend.overlaps || !mirror.isEmpty ? .blended : plan.tiles.count == 1 ? .whole : .windows }

    /// What the record says.
    var notes: [String] {
        if way == .whole { return padding }
        let window = plan.largestWindow.map(String.init).joined(separator: " x ")
        let mirrored = mirror.isEmpty ? "" : ", as it is and mirrored along \(mirror.map { axes[$0] }.joined(separator: ", "))"
        let runs =
            plan.tiles.count == 1
            ? "one window of \(window) elements was run\(mirrored), and the results were averaged"
            : "\(plan.tiles.count) \(blend.overlaps ? "overlapping windows" : "windows side by side") of \(window) elements were run"
                + (mirrored.isEmpty ? "" : ", each\(mirrored.dropFirst())")
                + (way == .windows ? "" : ", and the results were averaged\(blend.overlaps ? " by weights" : "")")
        return ["\(runs): values depend on the windows"] + padding
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
            guard let channels = order.channels(of: result.shape, window: plan.largestWindow) else {
                throw .noTiling(
                    found: "the output \(output.id) has the extents \(result.shape) for a window of \(plan.largestWindow)",
                    remedy: "leave out `inference:`, overlap and mirroring: they are for outputs as large as the image")
            }
            let share = Float(sets)
            let mean = sets == 1 ? values : values.map { $0 / share }
            all.append(Result(output: output, order: order, channels: channels, values: order.summable(mean, result.shape)))
        }
        return all
    }

    /// The window that is declared, else the only one that the network takes.
    private static func window(
        _ sample: SampleAxes, _ blending: Blending, _ options: PredictionOptions
    ) throws(InferenceError) -> [Int] {
        let wanted = options.tile ?? blending.window
        if let wanted, wanted.count != sample.entries.count {
            throw .noTiling(
                found: "a window of \(wanted)",
                remedy: "give \(sample.entries.count) extents, one for each of \(sample.entries.map(\.id).joined(separator: ", "))")
        }
        var window: [Int] = []
        for (index, axis) in sample.entries.enumerated() {
            if let extent = wanted?[index], extent % axis.unit != 0 {
                throw .noTiling(
                    found: "a window of \(extent) along \(axis.id)",
                    remedy: "the inputs have different resolutions; give a multiple of \(axis.unit), which is whole in each of them")
            }
            switch (axis.sizes, wanted?[index]) {
            case (.fixed(let size), nil): window.append(size)
            case (.fixed(let size), .some(let extent)) where extent == size: window.append(size)
            case (.stepped(let least, let step), .some(let extent)) where extent >= least && (extent - least) % max(1, step) == 0:
                window.append(extent)
            case (.fixed(let size), .some(let extent)):
                throw .noTiling(found: "a window of \(extent) along \(axis.id)", remedy: "the network takes \(size); leave the window out")
            case (.stepped(let least, let step), .some(let extent)):
                throw .noTiling(found: "a window of \(extent) along \(axis.id)", remedy: "the network takes \(least) + n · \(step)")
            case (.stepped, nil):
                throw .noTiling(
                    found: "overlap or mirroring without a window, on which values depend",
                    remedy: "write it into `inference:`, such as `window: [256, 256]`, or give --tile 256x256")
            }
        }
        return window
    }
}

/// Tensors mirrored along axes.
enum Mirror {
    static func along(_ axes: [Int], _ tensor: AxisTensor) -> AxisTensor {
        guard !axes.isEmpty, let floats = tensor.tensor.floats,
            let mirrored = Tensor(shape: tensor.shape, storage: .float32(along(axes, floats, tensor.shape)))
        else { return tensor }
        return AxisTensor(axes: tensor.axes, tensor: mirrored) ?? tensor
    }

    static func along(_ axes: [Int], _ values: [Float], _ shape: [Int]) -> [Float] {
        guard !axes.isEmpty, let row = shape.last, row > 0 else { return values }
        let outer = shape.count - 1, flipsRow = axes.contains(outer)
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for number in 0..<values.count / row {
            var rest = number, source = 0, step = 1
            for axis in (0..<outer).reversed() {
                let place = rest % shape[axis]
                rest /= shape[axis]
                source += (axes.contains(axis) ? shape[axis] - 1 - place : place) * step
                step *= shape[axis]
            }
            let part = values[source * row..<(source + 1) * row]
            if flipsRow { result.append(contentsOf: part.reversed()) } else { result.append(contentsOf: part) }
        }
        return result
    }
}
