internal import ModelPackages
internal import NeuralNetwork

extension NetworkView {
    /// What the network sees, with the convolutions by which an image costs least.
    ///
    /// Where windows can be as large as they have to be, these are the ones that are asked for. Windows of the only extent that a
    /// network takes have the more context the larger Winograd's tiles are, so that smaller tiles or direct products may be cheaper:
    /// all that are at least as narrow as the ones asked for are compared. Those for which the image has to be filled up at its end,
    /// since windows begin at multiples of the stride, come last: fill changes values near by. Tiles and memory have no part in it,
    /// so that results do not depend on them.
    static func cheapest(
        _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, options: inout RunOptions
    ) throws(InferenceError) -> NetworkView {
        guard sample.exceedsFixedExtent, options.products == .kernels else {
            return try NetworkView(package, network, sample, options: options)
        }
        let all = RunOptions.Convolutions.allCases, first = all.firstIndex(of: options.convolutions) ?? all.startIndex
        let ways = try all[first...].map { (convolutions) throws(InferenceError) in
            var own = options
            own.convolutions = convolutions
            let view = try NetworkView(package, network, sample, options: own)
            return (view: view, options: own, cost: view.windowCost(sample) * convolutions.relativeTime, isFilled: view.fills(sample))
        }
        let possible = ways.filter { $0.cost < .infinity }, plain = possible.filter { !$0.isFilled }
        guard let best = (plain.isEmpty ? possible : plain).min(by: { $0.cost < $1.cost }) ?? ways.last else {
            return try NetworkView(package, network, sample, options: options)
        }
        options = best.options
        return best.view
    }

    /// Whether an image larger than the only window has to be filled up.
    private func fills(_ sample: SampleAxes) -> Bool {
        zip(entries, sample.entries).contains { view, axis in
            guard case .fixed(let size) = axis.sizes, axis.extent > size else { return false }
            return (axis.extent - size) % view.stride != 0
        }
    }

    /// Elements that the network reads for one element of a large image, along the axes whose extent is fixed; infinite where nothing
    /// of a window is free of its borders.
    private func windowCost(_ sample: SampleAxes) -> Double {
        zip(entries, sample.entries).reduce(1) { cost, pair in
            guard case .fixed(let size) = pair.1.sizes, pair.1.extent > size else { return cost }
            let view = pair.0, inner = roundDown(size - roundUp(view.before, view.stride) - view.after, view.stride)
            return inner > 0 ? cost * Double(size) / Double(inner) : .infinity
        }
    }
}

extension RunOptions.Convolutions {
    /// That windows of a fixed extent go through by these convolutions.
    var note: String {
        let way =
            switch self {
            case .winograd4: "Winograd's F(4x4, 3x3)"
            case .winograd2: "Winograd's F(2x2, 3x3)"
            case .direct: "direct products"
            }
        return "the network takes windows of one extent only: its convolutions were computed by \(way), which leaves most of each window"
    }

    /// The time of a U-Net, measured, by the time with the largest tiles.
    fileprivate var relativeTime: Double {
        switch self {
        case .winograd4: 1
        case .winograd2: 1.4
        case .direct: 2.3
        }
    }
}
