/// A network that sees the whole image through statistics of channels, cut into stages that see less.
///
/// Stage k ends where the k-th statistic is taken, with the earlier ones fixed; behind the last one the whole network is local, along some
/// axis of the image at least. Sums over all places of each stage's result are taken tile by tile, so that the image need not fit into
/// memory.
/// Statistics are those of `InstanceNormalization`, `GroupNormalization` (also as exporters write it before opset 18: reshape,
/// instance normalisation, reshape), `GlobalAveragePool`, `GlobalMaxPool` and `ReduceMean` over the spatial axes.
/// Source: the idea of normalisation over devices ("SyncBN"), here over tiles.
public struct StagedNetwork: Sendable {
    /// The nodes that take statistics, as `name (operator)`, in the order of the stages.
    public var names: [String] { stages.map(\.name) }
    /// The name of the one output of a stage.
    public static let output = "statistics"

    /// The axes of the image along which neither the stages nor the whole network see everything once the statistics are known.
    public private(set) var freeAxes: [Int] = []

    private let network: Network
    private let stages: [Stage]

    private enum Kind {
        /// Channels in groups are normalised; a parameter for each group or channel.
        case normalization(groups: Int, scale: [Float], shift: [Float], epsilon: Double)
        case mean(keepsAxes: Bool)
        case maximum
    }

    private struct Stage {
        let name: String
        /// The place among the graph's steps.
        let step: Int
        let kind: Kind
        /// The value of which the statistic is taken, and the one that follows.
        let input: Int
        let output: Int
        /// The type of the value.
        let type: TensorType

        /// Whether the statistic is of float32 values, to which those of float64 are rounded: as normalisations compute.
        var isOfFloats: Bool {
            if case .normalization = kind { true } else { type.elementType != .float64 }
        }

        /// A tensor of what a pooling gives, with or without axes behind the channels.
        func pooled(_ values: [Double], keepsAxes: Bool) -> Tensor {
            let shape = [1, values.count] + (keepsAxes ? type.shape.dropFirst(2).map { _ in 1 } : [])
            // Half precision is rounded from float32.
            return isOfFloats
                ? Tensor(shape, .float32(values.map(Float.init))).cast(to: type.elementType) : Tensor(shape, .float64(values))
        }
    }

    /// Finds the statistics; `nil` if the network sees all of every axis even if they are known, or has none.
    ///
    /// - Parameter inputShapes: extents of a moderate window.
    public init?(_ network: Network, inputShapes: [String: [Int]], options: RunOptions = .init()) throws(NetworkError) {
        guard network.inputs.count == 1 else { return nil }
        self.network = network
        let plan = try network.plan(for: network.types(of: inputShapes), options)
        stages = network.graph.steps.indices.compactMap { StagedNetwork.stage(at: $0, network.graph, plan) }
        guard !stages.isEmpty else { return nil }
        freeAxes = try axesToCut(rehearsed(), inputShapes, options)
        guard !freeAxes.isEmpty else { return nil }
    }

    /// The axes that no step sees as a whole and that all results follow, those of the stages behind the channels.
    private func axesToCut(
        _ samples: [ChannelStatistics], _ inputShapes: [String: [Int]], _ options: RunOptions
    ) throws(NetworkError) -> [Int] {
        let (steps, constants) = parts(samples), ends = stages.map(\.input)
        // A run would hold the values of all stages until its end.
        var limits = network.graph.limits
        limits.maxWorkingSetBytes = .max
        let graph = CompiledGraph(
            network.graph, steps: steps, constants: constants, outputs: network.graph.outputs + ends, limits: limits)
        let settled = Network(network, graph: graph, outputs: network.outputs)
        var analysis = ReachAnalysis(graph: graph, plan: try settled.plan(for: network.types(of: inputShapes), options))
        SizeComparison.note(in: &analysis, ports: network.inputs)
        func follows(_ value: Int, _ axis: Int, from place: Int) -> Bool {
            analysis.marks[value]?.dropFirst(place).contains { $0?.imageAxis == axis } ?? false
        }
        return analysis.imageShape.indices.filter { axis in
            analysis.wholeAxes.allSatisfy { $0[axis] == nil } && network.graph.outputs.allSatisfy { follows($0, axis, from: 0) }
                && ends.allSatisfy { follows($0, axis, from: 2) }
        }
    }

    /// Whether the statistic of a stage is of float32 values, to which those of float64 are rounded first.
    public func isOfFloats(_ stage: Int) -> Bool { stages[stage].isOfFloats }

    /// The whole network with statistics that are made up: of the same form as it will be.
    ///
    /// - Parameter stage: a stage that is wanted in its place, counted from 0.
    public func rehearsal(stage: Int? = nil) throws(NetworkError) -> Network {
        settled(Array(try rehearsed().prefix(stage ?? stages.count)))
    }

    /// Statistics that are made up.
    private func rehearsed() throws(NetworkError) -> [ChannelStatistics] {
        try stages.map { (stage) throws(NetworkError) -> ChannelStatistics in
            let ones = [Double](repeating: 1, count: stage.type.shape[1])
            guard let sample = ChannelStatistics(places: 1, sums: ones, squares: ones, maxima: ones) else {
                throw NetworkError(.internalFault, "a statistic of no channels")
            }
            return sample
        }
    }

    /// The local network to the value of which the next statistic is taken, or the whole one if all are known.
    public func settled(_ statistics: [ChannelStatistics]) -> Network {
        let (steps, constants) = parts(statistics), next = stages.dropFirst(statistics.count).first
        let graph = CompiledGraph(
            network.graph, steps: steps, constants: constants, outputs: next.map { [$0.input] } ?? network.graph.outputs)
        let port = next.map { Port(name: StagedNetwork.output, elementType: $0.type.elementType, shape: nil) }
        return Network(network, graph: graph, outputs: port.map { [$0] } ?? network.outputs)
    }

    /// The steps and constants of the network with statistics that are known.
    private func parts(_ statistics: [ChannelStatistics]) -> (steps: [CompiledGraph.Step], constants: [Int: Tensor]) {
        var steps = network.graph.steps, constants = network.graph.constants
        for (stage, statistic) in zip(stages, statistics) {
            switch stage.kind {
            case .normalization(let groups, let scale, let shift, let epsilon):
                let scales = StagedNetwork.scales(statistic, groups, scale, shift, epsilon)
                let node = steps[stage.step].node, settled = SettledNormalization(node, scales: scales)
                steps[stage.step] = CompiledGraph.Step(
                    node: node, operation: (steps[stage.step].operation as? SinglePrecision)?.around(settled) ?? settled,
                    inputs: [stage.input], outputs: [stage.output])
            case .mean(let keepsAxes):
                constants[stage.output] = stage.pooled(statistic.sums.map { $0 / Double(statistic.places) }, keepsAxes: keepsAxes)
            case .maximum: constants[stage.output] = stage.pooled(statistic.maxima, keepsAxes: true)
            }
        }
        // What is known has no step any more: neither pooling nor, where it was part of a normalisation, reshaping.
        let settled = Set(stages.prefix(statistics.count).map(\.output)), kept = Set(stages.prefix(statistics.count).map(\.step))
        let remaining = steps.enumerated().filter { index, step in
            guard step.outputs.contains(where: { $0.map { settled.contains($0) } ?? false }) else { return true }
            return kept.contains(index) && step.core is SettledNormalization
        }.map(\.element)
        return (remaining, constants)
    }

    private static func scales(
        _ statistic: ChannelStatistics, _ groups: Int, _ scale: [Float], _ shift: [Float], _ epsilon: Double
    ) -> [ChannelScale] {
        let channels = statistic.sums.count, perGroup = channels / groups
        return (0..<channels).map { channel in
            let group = channel / perGroup, parameter = scale.count == groups ? group : channel
            let (mean, variance) = statistic.moments(group * perGroup..<(group + 1) * perGroup)
            return ChannelScale(mean: mean, factor: Double(scale[parameter]) / (variance + epsilon).squareRoot(), shift: shift[parameter])
        }
    }
}

// MARK: - Finding

extension StagedNetwork {
    private static func stage(at index: Int, _ graph: CompiledGraph, _ plan: Plan) -> Stage? {
        let step = graph.steps[index], node = step.node
        guard let input = step.inputs.first ?? nil, let output = step.outputs.first ?? nil, let type = plan.types[input],
            type.shape.count >= 3, type.shape[0] == 1, type.elementType.isReal
        else { return nil }
        func parameter(_ place: Int) -> [Float]? {
            step.inputs.indices.contains(place) ? step.inputs[place].flatMap { graph.constants[$0]?.cast(to: .float32).floats } : nil
        }
        func found(_ kind: Kind, input: Int = input, output: Int = output) -> Stage {
            Stage(
                name: "\(node.name) (\(node.operatorType))", step: index, kind: kind, input: input, output: output,
                type: plan.types[input] ?? type)
        }
        let epsilon = Double(((try? node.float("epsilon")) ?? nil) ?? 1e-5)
        if step.core is InstanceNormalization, let scale = parameter(1), let shift = parameter(2) {
            if let (inner, outer) = reshaped(input, output, groups: scale.count, graph, plan) {
                return found(
                    .normalization(groups: scale.count, scale: scale, shift: shift, epsilon: epsilon), input: inner, output: outer)
            }
            guard follows(type.shape, plan, graph) else { return nil }
            return found(.normalization(groups: type.shape[1], scale: scale, shift: shift, epsilon: epsilon))
        }
        if step.core is GroupNormalization, let groups = (try? node.int("num_groups")) ?? nil, let scale = parameter(1),
            let shift = parameter(2), type.shape[1] % groups == 0
        {
            return found(.normalization(groups: groups, scale: scale, shift: shift, epsilon: epsilon))
        }
        guard step.core is Reduction else { return nil }
        switch node.operatorType {
        case "GlobalAveragePool": return found(.mean(keepsAxes: true))
        case "GlobalMaxPool": return found(.maximum)
        case "ReduceMean":
            let given = step.inputs.count > 1 ? step.inputs[1].flatMap { (graph.constants[$0] ?? plan.values[$0])?.integers } : nil
            let axes = (given ?? ((try? node.ints("axes")) ?? nil) ?? []).map { $0 < 0 ? $0 + type.shape.count : $0 }
            guard axes.sorted() == Array(2..<type.shape.count) else { return nil }
            return found(.mean(keepsAxes: ((try? node.int("keepdims")) ?? nil) ?? 1 != 0))
        default: return nil
        }
    }

    /// Whether a value has as many axes as the image: then its spatial axes are the image's.
    private static func follows(_ shape: [Int], _ plan: Plan, _ graph: CompiledGraph) -> Bool {
        graph.inputs.first.flatMap { plan.types[$0]?.shape.count } == shape.count
    }

    /// The values around a normalisation of groups that was written as one of instances: (1, channels, …) is reshaped to
    /// (1, groups, everything else) in front of it, and back behind it.
    private static func reshaped(
        _ input: Int, _ output: Int, groups: Int, _ graph: CompiledGraph, _ plan: Plan
    ) -> (input: Int, output: Int)? {
        guard let before = graph.steps.first(where: { $0.outputs.first == input }), before.core is Reshaping,
            let inner = before.inputs.first ?? nil, let shape = plan.types[inner]?.shape,
            shape.count >= 4 || plan.types[input]?.shape.count == 3,
            plan.types[input]?.shape.prefix(2) == [1, groups], shape[1] % groups == 0
        else { return nil }
        let readers = graph.steps.filter { $0.inputs.contains(output) }
        guard readers.count == 1, let after = readers.first, after.core is Reshaping, let outer = after.outputs.first ?? nil,
            plan.types[outer]?.shape == shape, follows(shape, plan, graph), !graph.outputs.contains(output)
        else { return nil }
        return (inner, outer)
    }
}
