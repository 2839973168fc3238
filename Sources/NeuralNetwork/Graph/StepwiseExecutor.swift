/// Runs a graph whose shapes depend on values: what a step gives is found when its inputs are there.
///
/// The same operators give the same values as with a plan; only the memory is not known beforehand, so it is checked on the way.
struct StepwiseExecutor {
    let graph: CompiledGraph
    let context: RunContext

    /// The results, in the order of the graph's outputs; `inputs` are in the order of the graph's inputs.
    func run(_ inputs: [Tensor]) throws(NetworkError) -> [Tensor] {
        var values = [Tensor?](repeating: nil, count: graph.valueCount)
        for (value, tensor) in zip(graph.inputs, inputs) { values[value] = tensor }
        var held = 0
        for (step, released) in zip(graph.steps, StepwiseExecutor.releases(of: graph)) {
            var arguments = step.inputs.map { $0.flatMap { graph.constants[$0] ?? values[$0] } }
            let signatures = try step.operation.infer(arguments.map { $0.map { Signature($0) } })
            guard signatures.count >= step.outputs.count else { throw step.node.error(.internalFault, "gives too few results") }
            var bytes = 0
            for signature in signatures { bytes += try step.node.checkedByteCount(signature.type, limits: graph.limits) }
            try StepBudget.current?.spend(bytes, node: step.node)
            held += bytes
            guard held <= graph.limits.maxWorkingSetBytes else {
                throw step.node.error(
                    .limit, "the run would hold \(held) bytes of activations here; at most \(graph.limits.maxWorkingSetBytes) are allowed")
            }
            for value in released {
                held -= values[value]?.byteCount ?? 0
                values[value] = nil
            }
            let known = signatures.compactMap(\.value)
            let results =
                known.count == signatures.count
                ? known : try step.operation.results(&arguments, outputs: signatures.map(\.type), context: context)
            for (position, (value, result)) in zip(step.outputs, results).enumerated() {
                guard result.shape == signatures[position].shape, result.elementType == signatures[position].elementType else {
                    throw step.node.error(
                        .internalFault, "gives the shape \(result.shape) where \(signatures[position].shape) was expected")
                }
                if let value { values[value] = result }
            }
        }
        var outputs: [Tensor] = []
        for value in graph.outputs {
            guard let tensor = graph.constants[value] ?? values[value] else {
                throw NetworkError(.internalFault, "an output was not computed")
            }
            outputs.append(tensor)
        }
        return outputs
    }

    /// For each step the values that nobody reads after it.
    static func releases(of graph: CompiledGraph) -> [[Int]] {
        var released = [Bool](repeating: false, count: graph.valueCount)
        for value in graph.outputs { released[value] = true }
        var releases: [[Int]] = []
        for step in graph.steps.reversed() {
            var last: [Int] = []
            for case let value? in step.inputs where !released[value] {
                released[value] = true
                last.append(value)
            }
            releases.append(last)
        }
        return releases.reversed()
    }
}
