/// What a graph does for inputs of given shapes: every type, the values that follow from shapes alone, the steps that remain
/// and when each value can be released.
final class Plan: Sendable {
    /// The type of each value; `nil` for values that no step that is left produces.
    let types: [TensorType?]
    /// Values that follow from shapes, besides the graph's constants.
    let values: [Int: Tensor]
    /// The steps to run, as indices of the graph's steps.
    let steps: [Int]
    /// For each of `steps` the values that nobody reads after it.
    let releases: [[Int]]
    /// The steps that work on channel blocks; `nil` if all work on plain tensors.
    let blocks: BlockPlan?
    /// Bytes of activations at the widest cut, inputs included.
    let workingSetBytes: Int

    init(
        graph: CompiledGraph, ports: [Port], types inputTypes: [String: TensorType], convolutions: RunOptions.Convolutions?
    ) throws(NetworkError) {
        let inference = try TypeInference(graph, ports: ports, types: inputTypes, limits: graph.limits)
        let (types, known) = (inference.types, inference.known)
        self.types = types
        values = known
        (steps, releases) = Plan.schedule(graph, known: known)
        var blocks: BlockPlan?
        if let convolutions, steps.count <= BlockPlan.mostSteps {
            blocks = BlockPlan(graph: graph, steps: steps, types: types, convolutions: convolutions)
        }
        self.blocks = blocks.flatMap { $0.values.isEmpty ? nil : $0 }
        // On channel blocks a step works piece by piece.
        var inner = inference.innerBytes
        for case let step? in self.blocks?.steps ?? [] where step.form != .leaving { inner[step.output] = nil }
        let widest = WidestCut(
            graph, steps: steps, releases: releases, types: types, innerBytes: inner,
            isCounted: { [plan = self.blocks] in plan?.isPlain($0) ?? true })
        let (sum, overflow) = widest.bytes.addingReportingOverflow((self.blocks?.floats ?? 0) * MemoryLayout<Float>.stride)
        workingSetBytes = overflow ? .max : sum
        let constantBytes = graph.constantBytes
        guard workingSetBytes <= graph.limits.maxWorkingSetBytes - min(constantBytes, graph.limits.maxWorkingSetBytes) else {
            let message =
                "a run would hold \(workingSetBytes) bytes of activations here, beside \(constantBytes) of weights; at most "
                + "\(graph.limits.maxWorkingSetBytes) are allowed. Use smaller tiles or allow more memory"
            throw (widest.step ?? steps.first).map { graph.steps[$0].node.error(.limit, message) } ?? NetworkError(.limit, message)
        }
    }

    /// The steps whose results are needed and not known, and what can be released after each.
    private static func schedule(_ graph: CompiledGraph, known: [Int: Tensor]) -> (steps: [Int], releases: [[Int]]) {
        var needed = [Bool](repeating: false, count: graph.valueCount)
        for value in graph.outputs where known[value] == nil { needed[value] = true }
        var released = [Bool](repeating: false, count: graph.valueCount)
        for value in graph.outputs { released[value] = true }
        var steps: [Int] = [], releases: [[Int]] = []
        for index in graph.steps.indices.reversed() {
            let step = graph.steps[index]
            guard step.outputs.contains(where: { $0.map { needed[$0] } ?? false }) else { continue }
            var last: [Int] = []
            for case let value? in step.inputs + step.outputs where known[value] == nil && graph.constants[value] == nil {
                needed[value] = true
                if !released[value] {
                    released[value] = true
                    last.append(value)
                }
            }
            steps.append(index)
            releases.append(last)
        }
        return (steps.reversed(), releases.reversed())
    }
}
