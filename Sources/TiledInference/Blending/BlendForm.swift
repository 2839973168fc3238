internal import ModelPackages
internal import NeuralNetwork

/// What follows from declared windows and the model, whatever the image: the window's extents, the mirrored axes and where outputs have
/// theirs.
struct BlendForm {
    /// The extents of a window along the sample's axes.
    let window: [Int]
    /// The mirrored axes, by their numbers.
    let mirror: [Int]
    /// By output, how its axes lie beside those of the window.
    let orders: [String: BlendOrder]
    /// The bytes of activations for one window, with its inputs as they are prepared and its results as they are mirrored and averaged.
    let neededBytes: Int

    /// - Parameter tile: a window that is wanted instead of the declared one.
    init(
        _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, _ blending: Blending, tile: [Int]?, run: RunOptions
    ) throws(InferenceError) {
        let axes = sample.entries.map(\.id)
        let none = axes.isEmpty ? "the model's inputs have no axes along which windows lie" : nil
        if let obstacle = none ?? sample.obstacle {
            throw .noTiling(found: obstacle, remedy: "leave out `inference:`, overlap and mirroring")
        }
        window = try BlendForm.window(sample, tile ?? blending.window)
        mirror = try BlendForm.mirror(axes, blending)
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
        let shapes = sample.shapes(window: window)
        var results: [String: [Int]] = [:], needed = ByteSum()
        do throws(NetworkError) {
            needed.add(try network.workingSetBytes(inputShapes: shapes, options: run))
            // Extents that follow from values are seen when a window has run.
            results = (try? network.outputShapes(inputShapes: shapes, options: run)) ?? [:]
        } catch {
            throw .package(
                PackageError(
                    .network, file: package.weights.source, found: "a window of \(window) elements: \(error)",
                    remedy: "give a window of extents that the network takes"))
        }
        for shape in shapes.values { needed.add(floats: 2 * shape.reduce(1, *)) }
        for shape in results.values { needed.add(floats: (mirror.isEmpty ? 1 : 3) * shape.reduce(1, *)) }
        neededBytes = needed.bytes
        for (output, port) in zip(package.outputs, network.outputs) {
            if let shape = results[port.name] { _ = try channels(of: output, shape) }
        }
    }

    /// The number of channels of an output's result for a window, which has to be as large as the window.
    func channels(of output: TensorDescription, _ shape: [Int]) throws(InferenceError) -> Int {
        guard let channels = orders[output.id]?.channels(of: shape, window: window) else {
            throw .noTiling(
                found: "the output \(output.id) has the extents \(shape) for a window of \(window)",
                remedy: "leave out `inference:`, overlap and mirroring: they are for outputs as large as the image")
        }
        return channels
    }

    private static func mirror(_ axes: [String], _ blending: Blending) throws(InferenceError) -> [Int] {
        var mirror: [Int] = []
        for name in blending.mirror {
            guard let axis = axes.firstIndex(of: name), !mirror.contains(axis) else {
                throw .noTiling(
                    found: "the axis \(name) is to be mirrored\(axes.contains(name) ? " twice" : ", which the model does not have")",
                    remedy: "mirror some of \(axes.joined(separator: ", "))")
            }
            mirror.append(axis)
        }
        return mirror
    }

    /// The window that is wanted, else the only one that the network takes.
    private static func window(_ sample: SampleAxes, _ wanted: [Int]?) throws(InferenceError) -> [Int] {
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
                let example = sample.moderateWindow
                throw .noTiling(
                    found: "overlap or mirroring without a window, on which values depend",
                    remedy: "write it into `inference:`, such as `window: \(example)`, or give --tile "
                        + example.map(String.init).joined(separator: "x"))
            }
        }
        return window
    }
}

extension SampleAxes {
    /// A window of moderate extents that the network takes.
    fileprivate var moderateWindow: [Int] {
        entries.map { entry in
            switch entry.sizes {
            case .fixed(let size): size
            case .stepped(let least, let step): least + roundUp(max(0, (entries.count > 2 ? 64 : 256) - least), max(1, step))
            }
        }
    }
}
