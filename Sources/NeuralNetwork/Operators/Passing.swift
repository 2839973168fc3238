/// `Identity` and `Dropout` as in inference: the input goes through.
struct Passing: Operator {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(opset: 1...25)
        self.node = node
        if node.operatorType == "Identity" {
            try node.expect(inputs: 1...1)
            try node.allow()
            return
        }
        try node.expect(inputs: 1...3, outputs: 1...2)
        try node.allow("ratio", "seed", "is_test")
        guard node.outputs.count == 1 || node.outputs[1].isEmpty else {
            throw node.error(.unsupported, "the second output (mask) is used; the core has the first one only")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        if inputs.count > 2, let training = inputs[2] {
            guard let value = training.value, case .bool(let flags) = value.storage, !flags.contains(true) else {
                throw node.error(.unsupported, "training_mode is set or not constant; export the model for inference")
            }
        }
        return [Signature(type: try node.required(inputs, 0).type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        return [input]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.detached(inputs[index])
    }
}
