internal import ModelPackages
internal import NeuralNetwork

/// What a network sees along the tiled axes: the worst over its outputs.
struct NetworkView {
    /// One axis.
    struct Entry {
        var stride = 1
        var before = 0
        var after = 0
        var halo = 0
    }

    /// One entry for each tiled axis.
    private(set) var entries: [Entry]
    /// Output elements for one input element, by output, one for each tiled axis.
    private(set) var scales: [String: [Ratio]] = [:]
    /// The operators that see the whole image; empty if the network is local.
    private(set) var wholeImageOperators: [String] = []

    /// Asks the graph; a sample that must go through in one window needs no answer.
    init(_ package: ModelPackage, _ network: Network, _ sample: SampleAxes, options: RunOptions = .init()) throws(InferenceError) {
        entries = sample.entries.map { _ in Entry() }
        guard sample.obstacle == nil else { return }
        let reaches: [String: Reach]
        do {
            reaches = try network.reach(inputShapes: sample.shapes(window: sample.probe), options: options)
        } catch {
            throw .package(
                PackageError(
                    .network, file: package.weights.source, found: "\(error)", remedy: "give an image of extents that the network takes"))
        }
        for (output, port) in zip(package.outputs, network.outputs) {
            guard let reach = reaches[port.name], reach.axes.count == entries.count else {
                wholeImageOperators.append("output \(output.id)")
                continue
            }
            wholeImageOperators += reach.wholeImageOperators.filter { !wholeImageOperators.contains($0) }
            scales[output.id] = reach.axes.map(\.scale)
            for (index, axis) in reach.axes.enumerated() {
                let unit = leastCommonMultiple(axis.stride, axis.scale.denominator)
                entries[index].stride = leastCommonMultiple(entries[index].stride, unit)
                // Inner parts begin and end at multiples of the stride, so that less is enough than for any place.
                entries[index].before = max(entries[index].before, axis.haloBefore)
                entries[index].after = max(entries[index].after, axis.haloAfter)
                let halo = output.axes.first { $0.id == sample.entries[index].id }?.halo ?? 0
                entries[index].halo = max(
                    entries[index].halo, roundUp(halo * axis.scale.denominator, axis.scale.numerator) / axis.scale.numerator)
            }
        }
    }

    /// What the graph allows; a network that takes one extent only is windowed unless such a window has a middle that is exact.
    func tilingClass(_ sample: SampleAxes) -> TilingClass {
        let isNarrow = zip(entries, sample.entries).contains { view, axis in
            guard case .fixed(let size) = axis.sizes else { return false }
            return !wholeImageOperators.isEmpty || size < roundUp(view.before, view.stride) + view.after + view.stride
        }
        if sample.obstacle != nil || isNarrow { return .windowed }
        return wholeImageOperators.isEmpty ? .local : .global
    }

    /// The axes to cut, with the context that results really depend on.
    func requests(byReach sample: SampleAxes) -> [AxisRequest] {
        zip(entries, sample.entries).map { view, axis in
            AxisRequest(name: axis.id, extent: axis.extent, stride: view.stride, before: view.before, after: view.after, sizes: axis.sizes)
        }
    }

    /// The axes to cut, with the context that the package declares.
    func requests(byHalo sample: SampleAxes) -> [AxisRequest] {
        zip(entries, sample.entries).map { view, axis in
            AxisRequest(name: axis.id, extent: axis.extent, stride: view.stride, before: view.halo, after: view.halo, sizes: axis.sizes)
        }
    }
}
