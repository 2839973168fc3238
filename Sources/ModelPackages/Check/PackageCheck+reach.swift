internal import NeuralNetwork

extension PackageCheck {
    /// How a network of such outputs can be tiled; `nil` where the reach cannot be said.
    ///
    /// - Parameter fixed: the space axes along which the network takes one extent only, with it.
    static func tilingClass(_ reaches: [ReachReport], _ fixed: [String: Int]) -> TilingClass? {
        guard !reaches.isEmpty else { return nil }
        let isNarrow = reaches.flatMap(\.axes).contains { axis in fixed[axis.axis].map { $0 < axis.context.leastWindow } ?? false }
        return TilingClass(seesAll: reaches.contains { !$0.isLocal }, hasWindow: !fixed.isEmpty, isNarrow: isNarrow)
    }

    /// The space axes along which the network takes one extent only, with it.
    static func fixedExtents(of package: ModelPackage, _ network: Network) -> [String: Int] {
        guard let (input, port) = package.ports(of: network).first else { return [:] }
        var extents: [String: Int] = [:]
        for (index, axis) in input.axes.enumerated() where axis.kind == .space {
            if port.shape.indices.contains(index), case .fixed(let size) = port.shape[index] { extents[axis.id] = size }
            if case .fixed(let size) = axis.size { extents[axis.id] = size }
        }
        return extents
    }

    /// How far each output sees, or why that cannot be said.
    ///
    /// - Parameters:
    ///   - prepared: the test inputs as the network takes them.
    ///   - isFixed: whether the network takes windows of one extent only.
    static func reaches(
        of package: ModelPackage, _ network: Network, _ prepared: [String: AxisTensor], isFixed: Bool
    ) -> (reports: [ReachReport], obstacle: String?) {
        guard let imageAxes = package.imageAxes(of: network) else {
            return (
                [],
                "the inputs have different axes: how far the network sees is not said, and Concours runs each image in one window"
            )
        }
        var shapes: [String: [Int]] = [:]
        for (input, port) in package.ports(of: network) { shapes[port.name] = prepared[input.id]?.shape }
        let reaches: [String: Reach], run: [String: Reach]
        do {
            // The receptive field: what others must see around a tile, however they compute.
            reaches = try network.reach(inputShapes: shapes, imageAxes: imageAxes.places, options: RunOptions(convolutions: .direct))
            // Windows of one extent only go through the direct kernels, which need no more than that.
            run = try isFixed ? reaches : network.reach(inputShapes: shapes, imageAxes: imageAxes.places)
        } catch {
            let refusal = error.kind == .unknownBeforeRun ? ", and it does not run on images of any size (`concours model run`)" : ""
            return ([], "how far the network sees cannot be said\(refusal): \(error)")
        }
        let dependence =
            reaches.values.lazy.compactMap(\.unsteadyStep).min()
            ?? sizeDependence(of: package, network, shapes, imageAxes, reaches.values.map(\.axes))
        var reports: [ReachReport] = []
        for (output, port) in zip(package.outputs, network.outputs) {
            guard let reach = reaches[port.name], let own = run[port.name] else { continue }
            // Along axes that could be cut if others are not, the truth is then that they cannot.
            let axes = axisReports(reach, own, imageAxes.ids, output, whole: reach.wholeImageOperators.isEmpty ? nil : dependence)
            reports.append(
                ReachReport(output: output.id, axes: axes, wholeImageOperators: reach.wholeImageOperators + [dependence].compactMap(\.self))
            )
        }
        return (reports, nil)
    }

    /// The step that lies otherwise in an image that is larger along the axes that can be cut, with the reason; `nil` if none does, or if
    /// the network takes no other image.
    private static func sizeDependence(
        of package: ModelPackage, _ network: Network, _ shapes: [String: [Int]], _ imageAxes: ImageAxes, _ reaches: [[Reach.AxisReach]]
    ) -> String? {
        var larger = shapes
        let free = imageAxes.ids.indices.filter { axis in reaches.allSatisfy { $0.indices.contains(axis) && !$0[axis].isWhole } }
        for (input, port) in package.ports(of: network) {
            for (index, place) in (imageAxes.places[port.name] ?? []).enumerated() {
                guard free.contains(index) else { continue }
                if port.shape.indices.contains(place), case .fixed = port.shape[place] { continue }
                guard case .stepped(_, let step) = input.axes[place].size, step > 0 else { continue }
                let growth = reaches.reduce(step) { leastCommonMultiple($0, $1[index].stride) }
                larger[port.name]?[place] += growth
            }
        }
        let options = RunOptions(convolutions: .direct)
        guard larger != shapes,
            let own = try? network.geometry(inputShapes: shapes, imageAxes: imageAxes.places, options: options),
            let other = try? network.geometry(inputShapes: larger, imageAxes: imageAxes.places, options: options)
        else { return nil }
        return own.difference(from: other, along: free)?.description
    }

    private static func axisReports(
        _ reach: Reach, _ run: Reach, _ ids: [String], _ output: TensorDescription, whole: String?
    ) -> [AxisReport] {
        zip(ids, zip(reach.axes, run.axes)).compactMap { id, axisReaches in
            let (reach, run) = axisReaches
            guard let own = output.axes.first(where: { $0.id == id }), own.kind == .space else { return nil }
            return AxisReport(
                axis: id, declaredHalo: reach.pixels(covering: own.halo), reach: reach.seeingAll(whole), context: TileContext(run))
        }
    }
}

extension PackageCheck.ReachReport {
    /// Whether labels of the output have the image's extents.
    ///
    /// - Parameter growth: labels for one element along (z,) y and x, where the output is made into labels.
    func hasImageExtents(growth: [Int]?) -> Bool {
        let finer = [String: Int](zip(SpaceAxes.names(last: growth?.count ?? 0), growth ?? [])) { first, _ in first }
        return axes.allSatisfy { axis in
            axis.reach.missing == 0 && axis.reach.scale.numerator * (finer[axis.axis] ?? 1) == axis.reach.scale.denominator
        }
    }

    /// What it means that an output has other extents than the image.
    func extentWarning(_ output: TensorDescription) -> String {
        guard let step = output.labelStepID, let growth = output.labelGrowth else {
            return "\(output.id) has other extents than the image: challenges compare labels of the image's extents, which of the "
                + "postprocessors only `stardist`, by its `grid`, makes of an output of fewer places"
        }
        let places = axes.map { "\($0.reach.scale) along \($0.axis)" }.joined(separator: ", ")
        return "\(output.id) has other extents than the image, whose labels challenges compare: `\(step)` makes \(growth) labels of each "
            + "place, and the network makes for each pixel \(places) places"
    }

    /// What those who tile should know, by the class of the network.
    func warnings(_ tilingClass: TilingClass?) -> [String] {
        if isPartial, tilingClass == .global {
            let whole = axes.filter(\.reach.isWhole).map(\.axis).joined(separator: ", ")
            let others = axes.filter { !$0.reach.isWhole }.map(\.axis).joined(separator: ", ")
            return [
                "\(output) sees the whole image along \(whole) (\(wholeImageOperators.joined(separator: ", "))): in tiles by the declared halo "
                    + "its values change. Concours leaves \(whole) whole and cuts along \(others), where memory allows"
            ]
        }
        guard isLocal else {
            return [
                "\(output) sees the whole image (\(wholeImageOperators.joined(separator: ", "))): in tiles by the declared halo its values change. "
                    + (tilingClass == .global
                        ? "Concours runs the image whole or, where memory is short, sums up statistics of the whole image where it can"
                        : "The network takes windows of one extent only, so larger images are cut by the declared halo")
            ]
        }
        let ways =
            tilingClass == .windowed ? "so does Concours, as the network takes no larger window" : "Concours gives tiles all they see"
        var warnings: [(axes: [String], words: String)] = []
        for axis in axes where !axis.isHaloSufficient {
            let reach = axis.reach
            let stride =
                reach.stride == 1 ? "" : " (tiles at multiples of the stride, \(reach.stride), need \(axis.neededHalo))"
            let words =
                "\(output) declares a halo of \(axis.declaredHalo) input pixels, the network sees \(reach.before) before and "
                + "\(reach.after) after\(stride)"
            if let same = warnings.firstIndex(where: { $0.words == words }) {
                warnings[same].axes.append(axis.axis)
            } else {
                warnings.append(([axis.axis], words))
            }
        }
        return warnings.map { axes, words in
            "\(words) along \(axes.joined(separator: ", ")): others who tile by the declared halo get other values at tile borders; \(ways)"
        }
    }
}
