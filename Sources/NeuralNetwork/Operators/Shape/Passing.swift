/// `Identity` and `Dropout` as in inference: the input goes through, and the mask of `Dropout` keeps everything.
struct Passing: Operator {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        if node.operatorType == "Identity" {
            try node.expect(inputs: 1...1)
            try node.allow()
            return
        }
        try node.expect(inputs: 1...3, outputs: 1...2)
        try node.allow("ratio", "seed", "is_test")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        if let training = try node.knownValue(inputs, 2, "training_mode"), case .bool(let flags) = training.storage, flags.contains(true) {
            // Without a ratio it is one half.
            guard let ratio = try node.knownValue(inputs, 1, "the ratio"), ratio.doubles.allSatisfy({ $0 == 0 }) else {
                throw node.error(.unsupported, "drops values at random (training_mode); export the model for inference")
            }
        }
        let input = try node.required(inputs, 0)
        let mask = Signature(input.shape, node.opset < 10 ? input.elementType : .bool)
        return [Signature(type: input.type)] + (node.outputs.count > 1 ? [mask] : [])
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        guard outputs.count > 1 else { return [input] }
        let mask = Tensor(input.shape, .bool([Bool](repeating: true, count: input.count)))
        return [input, node.opset < 10 ? mask.cast(to: input.elementType) : mask]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.parameter(inputs[index])
    }
}
