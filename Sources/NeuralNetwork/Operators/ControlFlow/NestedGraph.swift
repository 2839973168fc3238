/// A graph within a node, compiled, and the places of the values that it captures among the node's captured ones.
struct NestedGraph {
    /// What is known of a graph before it runs.
    struct Forecast {
        /// What is known of the results.
        let results: [Signature]
        /// Bytes that are held at the widest cut, beside the captured values.
        let heldBytes: Int
    }

    let graph: CompiledGraph
    let declaredInputs: Int
    let captured: [Int]

    /// What is known before a run; `nil` if the type of a result is not.
    func forecast(_ declared: [Signature?], captured values: [Signature?]) throws(NetworkError) -> Forecast? {
        guard declared.count == declaredInputs else { return nil }
        var inference = TypeInference(valueCount: graph.valueCount, constants: graph.constants, limits: graph.limits)
        let outer = captured.map { values[$0] }
        for (value, signature) in zip(graph.inputs, declared + outer) { inference.state(signature, of: value) }
        for step in graph.steps { try inference.pass(step) }
        let results = graph.outputs.compactMap(inference.signature)
        guard results.count == graph.outputs.count else { return nil }
        // Step by step everything is computed, also what is known.
        let widest = WidestCut(
            graph, steps: Array(graph.steps.indices), releases: StepwiseExecutor.releases(of: graph), types: inference.types,
            innerBytes: inference.innerBytes)
        let shared = outer.reduce(0) { $0 + ($1?.type.byteCount ?? 0) }
        return Forecast(results: results, heldBytes: max(0, widest.bytes - shared))
    }

    /// The results, in the order of the graph's outputs.
    func run(_ inputs: [Tensor], captured values: [Tensor], node: Node) throws(NetworkError) -> [Tensor] {
        guard inputs.count == declaredInputs else {
            throw node.error(.graph, "passes \(inputs.count) values to a graph with \(declaredInputs) inputs")
        }
        try StepBudget.current?.spend(0, node: node)
        let context = RunContext(threads: 1, instructions: .best, products: .kernels)
        return try StepwiseExecutor(graph: graph, context: context).run(inputs + captured.map { values[$0] })
    }
}
