/// An ONNX graph as its file states it: names checked, operators not yet.
struct Graph: Sendable {
    /// The version of the default operator set.
    let opset: Int
    /// The nodes in the file's order.
    let nodes: [Node]
    /// Weights and other constants by name.
    let initializers: [String: Tensor]
    /// Inputs that have no initializer.
    let inputs: [Port]
    /// Outputs.
    let outputs: [Port]
}
