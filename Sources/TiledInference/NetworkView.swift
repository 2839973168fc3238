internal import ModelPackages
internal import NeuralNetwork

/// What a network sees along the tiled axes: the worst over its outputs.
struct NetworkView {
    /// One axis; everything in elements of the image.
    struct Entry {
        var stride = 1
        var before = 0
        var after = 0
        var declaredBefore = 0
        var declaredAfter = 0
        var missing: Int?
        /// Whether tiles must not cut the axis, since some operator sees all of it.
        var isWhole = false
    }

    /// One entry for each tiled axis.
    private(set) var entries: [Entry]
    /// The reach by output, one for each tiled axis; `nil` where the output does not follow the axis.
    private(set) var reaches: [String: [Reach.AxisReach?]] = [:]
    /// The operators that see all of some axis; empty if the network is local.
    private(set) var wholeImageOperators: [String] = []
    /// Why tiles would not be parts of the whole image, though the network may see only what is near; `nil` if they are.
    private(set) var obstacle: String?
    /// The extents of the window about which the graph was asked.
    private(set) var probe: [Int]

    private var geometry: ReachGeometry?
    /// A step that lies otherwise in larger images, with the reason, along an axis that could be cut.
    private var unsteadyStep: String?
    private var takesOneExtent = false

    /// What a window is to the one about which the graph was asked.
    private enum Likeness {
        case same
        /// A step is not where it would have to be.
        case unlike(String)
        /// The network does not take it.
        case refused
    }

    /// Asks the graph; a sample that must go through in one window needs no answer.
    init(_ package: ModelPackage, _ network: Network, _ sample: SampleAxes, options: RunOptions = .init()) throws(InferenceError) {
        entries = sample.entries.map { Entry(stride: $0.unit) }
        probe = sample.probe(entries.map(\.stride))
        guard sample.obstacle == nil else { return }
        let asked = try NetworkView.ask(package, network, sample, options)
        (probe, geometry) = (asked.probe, asked.geometry)
        let answers = asked.answers
        for (output, port) in zip(package.outputs, network.outputs) {
            guard let reach = answers[port.name], reach.axes.count == entries.count else {
                wholeImageOperators.append("output \(output.id)")
                for index in entries.indices { entries[index].isWhole = true }
                continue
            }
            add(reach, of: output, sample)
        }
        unsteadyStep = answers.values.compactMap { reach in
            freeAxes.lazy.compactMap { reach.axes.indices.contains($0) ? reach.axes[$0].unsteadyStep : nil }.first
        }.min()
        if obstacle == nil, wholeImageOperators.isEmpty || !freeAxes.isEmpty { judgeOtherSizes(network, sample, options) }
    }

    /// The axes along which tiles are parts of the whole image, if others are not cut.
    private var freeAxes: [Int] { entries.indices.filter { !entries[$0].isWhole } }

    /// Whether there are tiles that are parts of the whole image.
    var hasParts: Bool { wholeImageOperators.isEmpty || !freeAxes.isEmpty }

    /// Whether each window of a plan has all of the axes that must not be cut.
    func hasWholeAxes(_ plan: TilePlan) -> Bool {
        plan.tiles.allSatisfy { tile in
            entries.indices.allSatisfy { !entries[$0].isWhole || tile.window[$0] == 0..<plan.paddedExtents[$0] }
        }
    }

    /// What the graph says about a window of the image's kind.
    private struct Asked {
        let answers: [String: Reach]
        let geometry: ReachGeometry
        let probe: [Int]
    }

    /// Asks about a window of moderate extents; about smaller ones, which see as far, where a run of that one would be beyond the
    /// network's limits. It never runs.
    private static func ask(
        _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, _ options: RunOptions
    ) throws(InferenceError) -> Asked {
        var most = SampleAxes.probeExtent, probe = sample.probe(sample.entries.map(\.unit), most: most)
        var refusal: (probe: [Int], error: NetworkError)?
        while true {
            do throws(NetworkError) {
                var answers: [String: Reach] = [:]
                // The window has to be of the image's kind by the stride, of which a first window tells.
                for _ in 0..<4 {
                    answers = try network.reach(inputShapes: sample.shapes(window: probe), imageAxes: sample.imageAxes, options: options)
                    let settled = sample.probe(NetworkView.strides(answers, sample), most: most)
                    if settled == probe { break }
                    probe = settled
                }
                let shapes = sample.shapes(window: probe)
                let geometry = try network.geometry(inputShapes: shapes, imageAxes: sample.imageAxes, options: options)
                // What an output sees however it is computed is asked about the same window.
                if refusal != nil { _ = try network.outputShapes(inputShapes: shapes, options: RunOptions(convolutions: .direct)) }
                return Asked(answers: answers, geometry: geometry, probe: probe)
            } catch {
                let told = error.kind == .limit ? (probe, error) : refusal ?? (probe, error)
                var smaller = probe
                while error.kind == .limit, smaller == probe, most > SampleAxes.leastProbeExtent {
                    most /= 2
                    smaller = sample.probe(sample.entries.map(\.unit), most: most)
                }
                if smaller != probe {
                    (refusal, probe) = (told, smaller)
                    continue
                }
                throw .package(
                    PackageError(
                        .network, file: package.weights.source, found: "\(sample.words(window: told.0)): \(told.1)",
                        remedy: told.1.remedyForImages))
            }
        }
    }

    /// A larger or smaller image must be like the one about which the graph was asked; the network need not take both.
    private mutating func judgeOtherSizes(_ network: Network, _ sample: SampleAxes, _ options: RunOptions) {
        if let step = unsteadyStep { return refuseTiles(step) }
        let neighbours = sample.neighbours(of: probe, entries.map(\.stride), along: freeAxes)
        for window in neighbours {
            switch likeness(of: window, network, sample, options) {
            case .same: return
            case .unlike(let step): return refuseTiles(step)
            case .refused: continue
            }
        }
        guard !neighbours.isEmpty else { return }
        takesOneExtent = wholeImageOperators.isEmpty
        refuseTiles("the network takes no other extents than \(probe)")
    }

    /// Notes that no tiles are parts of the whole image.
    private mutating func refuseTiles(_ reason: String) {
        if wholeImageOperators.isEmpty { return obstacle = reason }
        for index in entries.indices { entries[index].isWhole = true }
    }

    private mutating func add(_ reach: Reach, of output: TensorDescription, _ sample: SampleAxes) {
        let known = Set(wholeImageOperators)
        wholeImageOperators += reach.wholeImageOperators.filter { !known.contains($0) }
        reaches[output.id] = zip(reach.axes, reach.outputAxes).map { $1 == nil ? nil : $0 }
        for (index, axis) in reach.axes.enumerated() {
            let id = sample.entries[index].id, own = output.axisIDs.firstIndex(of: id)
            let followed = sample.outputAxes[output.id]?.firstIndex(of: index)
            if let place = reach.outputAxes[index], place != own || place != followed {
                obstacle = obstacle ?? "axis \(place) of the output \(output.id) follows \(id), the description says another"
            }
            var entry = entries[index]
            entry.stride = leastCommonMultiple(entry.stride, leastCommonMultiple(axis.stride, axis.scale.denominator))
            // Inner parts begin and end at multiples of the stride, so that less is enough than for any place.
            entry.before = max(entry.before, axis.haloBefore)
            entry.after = max(entry.after, axis.haloAfter)
            entry.missing = min(entry.missing ?? axis.missing, axis.missing)
            entry.isWhole = entry.isWhole || axis.isWhole
            let halo = axis.pixels(covering: own.map { output.axes[$0].halo } ?? 0)
            entry.declaredBefore = max(entry.declaredBefore, halo)
            entry.declaredAfter = max(entry.declaredAfter, halo + max(0, axis.missing))
            entries[index] = entry
        }
    }

    private static func strides(_ reaches: [String: Reach], _ sample: SampleAxes) -> [Int] {
        sample.entries.indices.map { index in
            reaches.values.reduce(sample.entries[index].unit) { stride, reach in
                guard reach.axes.indices.contains(index) else { return stride }
                return leastCommonMultiple(stride, leastCommonMultiple(reach.axes[index].stride, reach.axes[index].scale.denominator))
            }
        }
    }

    private func likeness(of window: [Int], _ network: Network, _ sample: SampleAxes, _ options: RunOptions) -> Likeness {
        let shapes = sample.shapes(window: window)
        guard let geometry, let own = try? network.geometry(inputShapes: shapes, imageAxes: sample.imageAxes, options: options) else {
            return .refused
        }
        return own.difference(from: geometry).map { .unlike("\($0)") } ?? .same
    }

    /// Why windows of a plan would not be parts of the whole image; `nil` if they are.
    func difference(_ plan: TilePlan, _ network: Network, _ sample: SampleAxes, _ options: RunOptions) -> String? {
        let windows = Set(plan.tiles.map { $0.window.map(\.count) })
        return sample.difference(windows, in: plan.paddedExtents, network, along: freeAxes, like: geometry, options)
    }

    /// The same for windows that run in bands, in an image that is padded to some extents.
    func difference(
        ofBands windows: Set<[Int]>, in image: [Int], _ network: Network, _ sample: SampleAxes, _ options: RunOptions
    ) -> String? {
        sample.difference(windows, in: image, network, along: freeAxes, like: geometry, options, atOnce: false)
    }

    /// What each output sees along each tiled axis, however it is computed; asked for outputs alone that have not the image's size, or of
    /// which nothing is known yet.
    ///
    /// - Parameter isWhole: whether the image goes through in one window. Statistics of the whole image are then left out of what is
    ///   seen: they have no part in where results lie.
    func receptiveFields(
        _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, isWhole: Bool
    ) throws(InferenceError) -> [String: [Reach.AxisReach]] {
        let isUnknown = geometry == nil || !wholeImageOperators.isEmpty
        guard !(isWhole && isUnknown) else { return placed(package, network, sample) }
        let isLarge = reaches.values.joined().allSatisfy {
            $0.map { $0.missing == 0 && $0.scale.numerator >= $0.scale.denominator } ?? true
        }
        guard !isLarge else { return [:] }
        let answers: [String: Reach]
        do {
            answers = try network.reach(
                inputShapes: sample.shapes(window: probe), imageAxes: sample.imageAxes, options: RunOptions(convolutions: .direct))
        } catch {
            throw .package(PackageError(.network, file: package.weights.source, found: "\(error)", remedy: error.remedy))
        }
        return [String: [Reach.AxisReach]](
            zip(package.outputs, network.outputs).map { output, port in (output.id, answers[port.name]?.axes ?? []) }
        ) { first, _ in first }
    }

    /// The same for an image in one window, as far as the graph says it. Values that follow from the image's extents have no part in it.
    private func placed(_ package: ModelPackage, _ network: Network, _ sample: SampleAxes) -> [String: [Reach.AxisReach]] {
        let shapes = sample.shapes(window: probe), options = RunOptions(convolutions: .direct)
        let staged = try? StagedNetwork(
            network, inputShapes: shapes, imageShapes: shapes, imageAxes: sample.imageAxes, options: options)?.rehearsal()
        let asked = staged ?? network
        guard
            let answers = try? asked.reach(inputShapes: shapes, imageAxes: sample.imageAxes, options: options, comparesSizes: false)
        else { return [:] }
        var fields: [String: [Reach.AxisReach]] = [:]
        for (output, port) in zip(package.outputs, network.outputs) {
            if let reach = answers[port.name], !reach.axes.allSatisfy(\.isWhole) { fields[output.id] = reach.axes }
        }
        return fields
    }

    /// What the graph allows; a network that takes one extent only is windowed unless such a window has a middle that is exact.
    func tilingClass(_ sample: SampleAxes) -> TilingClass {
        if sample.obstacle != nil || takesOneExtent { return .windowed }
        let isNarrow = zip(entries, sample.entries).contains { view, axis in
            guard case .fixed(let size) = axis.sizes else { return false }
            return size < roundUp(view.before, view.stride) + view.after + view.stride
        }
        return TilingClass(
            seesAll: !wholeImageOperators.isEmpty || obstacle != nil, hasWindow: sample.hasFixedExtent, isNarrow: isNarrow)
    }

    /// The axes to cut, with the context that results really depend on.
    func requests(byReach sample: SampleAxes) -> [AxisRequest] {
        requests(sample, isByReach: true) { (before: $0.before, after: $0.after) }
    }

    /// The axes to cut, with the context that the package declares.
    func requests(byHalo sample: SampleAxes) -> [AxisRequest] {
        requests(sample, isByReach: false) { (before: $0.declaredBefore, after: $0.declaredAfter) }
    }

    private func requests(
        _ sample: SampleAxes, isByReach: Bool, _ context: (Entry) -> (before: Int, after: Int)
    ) -> [AxisRequest] {
        zip(entries, sample.entries).map { view, axis in
            let (before, after) = context(view)
            return AxisRequest(
                name: axis.id, extent: axis.extent, stride: view.stride, before: before, after: after,
                missing: view.missing ?? 0, sizes: axis.sizes, isWhole: isByReach && view.isWhole)
        }
    }
}
