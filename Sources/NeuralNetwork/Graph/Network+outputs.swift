extension Network {
    /// The network to some of its outputs, in their order; what only the others need is not computed.
    ///
    /// Nothing is fused anew, so that the outputs have the same bits as beside the others.
    public func keeping(outputs places: [Int]) -> Network {
        let kept = outputs.indices.filter(places.contains)
        guard kept.count < outputs.count else { return self }
        let narrowed = CompiledGraph(graph, steps: graph.steps, constants: graph.constants, outputs: kept.map { graph.outputs[$0] })
        return Network(self, graph: narrowed, outputs: kept.map { outputs[$0] })
    }

    /// The same inputs through another graph.
    init(_ network: Network, graph: CompiledGraph, outputs: [Port]) {
        opset = network.opset
        inputs = network.inputs
        self.outputs = outputs
        self.graph = graph
        plans = PlanCache()
    }
}
