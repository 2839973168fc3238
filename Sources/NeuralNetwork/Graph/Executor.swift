/// Runs the steps of a plan one after the other; each step shares its own work among the threads.
struct Executor {
    let graph: CompiledGraph
    let plan: Plan
    let context: RunContext
    /// Where the memory for channel blocks comes from.
    let memory: SpareMemory

    /// The results, in the order of the graph's outputs; `inputs` are in the order of the graph's inputs.
    func run(_ inputs: [Tensor]) throws(NetworkError) -> [Tensor] {
        guard let blocks = plan.blocks else { return try run(inputs, blocks: nil) }
        return try memory.withFloats(blocks.floats) { (memory) throws(NetworkError) in
            try run(inputs, blocks: BlockedRun(graph: graph, plan: blocks, context: context, memory: memory))
        }
    }

    private func run(_ inputs: [Tensor], blocks: BlockedRun?) throws(NetworkError) -> [Tensor] {
        var values = [Tensor?](repeating: nil, count: graph.valueCount)
        for (value, tensor) in zip(graph.inputs, inputs) { values[value] = tensor }
        for (position, (index, released)) in zip(plan.steps, plan.releases).enumerated() {
            let step = graph.steps[index]
            var arguments = step.inputs.map { $0.flatMap { graph.constants[$0] ?? plan.values[$0] ?? values[$0] } }
            // A value that is read here for the last time belongs to the step alone, which may then work in place.
            for value in released { values[value] = nil }
            if let blocks, let form = blocks.plan.steps[position] {
                if let result = try blocks.run(step, form, inputs: arguments, type: plan.types[form.output]) {
                    values[form.output] = result
                }
                continue
            }
            let types = try step.outputs.map { (value) throws(NetworkError) -> TensorType in
                guard let value else { return TensorType(shape: [], elementType: .float32) }
                guard let type = plan.types[value] else { throw step.node.error(.internalFault, "has no planned type") }
                return type
            }
            let results = try step.operation.results(&arguments, outputs: types, context: context)
            for (position, (value, result)) in zip(step.outputs, results).enumerated() {
                guard let value, !released.contains(value) else { continue }
                guard result.shape == types[position].shape, result.elementType == types[position].elementType else {
                    throw step.node.error(
                        .internalFault, "gives the shape \(result.shape) where \(types[position].shape) was planned")
                }
                values[value] = result
            }
        }
        var outputs: [Tensor] = []
        for value in graph.outputs {
            guard let tensor = graph.constants[value] ?? plan.values[value] ?? values[value] else {
                throw NetworkError(.internalFault, "an output was not computed")
            }
            outputs.append(tensor)
        }
        return outputs
    }
}
