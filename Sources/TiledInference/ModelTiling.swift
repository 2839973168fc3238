internal import ModelPackages
internal import NeuralNetwork

/// How one sample goes through one network: the tile plan, why it is exact or not, and how the sample is padded.
struct ModelTiling {
    /// The axes of the sample, in the order of the plan.
    let sample: SampleAxes
    /// The tiles.
    let plan: TilePlan
    /// Output elements for one input element, by output, one for each tiled axis; `nil` where the output does not have the axis.
    let scales: [String: [Ratio?]]
    /// The extents of each output for the whole image, cropped to it, as the network makes them.
    let extents: [String: [Int]]
    /// What an output sees, one for each tiled axis, by output; empty where all outputs are as large as the image or larger.
    let fields: [String: [Reach.AxisReach]]
    /// Whether the result is that of one run on the padded whole image.
    let isExact: Bool
    /// What the network allows, and how the image goes through it.
    let tilingClass: TilingClass
    let way: TilingWay
    /// How the network uses the machine.
    let run: RunOptions
    /// How tiles below each other go through the network at once, in bands of rows; `nil` where each goes by itself.
    let bands: BandShape?
    /// What is to be written into the record.
    let notes: [String]

    /// Elements that the network reads for one element of the padded image.
    var readFactor: Double { plan.readFactor(inBands: bands != nil) }

    /// - Parameters:
    ///   - inBands: whether the caller can run tiles in bands.
    ///   - obstacle: why the caller needs the sample in one window; `nil` if it may be cut.
    init(
        _ package: ModelPackage, _ network: Network, shapes: [String: [Int]], options: PredictionOptions, inBands: Bool = false,
        obstacle: String? = nil
    ) throws(InferenceError) {
        try ModelTiling.checkPadding(package, network)
        let sample = try SampleAxes(package, network, shapes: shapes)
        let asked = options.run.convolutions
        var options = options
        let view = try NetworkView.cheapest(package, network, sample, options: &options.run)
        run = options.run
        let bytes: ([Int]) throws(InferenceError) -> Int = { (window) throws(InferenceError) in
            try sample.bytes(window: window, package, network, options.run)
        }
        let banded = inBands && obstacle == nil ? try BandShape.plan(package, network, sample, view, options, bytes) : nil
        bands = banded?.shape
        let cut: Cut
        if let banded {
            cut = Cut(plan: banded.plan, isExact: true, obstacle: nil)
        } else {
            cut = try ModelTiling.cut(network, sample, view, options, bytes, obstacle)
        }
        let plan = cut.plan
        self.sample = sample
        self.plan = plan
        // OpenBLAS sums in an order that depends on the extents of the window.
        let isOrdered = plan.tiles.count == 1 || options.run.products == .kernels
        isExact = cut.isExact && isOrdered
        fields = try view.receptiveFields(package, network, sample, isWhole: plan.tiles.count == 1)
        (scales, extents) = try ModelTiling.results(package, network, sample, view, fields, plan, options.run)
        if !cut.isExact { try ModelTiling.checkExtents(extents, package, network, sample, view, fields, plan, options.run) }
        tilingClass = view.tilingClass(sample)
        way = plan.tiles.count == 1 ? .whole : cut.isExact ? .tiles : .windows
        let orderNote = "matrix products were OpenBLAS's: tiles differ from the whole image in the last bits"
        let obstacleNote = cut.obstacle.map {
            "\($0), so the image went through in one window" + (options.tile == nil ? "" : "; the tile that was asked for has no effect")
        }
        notes =
            ModelTiling.notes(cut, package, sample, view, options)
            + view.missingNotes(package, sample, fields)
            + [obstacleNote].compactMap(\.self)
            + (isOrdered ? [] : [orderNote])
            + (run.convolutions == asked ? [] : [run.convolutions.note])
    }

    /// A plan, whether it gives what the whole image gives, and why it has one window only.
    private struct Cut {
        let plan: TilePlan
        let isExact: Bool
        let obstacle: String?
        /// The memory for tiles that would give what the whole image gives; `nil` where no memory does.
        var exactBytes: Int?
    }

    /// By the reach where that is possible, axes that the network sees as a whole left whole; else, since it sees everything or its only
    /// window is smaller than its reach, or since windows of whole axes do not fit into memory, by the declared halo.
    private static func cut(
        _ network: Network, _ sample: SampleAxes, _ view: NetworkView, _ options: PredictionOptions,
        _ bytes: ([Int]) throws(InferenceError) -> Int, _ obstacle: String?
    ) throws(InferenceError) -> Cut {
        if let obstacle = obstacle ?? sample.obstacle ?? view.obstacle { return try whole(obstacle, sample, view, options, bytes) }
        var exactBytes: Int?
        if view.hasParts {
            do {
                let plan = try TilePlan(view.requests(byReach: sample), tile: options.tile, allowedBytes: options.memoryBytes, bytes: bytes)
                let difference = plan.tiles.count > 1 ? view.difference(plan, network, sample, options.run) : nil
                if let difference, view.wholeImageOperators.isEmpty { return try whole(difference, sample, view, options, bytes) }
                if difference == nil, view.hasWholeAxes(plan) { return Cut(plan: plan, isExact: true, obstacle: nil) }
            } catch .noTiling(let found, let remedy) {
                guard sample.hasFixedExtent, options.tile == nil || options.tile?.count == sample.entries.count else {
                    throw .noTiling(found: found, remedy: remedy)
                }
            } catch .memory(let needed, _) where !view.wholeImageOperators.isEmpty {
                exactBytes = needed
            }
        }
        let plan = try TilePlan(view.requests(byHalo: sample), tile: options.tile, allowedBytes: options.memoryBytes, bytes: bytes)
        return Cut(plan: plan, isExact: plan.tiles.count == 1, obstacle: nil, exactBytes: exactBytes)
    }

    /// One window, whatever was asked for.
    private static func whole(
        _ obstacle: String, _ sample: SampleAxes, _ view: NetworkView, _ options: PredictionOptions,
        _ bytes: ([Int]) throws(InferenceError) -> Int
    ) throws(InferenceError) -> Cut {
        let plan = try TilePlan(view.requests(byReach: sample), allowedBytes: .max, bytes: bytes)
        guard plan.tiles.count == 1 else {
            throw .noTiling(
                found: "\(obstacle), so it runs in one window of \(plan.largestWindow), and the image is larger",
                remedy: "give a smaller image")
        }
        let needed = try bytes(plan.largestWindow)
        guard needed <= options.memoryBytes else {
            throw .memoryAtOnce(
                what: "\(obstacle), so the image runs in one window, which", neededBytes: needed, allowedBytes: options.memoryBytes,
                remedy: "give a smaller image")
        }
        return Cut(plan: plan, isExact: true, obstacle: obstacle)
    }

    /// The scales of the outputs and their extents for the whole image, which the last window tells: it ends where the image ends.
    private static func results(
        _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, _ view: NetworkView,
        _ fields: [String: [Reach.AxisReach]], _ plan: TilePlan, _ options: RunOptions, whole: Bool = false
    ) throws(InferenceError) -> (scales: [String: [Ratio?]], extents: [String: [Int]]) {
        let all = plan.paddedExtents.map { 0..<$0 }
        guard let window = whole ? all : plan.tiles.last?.window else { return ([:], [:]) }
        let shapes: [String: [Int]]
        do { shapes = try network.outputShapes(inputShapes: sample.shapes(window: window.map(\.count)), options: options) } catch {
            throw .package(
                PackageError(
                    .network, file: package.weights.source, found: "\(sample.words(window: window.map(\.count))): \(error)",
                    remedy: error.remedyForImages))
        }
        var scales: [String: [Ratio?]] = [:], extents: [String: [Int]] = [:]
        for (output, port) in zip(package.outputs, network.outputs) {
            guard var shape = shapes[port.name] else { continue }
            var own: [Ratio?] = []
            for index in sample.entries.indices {
                guard let axis = sample.outputAxes[output.id]?.firstIndex(of: index), shape.indices.contains(axis) else {
                    own.append(nil)
                    continue
                }
                let range = window[index], padding = plan.paddedExtents[index] - plan.extents[index]
                // What is seen of a moderate window holds for another only if its extents follow.
                let field = fields[output.id].flatMap { $0.indices.contains(index) ? $0[index] : nil }
                let fitting = field.flatMap { $0.follows(from: range.count, to: shape[axis]) ? $0.scale : nil }
                guard let scale = view.reaches[output.id]?[index]?.scale ?? fitting ?? Ratio(shape[axis], range.count) else {
                    own.append(nil)
                    continue
                }
                own.append(scale)
                // A part of an output element at the image's end is kept.
                let end = range.lowerBound * scale.numerator / scale.denominator + shape[axis]
                shape[axis] = max(0, end - padding * scale.numerator / scale.denominator)
            }
            scales[output.id] = own
            extents[output.id] = shape
        }
        return (scales, extents)
    }

    /// Refuses windows whose results do not make up what the whole image gives: of a network that sees the whole image, the extents of the
    /// result do not follow from those of windows as a rule.
    ///
    /// - Parameter extents: those that the windows make up.
    private static func checkExtents(
        _ extents: [String: [Int]], _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, _ view: NetworkView,
        _ fields: [String: [Reach.AxisReach]], _ plan: TilePlan, _ options: RunOptions
    ) throws(InferenceError) {
        // A network that does not take the whole image has no other extents than these.
        guard let (_, whole) = try? results(package, network, sample, view, fields, plan, options, whole: true) else { return }
        for output in package.outputs {
            guard let made = extents[output.id], let expected = whole[output.id], made != expected else { continue }
            throw .noTiling(
                found:
                    "in windows of \(plan.largestWindow.map(String.init).joined(separator: "x")) the output \(output.id) has the extents "
                    + "\(made), the whole image gives \(expected)",
                remedy: "give no tile, and memory for the whole image")
        }
    }

    private static func notes(
        _ cut: Cut, _ package: ModelPackage, _ sample: SampleAxes, _ view: NetworkView, _ options: PredictionOptions
    ) -> [String] {
        var notes: [String] = []
        let plan = cut.plan
        if !cut.isExact {
            let reason =
                view.wholeImageOperators.isEmpty
                ? "the network's window of \(plan.largestWindow) is smaller than what it sees"
                : "the network sees the whole image (\(view.wholeImageOperators.joined(separator: ", ")))"
            notes.append("\(reason), and the image was cut into \(plan.tiles.count) tiles by the declared halo: values depend on the tiles")
            if let bytes = cut.exactBytes, bytes < .max {
                notes.append(
                    "with \(MemorySize.text(bytes)) for the network's activations tiles leave \(view.wholeAxes(sample)) whole, and values are "
                        + "those of the whole image")
            }
        } else if let tile = options.tile, cut.obstacle == nil {
            let ignored = sample.entries.indices.filter { view.entries[$0].isWhole && tile[$0] < plan.paddedExtents[$0] }
            if !ignored.isEmpty {
                notes.append(
                    "tiles leave \(ignored.map { sample.entries[$0].id }.joined(separator: ", ")) whole, whatever tile was asked for: the network "
                        + "sees all of it (\(view.wholeImageOperators.joined(separator: ", ")))")
            }
        }
        for (index, axis) in sample.entries.enumerated() where plan.paddedExtents[index] > plan.extents[index] {
            let padding = package.inputs.first { $0.id == axis.owner }.map { ModelTiling.padding(of: $0).word } ?? ""
            notes.append(
                "\(axis.id) was padded from \(plan.extents[index]) to \(plan.paddedExtents[index]) elements at its end (\(padding)), "
                    + "as the network takes no other extent, and cropped afterwards")
        }
        return notes
    }

    /// Refuses a constant that is no value of the input's type.
    private static func checkPadding(_ package: ModelPackage, _ network: Network) throws(InferenceError) {
        for (input, port) in package.ports(of: network) {
            guard case .constant(let value)? = input.padding, let plain = Tensor(shape: [1], storage: .float64([value])),
                port.elementType != .bool, port.elementType.isInteger, plain.cast(to: port.elementType).doubles != [value]
            else { continue }
            throw .package(
                PackageError(
                    .invalidValue, file: package.descriptionFile, field: "inputs.\(input.id).pad.value",
                    found: "\(value), the network's input is \(port.elementType.rawValue)", remedy: "write a value of that type"))
        }
    }

    /// How an input is padded: as the package says, else mirrored with the last element repeated, as the reference software does.
    static func padding(of input: TensorDescription) -> Padding { input.padding ?? .symmetric }
}

extension SampleAxes {
    /// Whether the network takes only one extent along some axis.
    var hasFixedExtent: Bool { entries.contains { if case .fixed = $0.sizes { true } else { false } } }

    /// Whether the sample is larger than the only extent that the network takes along some axis.
    var exceedsFixedExtent: Bool { entries.contains { if case .fixed(let size) = $0.sizes { $0.extent > size } else { false } } }
}

extension Reach.AxisReach {
    /// Whether a result of this extent comes from an image of that one, a part of an element more or less.
    fileprivate func follows(from extent: Int, to result: Int) -> Bool {
        abs(result * scale.denominator - (extent - missing) * scale.numerator) <= max(scale.numerator, scale.denominator)
    }
}
