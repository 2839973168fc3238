/// An ONNX graph as its file states it: names checked, operators not yet.
struct Graph: Sendable {
    /// The version of the default operator set.
    let opset: Int
    /// The nodes in the file's order.
    let nodes: [Node]
    /// Weights and other constants by name; they may still lie in the file.
    let initializers: [String: StoredTensor]
    /// Inputs that have no initializer.
    let inputs: [Port]
    /// Outputs.
    let outputs: [Port]
    /// Whether the graph is part of a node; then values from outside come in with types that it does not state.
    var isNested = false
}

/// The graph of a node that decides or repeats. Its inputs are those that it declares, then the values that it captures from outside.
struct Subgraph: Sendable {
    let graph: Graph
    /// Names of values of the surrounding graphs that it reads.
    let captured: [String]
    let limits: NetworkLimits

    /// The number of inputs that it declares itself.
    var declaredInputs: Int { graph.inputs.count - captured.count }
}
