/// What one node does. One small file for each family of operators; `OperatorRegistry` lists them.
///
/// `init` checks everything that the file alone decides (opset, attributes, number of inputs); `infer` checks shapes and
/// element types; `run` computes. An operator holds no state that a run changes.
protocol Operator: Sendable {
    /// Checks opset and attributes.
    init(_ node: Node) throws(NetworkError)

    /// The outputs' shapes and types, and their values where these do not depend on pixels. Inputs that are left out are `nil`.
    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature]

    /// Computes the outputs, of the types that `infer` gave. An operator may take an input out and change it in place.
    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor]

    /// How each axis of input `index` is seen by the outputs: the base of tiling.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView]

    /// What input `index` does where it does not follow from pixels: values of the results follow from it unless an operator says less.
    func role(of index: Int) -> InputRole
}

extension Operator {
    func role(of index: Int) -> InputRole { .value }

    /// Computes the outputs, which it does not need for results without elements: these may have extents that no memory holds.
    func results(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        if !outputs.isEmpty, outputs.allSatisfy({ $0.count == 0 }) {
            return outputs.map { Tensor($0.shape, .filled(type: $0.elementType, count: 0) { _ in }) }
        }
        return try run(&inputs, outputs: outputs, context: context)
    }

    /// The float32 input at an index.
    func floatInput(_ inputs: inout [Tensor?], _ index: Int, _ node: Node) throws(NetworkError) -> [Float] {
        guard let values = inputs[index]?.takeFloats() else {
            throw node.error(.internalFault, "input \(index) is not float32")
        }
        return values
    }
}
