internal import ModelPackages
internal import NeuralNetwork

/// The passes over an image in which a global network's statistics are taken, one after the other, tile by tile.
///
/// Sums are exact before they are rounded, so statistics do not depend on the tiles. A run on the whole image adds up in double
/// precision, so that its statistics may differ in the last bits of a double, and a result in the last bit of a float.
struct StatisticsPasses {
    /// A network like the one that will be there after the passes, which is local, along some axis at least; its statistics are made up.
    let rehearsal: Network
    private let staged: StagedNetwork
    private let sample: SampleAxes
    private let probe: [Int]
    private let options: PredictionOptions
    private let input: String
    private let port: Port
    /// The axes that tiles leave whole.
    private let wholeAxes: Set<Int>
    /// The name of the weights' file, for messages.
    private let file: String

    /// `nil` where the network is local, fits into memory with the whole image, or is global by other things than statistics, along all axes
    /// or so that tiles without them do not fit into memory.
    init?(
        _ package: ModelPackage, _ network: Network, shapes: [String: [Int]], options: PredictionOptions
    ) throws(InferenceError) {
        guard options.blending == nil, package.inputs.count == 1, let port = network.inputs.first, options.run.products == .kernels else {
            return nil
        }
        sample = try SampleAxes(package, network, shapes: shapes)
        guard sample.obstacle == nil, !sample.exceedsFixedExtent else { return nil }
        let view = try NetworkView(package, network, sample, options: options.run)
        guard !view.wholeImageOperators.isEmpty, view.obstacle == nil else { return nil }
        probe = view.probe
        self.options = options
        self.port = port
        input = package.inputs[0].id
        file = package.weights.source
        if options.tile == nil {
            let whole = try TilePlan(view.requests(byHalo: sample), allowedBytes: .max) { _ in 0 }
            let needed = try? sample.bytes(window: whole.largestWindow, package, network, options.run)
            if let needed, needed <= options.memoryBytes { return nil }
        }
        do throws(NetworkError) {
            let found = try StagedNetwork(
                network, inputShapes: sample.shapes(window: probe), imageShapes: sample.shapes(window: sample.entries.map(\.paddedExtent)),
                imageAxes: sample.imageAxes, options: options.run)
            guard let staged = found else { return nil }
            self.staged = staged
            rehearsal = try staged.rehearsal()
        } catch { return nil }
        // Tiles of each stage must lie in the whole image as those of the whole network do.
        let settled = try NetworkView(package, rehearsal, sample, options: options.run)
        let free = staged.freeAxes, axes = sample.entries
        wholeAxes = Set(
            settled.entries.indices.filter { index in
                if case .fixed = axes[index].sizes { return true }
                return settled.entries[index].isWhole || !free.contains(index)
            })
        guard settled.obstacle == nil, wholeAxes.count < sample.entries.count else { return nil }
        if !wholeAxes.isEmpty {
            let requests = settled.requests(byReach: sample)
            let plan = try? TilePlan(requests, tile: options.tile, allowedBytes: options.memoryBytes) { (window) throws(InferenceError) in
                try sample.bytes(window: window, package, rehearsal, options.run)
            }
            guard let plan, settled.hasWholeAxes(plan) else { return nil }
        }
        // What a pass needs is known before the first one.
        for number in staged.names.indices {
            let stage = try StatisticsPasses.passingOn { () throws(NetworkError) in try staged.rehearsal(stage: number) }
            let tiles = try plan(of: stage).tiles, windows = Set(tiles.tiles.map { $0.window.map(\.count) })
            let free = sample.entries.indices.filter { !wholeAxes.contains($0) }
            guard sample.difference(windows, in: tiles.paddedExtents, stage, along: free, options.run) == nil else { return nil }
        }
    }

    /// What the record says.
    var note: String {
        "the network sees the whole image through \(staged.names.count) statistics (\(staged.names.prefix(8).joined(separator: ", "))"
            + "\(staged.names.count > 8 ? ", …" : "")), which were taken of the whole image in as many passes of tiles, exactly summed: "
            + "values are those of the whole image up to the rounding of these statistics"
    }

    /// Takes the statistics.
    ///
    /// - Parameters:
    ///   - reader: the prepared input.
    ///   - earlier: what an earlier run took, pass by pass.
    ///   - passed: called after each pass with its number from 0 and what it took.
    /// - Returns: the network with them.
    func run(
        reading reader: SampleReader, earlier: [ChannelStatistics] = [],
        passed: (_ pass: Int, _ statistics: ChannelStatistics) throws(InferenceError) -> Void = { _, _ in }
    ) throws(InferenceError) -> Network {
        var known = Array(earlier.prefix(staged.names.count))
        while known.count < staged.names.count {
            let statistics = try statistics(of: staged.settled(known), at: known.count, reader)
            try passed(known.count, statistics)
            known.append(statistics)
        }
        return staged.settled(known)
    }

    private static let none = InferenceError.noTiling(
        found: "a statistic of the network has no values", remedy: "give a larger image, or more memory")

    /// The tiles of a pass, and what its statistic sees.
    private func plan(of stage: Network) throws(InferenceError) -> (tiles: TilePlan, reach: Reach) {
        let reach = try StatisticsPasses.passingOn { () throws(NetworkError) in
            try stage.reach(inputShapes: sample.shapes(window: probe), imageAxes: sample.imageAxes, options: options.run)[
                StagedNetwork.output]
        }
        guard let reach, reach.axes.count == sample.entries.count else { throw StatisticsPasses.none }
        let requests = zip(reach.axes, sample.entries).enumerated().map { index, pair in
            let (reach, axis) = pair
            return AxisRequest(
                name: axis.id, extent: axis.extent, stride: leastCommonMultiple(reach.stride, reach.scale.denominator),
                before: reach.haloBefore, after: reach.haloAfter, missing: reach.missing, sizes: axis.sizes,
                isWhole: wholeAxes.contains(index))
        }
        let plan = try TilePlan(requests, tile: options.tile, allowedBytes: options.memoryBytes) { (window) throws(InferenceError) in
            try sample.bytes(window: window, stage, options.run, file: file)
        }
        return (plan, reach)
    }

    private func statistics(
        of stage: Network, at number: Int, _ reader: SampleReader
    ) throws(InferenceError) -> ChannelStatistics {
        let (plan, reach) = try plan(of: stage), places = staged.places(number)
        var sums = ChannelSums(channels: staged.channels(number), isOfFloats: staged.isOfFloats(number))
        for tile in plan.tiles {
            guard let window = try reader.windows(tile)[input] else {
                preconditionFailure("a reader has a window of each input")
            }
            let result = try StatisticsPasses.passingOn { () throws(NetworkError) in
                try stage.run([port.name: window.tensor], options: options.run)[StagedNetwork.output]
            }
            guard let result else { throw StatisticsPasses.none }
            let box = result.shape.indices.map { place -> Range<Int>? in
                guard places.contains(place) else { return nil }
                // What follows no axis is there as a whole.
                guard let axis = reach.outputAxes.firstIndex(of: place) else { return 0..<result.shape[place] }
                let scale = reach.axes[axis].scale, window = tile.window[axis], inner = tile.inner[axis]
                let low = (inner.lowerBound - window.lowerBound) * scale.numerator / scale.denominator
                let high = (inner.upperBound - window.lowerBound) * scale.numerator / scale.denominator
                let isLast = inner.upperBound == plan.coveredExtents[axis]
                return low..<(isLast ? result.shape[place] : high)
            }
            sums.add(result, box: box)
        }
        guard let statistics = sums.statistics else { throw StatisticsPasses.none }
        return statistics
    }

    private static func passingOn<Value>(_ body: () throws(NetworkError) -> Value) throws(InferenceError) -> Value {
        do { return try body() } catch {
            throw .package(PackageError(.network, found: "\(error)", remedy: "allow more memory, so that the image is run whole"))
        }
    }
}
