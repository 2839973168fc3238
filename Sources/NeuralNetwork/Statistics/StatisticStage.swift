/// A step of a network that knows of the whole image no more than a statistic.
struct StatisticStage: Sendable {
    enum Kind: Sendable {
        /// The values of each group are normalised, then scaled and shifted by a parameter for each channel.
        case normalization(any MomentNormalization, scale: [Float], shift: [Float])
        /// A result for each group, of this type.
        case reduction(Reduction, TensorType)
    }

    /// The node, as `name (OpType)`.
    let name: String
    /// The place among the graph's steps.
    let step: Int
    let kind: Kind
    /// The value of which the statistic is taken, and the one that follows.
    let input: Int
    let output: Int
    /// The type of the value, in a window.
    let type: TensorType
    /// The axes of the value that follow the image.
    let places: [Int]
    let groups: ChannelGroups

    /// Whether the statistic is of float32 values, to which those of float64 are rounded: as normalisations compute.
    var isOfFloats: Bool {
        if case .normalization = kind { true } else { type.elementType != .float64 }
    }

    /// A statistic that is made up.
    func rehearsed() throws(NetworkError) -> ChannelStatistics {
        let ones = groups.numbers.map { _ in 1.0 }
        guard let made = ChannelStatistics(places: 1, sums: ones, squares: ones, minima: ones, maxima: ones) else {
            throw NetworkError(.internalFault, "a statistic of no channels")
        }
        return made
    }

    /// The normalisation with a statistic that is known, of its input; `nil` for a reduction.
    func normalization(_ statistic: ChannelStatistics, in graph: CompiledGraph) -> CompiledGraph.Step? {
        guard case .normalization(let normalization, let scale, let shift) = kind else { return nil }
        let moments = statistic.joined(groups).map { normalization.scale(of: $0) ?? (mean: 0, factor: 1) }
        let scales = groups.numbers.enumerated().map { channel, group in
            ChannelScale(mean: moments[group].mean, factor: Double(scale[channel]) * moments[group].factor, shift: shift[channel])
        }
        return settled(scales, in: graph)
    }

    /// The normalisation as a step that sees each value by itself.
    func settled(_ scales: [ChannelScale] = [], in graph: CompiledGraph) -> CompiledGraph.Step {
        let step = graph.steps[step]
        let settled = SettledNormalization(step.node, scales: scales, channelAxes: places.first ?? type.shape.count)
        return CompiledGraph.Step(
            node: step.node, operation: (step.operation as? SinglePrecision)?.around(settled) ?? settled, inputs: [input], outputs: [output]
        )
    }

    /// What a reduction gives with a statistic that is known; `nil` for a normalisation.
    func result(_ statistic: ChannelStatistics) -> Tensor? {
        guard case .reduction(let reduction, let type) = kind else { return nil }
        let values = statistic.joined(groups).map { reduction.result(of: $0) ?? 0 }
        // Half precision is rounded from float32.
        return isOfFloats
            ? Tensor(type.shape, .float32(values.map(Float.init))).cast(to: type.elementType) : Tensor(type.shape, .float64(values))
    }
}
