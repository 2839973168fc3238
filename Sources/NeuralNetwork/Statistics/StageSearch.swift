/// Finds the steps of a graph that know of the whole image no more than statistics, in the order in which they are computed.
///
/// With a statistic that is known a normalisation sees each value by itself, so that what is behind it follows the image as what is in
/// front of it.
struct StageSearch {
    private(set) var stages: [StatisticStage] = []
    private let graph: CompiledGraph
    private let plan: Plan
    private var analysis: ReachAnalysis
    /// The step that makes each value.
    private var producers: [Int: CompiledGraph.Step] = [:]
    /// The stages by what they give.
    private var found: [Int: StatisticStage] = [:]

    init(_ graph: CompiledGraph, _ plan: Plan, imageAxes: [Int: [Int]]?) {
        (self.graph, self.plan) = (graph, plan)
        analysis = ReachAnalysis(inputsOf: graph, plan: plan, imageAxes: imageAxes)
        for index in plan.steps { pass(index) }
    }

    private mutating func pass(_ index: Int) {
        let step = graph.steps[index]
        if let stage = stage(at: index) {
            stages.append(stage)
            found[stage.output] = stage
        }
        for case let value? in step.outputs { producers[value] = step }
        guard let stage = step.firstResult.flatMap({ found[$0] }) else { return analysis.mark(step) }
        if case .normalization = stage.kind { analysis.mark(stage.settled(in: graph)) }
    }

    private func stage(at index: Int) -> StatisticStage? {
        let step = graph.steps[index]
        guard let input = step.inputs.first ?? nil, let output = step.outputs.first ?? nil, let type = plan.types[input],
            type.elementType.isReal, step.outputs.dropFirst().allSatisfy({ $0 == nil })
        else { return nil }
        func stage(_ kind: StatisticStage.Kind, of source: Source, output: Int) -> StatisticStage {
            StatisticStage(
                name: "\(step.node.name) (\(step.node.operatorType))", step: index, kind: kind, input: source.value, output: output,
                type: source.type, places: source.places, groups: source.groups)
        }
        if let reduction = step.core as? Reduction {
            guard reduction.followsFromStatistics, let axes = try? reduction.axes(analysis.signatures(of: step)),
                let result = plan.types[output], let source = source(of: input, type, reduced: axes)
            else { return nil }
            return stage(.reduction(reduction, result), of: source, output: output)
        }
        guard let form = NormalizationForm(step, type, constants: graph.constants),
            let source = source(of: input, type, reduced: form.reduced, form), source.hasPlanes,
            let scale = source.parameter(form.scale), let shift = source.parameter(form.shift),
            let end = source.isFlattened ? unflattened(output, source.type.shape) : output
        else { return nil }
        return stage(.normalization(form.normalization, scale: scale, shift: shift), of: source, output: end)
    }
}

// MARK: - What statistics are taken of

extension StageSearch {
    /// A value with all places along the image, of whose channels groups are taken together.
    private struct Source {
        let value: Int
        let type: TensorType
        let places: [Int]
        let groups: ChannelGroups
        /// The shape over which parameters are broadcast, and its axes along which they must not vary.
        let shape: [Int]
        let constantAxes: [Int]
        let isFlattened: Bool

        /// Whether the values of a channel lie side by side.
        var hasPlanes: Bool {
            let first = places.first ?? type.shape.count
            return (first..<type.shape.count).allSatisfy { places.contains($0) || type.shape[$0] == 1 }
        }

        /// A parameter by channel; `nil` where it varies along the image.
        func parameter(_ parameter: NormalizationForm.Parameter) -> [Float]? {
            let values = ChannelGroups.parameter(parameter.values, parameter.shape, over: shape, places: constantAxes)
            return isFlattened ? values.map { values in groups.numbers.map { values[$0] } } : values
        }
    }

    /// The source of a statistic over some axes of a value; `nil` if these leave places of the image.
    private func source(of value: Int, _ type: TensorType, reduced: [Int], _ form: NormalizationForm? = nil) -> Source? {
        let places = analysis.places(of: value)
        guard !places.isEmpty else {
            return form?.groups == nil ? flattened(value, type, reduced: reduced, isFixed: form?.hasFixedGroups ?? false) : nil
        }
        guard places.allSatisfy(reduced.contains) else { return nil }
        guard let groups = form?.groups else {
            return Source(
                value: value, type: type, places: places, groups: ChannelGroups(type.shape, places: places, reduced: reduced),
                shape: type.shape, constantAxes: places, isFlattened: false)
        }
        // As if the channels had an axis for the groups and one for those of a group.
        let shape = [type.shape[0], groups, type.shape[1] / groups] + type.shape.dropFirst(2), shifted = places.map { $0 + 1 }
        return Source(
            value: value, type: type, places: places, groups: ChannelGroups(shape, places: shifted, reduced: Array(2..<shape.count)),
            shape: shape, constantAxes: shifted, isFlattened: false)
    }

    /// The same of a value (batch, channels, places…) that was reshaped, so that groups of channels and all places lie on its last axes,
    /// over which is reduced: as exporters write the normalisation of groups, and models pooling.
    ///
    /// - Parameter isFixed: whether the number of groups does not depend on the image's extents.
    private func flattened(_ value: Int, _ type: TensorType, reduced: [Int], isFixed: Bool) -> Source? {
        guard let reshape = producers[value], reshape.core is Reshaping, let inner = reshape.inputs.first ?? nil,
            let own = plan.types[inner], let first = analysis.places(of: inner).first, let firstReduced = reduced.first,
            analysis.places(of: inner) == Array(first..<own.shape.count), reduced == Array(firstReduced..<type.shape.count)
        else { return nil }
        let count = type.shape[..<firstReduced].reduce(1, *)
        guard let groups = ChannelGroups(channels: own.shape[..<first].reduce(1, *), in: count) else { return nil }
        // A number that could be an extent of the image may be one.
        let isConstant = isFixed || reshape.inputs.dropFirst().allSatisfy { $0.map { graph.constants[$0] != nil } ?? true }
        guard isConstant || !analysis.imageShape.contains(where: { $0 > 1 && count.isMultiple(of: $0) }) else { return nil }
        return Source(
            value: inner, type: own, places: analysis.places(of: inner), groups: groups, shape: type.shape, constantAxes: reduced,
            isFlattened: true)
    }

    /// The value that has the shape from before a normalisation again, where nothing else reads what it gives.
    private func unflattened(_ output: Int, _ shape: [Int]) -> Int? {
        let readers = graph.steps.filter { $0.inputs.contains(output) }
        guard readers.count == 1, let after = readers.first, after.core is Reshaping, let outer = after.outputs.first ?? nil,
            plan.types[outer]?.shape == shape, !graph.outputs.contains(output)
        else { return nil }
        return outer
    }
}
