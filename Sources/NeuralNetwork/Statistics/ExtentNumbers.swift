/// What follows from the extents of the whole image, which its windows do not tell.
struct ExtentNumbers {
    private let types: [TensorType?]
    private let known: [Int: Tensor]

    /// Finds what a run on the whole image would know before it; nothing is run, so that it need not fit into memory.
    init(_ network: Network, imageShapes: [String: [Int]]) throws(NetworkError) {
        let types = try network.types(of: imageShapes)
        let inference = try FoldingBudget.loading { () throws(NetworkError) in
            try TypeInference(network.graph, ports: network.inputs, types: types, limits: network.graph.limits.withoutMemory)
        }
        self.types = inference.types
        known = inference.known
    }

    /// A graph that computes with the image's numbers, such as how many pixels it has, in each of its windows.
    ///
    /// Shapes are left as they are: what is reshaped or spread is the window.
    /// - Parameter plan: the graph's plan for a window.
    func settling(_ graph: CompiledGraph, _ plan: Plan) -> CompiledGraph {
        var steps = graph.steps, constants = graph.constants, numbers: [Int: Int] = [:], count = graph.valueCount
        for index in plan.steps where steps[index].core is Arithmetic {
            for (place, value) in steps[index].inputs.enumerated() {
                guard let value, let own = plan.values[value], graph.constants[value] == nil, let number = known[value],
                    number.shape == own.shape
                else { continue }
                if numbers[value] == nil {
                    numbers[value] = count
                    constants[count] = number
                    count += 1
                }
                steps[index].inputs[place] = numbers[value]
            }
        }
        guard !numbers.isEmpty else { return graph }
        return CompiledGraph(graph, steps: steps, constants: constants, outputs: graph.outputs, valueCount: count)
    }

    /// Whether a statistic has as many channels of the whole image as of a window.
    func agrees(with stage: StatisticStage) -> Bool {
        guard let shape = types[stage.input]?.shape, shape.count == stage.type.shape.count else { return false }
        return shape.indices.allSatisfy { stage.places.contains($0) || shape[$0] == stage.type.shape[$0] }
    }
}
