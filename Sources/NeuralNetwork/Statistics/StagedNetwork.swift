/// A network that sees the whole image through statistics, cut into stages that see less.
///
/// Stage k ends where the k-th statistic is taken, with the earlier ones fixed; behind the last one the whole network is local, along some
/// axis of the image at least. Sums over all places of each stage's result are taken tile by tile, so that the image need not fit into
/// memory.
/// Statistics are those of normalisations (of instances, of groups also as exporters write it before opset 18: reshape, instance
/// normalisation, reshape; of layers, means and variances over the whole plane) and of reductions and poolings over all places whose
/// results follow from sums, sums of squares and extremes. What is computed with the image's extents, such as the number of its pixels,
/// is so with those of the whole image.
/// Source: the idea of normalisation over devices ("SyncBN"), here over tiles.
public struct StagedNetwork: Sendable {
    /// The nodes that take statistics, as `name (operator)`, in the order of the stages.
    public var names: [String] { stages.map(\.name) }
    /// The name of the one output of a stage.
    public static let output = "statistics"

    /// The axes of the image along which neither the stages nor the whole network see everything once the statistics are known.
    public private(set) var freeAxes: [Int] = []

    private let network: Network
    private let stages: [StatisticStage]

    /// Finds the statistics; `nil` if the network sees all of every axis even if they are known, or has none.
    ///
    /// - Parameters:
    ///   - inputShapes: extents of a moderate window.
    ///   - imageShapes: extents of the whole image.
    ///   - imageAxes: by input, which of its tensor axes are those of the image; `nil` for all from the third on.
    public init?(
        _ network: Network, inputShapes: [String: [Int]], imageShapes: [String: [Int]], imageAxes: [String: [Int]]? = nil,
        options: RunOptions = .init()
    ) throws(NetworkError) {
        guard network.inputs.count == 1, let port = network.inputs.first else { return nil }
        let types = try network.types(of: inputShapes), plan = try network.plan(for: types, options)
        // What is beyond all limits for the whole image may go in windows.
        let numbers = try? ExtentNumbers(network, imageShapes: imageShapes)
        let graph = numbers?.settling(network.graph, plan) ?? network.graph
        self.network = graph === network.graph ? network : Network(network, graph: graph, outputs: network.outputs)
        let axes = imageAxes?[port.name].map { [graph.inputs[0]: $0] }
        stages = StageSearch(graph, try self.network.plan(for: types, options), imageAxes: axes).stages
        guard !stages.isEmpty, stages.allSatisfy({ numbers?.agrees(with: $0) ?? true }) else { return nil }
        freeAxes = try axesToCut(rehearsed(), types, axes, options)
        guard !freeAxes.isEmpty else { return nil }
    }

    /// The axes that no step sees as a whole and that all results follow.
    private func axesToCut(
        _ samples: [ChannelStatistics], _ types: [String: TensorType], _ imageAxes: [Int: [Int]]?, _ options: RunOptions
    ) throws(NetworkError) -> [Int] {
        let (steps, constants) = parts(samples), ends = stages.map(\.input)
        // A run would hold the values of all stages until its end.
        var limits = network.graph.limits
        limits.maxWorkingSetBytes = .max
        let graph = CompiledGraph(
            network.graph, steps: steps, constants: constants, outputs: network.graph.outputs + ends, limits: limits)
        let settled = Network(network, graph: graph, outputs: network.outputs)
        var analysis = ReachAnalysis(graph: graph, plan: try settled.plan(for: types, options), imageAxes: imageAxes)
        SizePeriod.note(in: &analysis, ports: network.inputs, options.blockedConvolutions)
        SizeComparison.note(in: &analysis, ports: network.inputs)
        func follows(_ value: Int, _ axis: Int) -> Bool {
            analysis.marks[value]?.contains { $0.count == 1 && $0[0].imageAxis == axis } ?? false
        }
        return analysis.imageShape.indices.filter { axis in
            analysis.wholeAxes.allSatisfy { $0[axis] == nil } && (network.graph.outputs + ends).allSatisfy { follows($0, axis) }
        }
    }

    /// Whether the statistic of a stage is of float32 values, to which those of float64 are rounded first.
    public func isOfFloats(_ stage: Int) -> Bool { stages[stage].isOfFloats }

    /// The axes of a stage's value that follow the image; the others are those of its channels.
    public func places(_ stage: Int) -> [Int] { stages[stage].places }

    /// The number of channels of a stage's value.
    public func channels(_ stage: Int) -> Int { stages[stage].groups.numbers.count }

    /// The whole network with statistics that are made up: of the same form as it will be.
    ///
    /// - Parameter stage: a stage that is wanted in its place, counted from 0.
    public func rehearsal(stage: Int? = nil) throws(NetworkError) -> Network {
        settled(Array(try rehearsed().prefix(stage ?? stages.count)))
    }

    /// Statistics that are made up.
    private func rehearsed() throws(NetworkError) -> [ChannelStatistics] {
        try stages.map { (stage) throws(NetworkError) in try stage.rehearsed() }
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
            if let settled = stage.normalization(statistic, in: network.graph) { steps[stage.step] = settled }
            if let result = stage.result(statistic) { constants[stage.output] = result }
        }
        // What is known has no step any more: neither pooling nor, where it was part of a normalisation, reshaping.
        let settled = Set(stages.prefix(statistics.count).map(\.output)), kept = Set(stages.prefix(statistics.count).map(\.step))
        let remaining = steps.enumerated().filter { index, step in
            guard step.outputs.contains(where: { $0.map { settled.contains($0) } ?? false }) else { return true }
            return kept.contains(index) && step.core is SettledNormalization
        }.map(\.element)
        return (remaining, constants)
    }
}
