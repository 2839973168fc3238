internal import CKernels

/// Functions of one value: `Relu`, `LeakyRelu`, `Elu`, `Sigmoid`, `Tanh`, `Sqrt`, `Exp`, `Clip`.
struct Activation: Operator {
    let node: Node
    let function: Int
    let slope: Float
    let bounds: (low: Float, high: Float)

    init(_ node: Node) throws(NetworkError) {
        try node.expect(opset: 6...25)
        self.node = node
        var slope: Float = 0
        var bounds = (low: -Float.infinity, high: Float.infinity)
        switch node.operatorType {
        case "LeakyRelu":
            function = Int(CK_UNARY_LEAKY_RELU)
            try node.allow("alpha")
            slope = try node.float("alpha") ?? 0.01
        case "Elu":
            function = Int(CK_UNARY_ELU)
            try node.allow("alpha")
            slope = try node.float("alpha") ?? 1
        case "Clip":
            function = Int(CK_UNARY_CLIP)
            // From opset 11 the bounds are inputs.
            if node.opset < 11 {
                try node.allow("min", "max")
                bounds = (try node.float("min") ?? -.greatestFiniteMagnitude, try node.float("max") ?? .greatestFiniteMagnitude)
            } else {
                try node.allow()
            }
        default:
            let functions = [
                "Relu": CK_UNARY_RELU, "Sigmoid": CK_UNARY_SIGMOID, "Tanh": CK_UNARY_TANH, "Sqrt": CK_UNARY_SQRT, "Exp": CK_UNARY_EXP,
            ]
            guard let known = functions[node.operatorType] else { throw node.error(.internalFault, "is registered for the wrong operator") }
            function = Int(known)
            try node.allow()
        }
        try node.expect(inputs: 1...(node.operatorType == "Clip" && node.opset >= 11 ? 3 : 1))
        self.slope = slope
        self.bounds = bounds
    }

    /// What a convolution before this node can apply itself.
    var fusable: FusedActivation? {
        switch function {
        case Int(CK_UNARY_RELU): .relu
        case Int(CK_UNARY_LEAKY_RELU): .leakyRelu(slope)
        default: nil
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        for index in inputs.indices.dropFirst() where inputs[index] != nil {
            let bound = try node.floatSignature(inputs, index)
            guard bound.shape.allSatisfy({ $0 == 1 }) else {
                throw node.error(.shape, "a bound has the shape \(bound.shape); expected one value")
            }
        }
        return [Signature(type: try node.floatSignature(inputs).type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        var first = slope, second: Float = 0
        if function == Int(CK_UNARY_CLIP) {
            first = (inputs.count > 1 ? inputs[1]?.floats?.first : nil) ?? bounds.low
            second = (inputs.count > 2 ? inputs[2]?.floats?.first : nil) ?? bounds.high
        }
        var values = try floatInput(&inputs, 0, node)
        let count = values.count, size = Parallel.elementsPerBlock, function = Int32(function)
        try transformPlanes(&values, planes: (count + size - 1) / size, size: size, threads: context.threads) { pointer, block in
            ck_unary(function, first, second, pointer, pointer, Int64(min(size, count - block * size)))
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.detached(inputs[index])
    }
}
