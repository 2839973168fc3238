/// A graph whose structure is checked: every operator, opset and attribute is known, every value has one producer, there is no cycle.
/// Its weights are not read yet.
struct GraphStructure: Sendable {
    /// The steps that results depend on, in an order in which inputs come first; without constants.
    let draft: GraphDraft
    /// The weights that steps or outputs read, by value.
    let weights: [Int: StoredTensor]
    /// The value of each of the graph's inputs, in the order of its ports.
    let inputs: [Int]

    init(_ graph: Graph, limits: NetworkLimits) throws(NetworkError) {
        var values = ValueNumbers()
        var weights: [Int: StoredTensor] = [:]
        for (name, tensor) in graph.initializers { weights[values.define(name)] = tensor }
        var inputs: [Int] = []
        for port in graph.inputs {
            guard values[port.name] == nil else { throw NetworkError(.graph, "the input '\(port.name)' is defined twice") }
            inputs.append(values.define(port.name))
        }
        let operators = try OperatorRegistry.operators(of: graph)
        for node in graph.nodes {
            for name in node.outputs where !name.isEmpty {
                guard values[name] == nil else { throw node.error(.graph, "the value '\(name)' is defined twice") }
                _ = values.define(name)
            }
        }
        var steps: [CompiledGraph.Step] = []
        steps.reserveCapacity(graph.nodes.count)
        for (node, operation) in zip(graph.nodes, operators) {
            let read = try node.inputs.map { (name) throws(NetworkError) -> Int? in
                if name.isEmpty { return nil }
                guard let value = values[name] else { throw node.error(.graph, "reads '\(name)', which nothing in the graph produces") }
                return value
            }
            let written = node.outputs.map { $0.isEmpty ? nil : values[$0] }
            steps.append(CompiledGraph.Step(node: node, operation: operation, inputs: read, outputs: written))
        }
        var outputs: [Int] = []
        for port in graph.outputs {
            guard let value = values[port.name] else { throw NetworkError(.graph, "nothing produces the output '\(port.name)'") }
            outputs.append(value)
        }
        var draft = GraphDraft(
            steps: try ExecutionOrder.sorted(steps, valueCount: values.count), constants: [:], outputs: outputs, valueCount: values.count,
            limits: limits)
        draft.removeUnused()
        let read = Set(draft.steps.flatMap(\.inputs) + outputs.map(Optional.some))
        self.draft = draft
        self.weights = weights.filter { read.contains($0.key) }
        self.inputs = inputs
    }
}

/// Numbers for names.
private struct ValueNumbers {
    private var numbers: [String: Int] = [:]

    var count: Int { numbers.count }

    subscript(name: String) -> Int? { numbers[name] }

    mutating func define(_ name: String) -> Int {
        let number = numbers.count
        numbers[name] = number
        return number
    }
}
