/// A graph ready to be planned and run: values numbered, nodes in an order in which inputs come first, constants folded,
/// convolutions fused, nodes without use removed.
final class CompiledGraph: Sendable {
    /// One node. Values are numbers; `nil` is an input or output that is left out.
    struct Step: Sendable {
        let node: Node
        var operation: any Operator
        var inputs: [Int?]
        var outputs: [Int?]
    }

    /// In execution order.
    let steps: [Step]
    /// Weights and results of constant folding by value.
    let constants: [Int: Tensor]
    /// The number of values.
    let valueCount: Int
    /// The value of each of the network's inputs and outputs, in the order of its ports.
    let inputs: [Int]
    let outputs: [Int]
    let limits: NetworkLimits

    convenience init(_ graph: Graph, limits: NetworkLimits) throws(NetworkError) {
        var values = ValueNumbers()
        var constants: [Int: Tensor] = [:]
        for (name, tensor) in graph.initializers { constants[values.define(name)] = tensor }
        var inputs: [Int] = []
        for port in graph.inputs {
            guard values[port.name] == nil else { throw NetworkError(.graph, "the input '\(port.name)' is defined twice") }
            inputs.append(values.define(port.name))
        }
        let operators = try OperatorRegistry.operators(for: graph.nodes, usesHalfPrecision: graph.usesHalfPrecision)
        for node in graph.nodes {
            for name in node.outputs where !name.isEmpty {
                guard values[name] == nil else { throw node.error(.graph, "the value '\(name)' is defined twice") }
                _ = values.define(name)
            }
        }
        var steps: [Step] = []
        steps.reserveCapacity(graph.nodes.count)
        for (node, operation) in zip(graph.nodes, operators) {
            let read = try node.inputs.map { (name) throws(NetworkError) -> Int? in
                if name.isEmpty { return nil }
                guard let value = values[name] else { throw node.error(.graph, "reads '\(name)', which nothing in the graph produces") }
                return value
            }
            steps.append(Step(node: node, operation: operation, inputs: read, outputs: node.outputs.map { $0.isEmpty ? nil : values[$0] }))
        }
        var outputs: [Int] = []
        for port in graph.outputs {
            guard let value = values[port.name] else { throw NetworkError(.graph, "nothing produces the output '\(port.name)'") }
            outputs.append(value)
        }
        var draft = GraphDraft(
            steps: try ExecutionOrder.sorted(steps, valueCount: values.count), constants: constants, outputs: outputs,
            valueCount: values.count, limits: limits)
        draft.removeUnused()
        try draft.foldConstants()
        try draft.fuse()
        draft.removeUnused()
        self.init(draft, inputs: inputs)
    }

    private init(_ draft: GraphDraft, inputs: [Int]) {
        steps = draft.steps
        constants = draft.constants
        valueCount = draft.valueCount
        self.inputs = inputs
        outputs = draft.outputs
        limits = draft.limits
    }
}

extension CompiledGraph {
    /// The same inputs through other steps to other outputs; what nobody reads is left out.
    convenience init(_ graph: CompiledGraph, steps: [Step], constants: [Int: Tensor], outputs: [Int]) {
        var draft = GraphDraft(
            steps: steps, constants: constants, outputs: outputs, valueCount: graph.valueCount, limits: graph.limits)
        draft.removeUnused()
        self.init(draft, inputs: graph.inputs)
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
