/// `Constant` and `ConstantOfShape`.
struct ConstantValue: Operator {
    private let node: Node
    private let value: Tensor
    private let fills: Bool

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        fills = node.operatorType == "ConstantOfShape"
        if fills {
            try node.expect(inputs: 1...1)
            try node.allow("value")
            guard let attribute = node.attributes["value"] else {
                value = Tensor([1], .float32([0]))
                return
            }
            guard case .tensor(let tensor) = attribute, tensor.count == 1 else {
                throw node.error(.attribute, "'value' is \(attribute.kind); expected a tensor of one element")
            }
            value = tensor
            return
        }
        try node.expect(inputs: 0...0)
        guard let (name, attribute) = node.attributes.first, node.attributes.count == 1 else {
            throw node.error(.attribute, "has \(node.attributes.count) attributes; expected one value")
        }
        switch (name, attribute) {
        case ("value", .tensor(let tensor)): value = tensor
        case ("value_float", .float(let number)): value = Tensor([], .float32([number]))
        case ("value_floats", .floats(let numbers)): value = Tensor([numbers.count], .float32(numbers))
        case ("value_int", .int(let number)): value = Tensor([], .int64([Int64(number)]))
        case ("value_ints", .ints(let numbers)): value = Tensor(integers: numbers)
        default: throw node.error(.unsupported, "attribute '\(name)' is \(attribute.kind); the core has tensors and numbers")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        guard fills else { return [Signature(value)] }
        guard let shape = try node.knownExtents(inputs, 0, "extents"), shape.allSatisfy({ $0 >= 0 }) else {
            throw node.error(.shape, "the extents are missing or negative")
        }
        return [Signature(shape, value.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard fills else { return [value] }
        let rank = outputs[0].shape.count
        return [BlockCopy.view(of: value, shape: outputs[0].shape, strides: [Int](repeating: 0, count: rank))]
    }

    func role(of index: Int) -> InputRole { .extents }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.parameter(inputs[index]) }
}
