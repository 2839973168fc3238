/// `Not`, `IsNaN` and `IsInf`: a `bool` for each element.
struct ValueTest: Operator {
    private let node: Node
    private let detects: (negative: Bool, positive: Bool)

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        if node.operatorType == "IsInf" { try node.allow("detect_negative", "detect_positive") } else { try node.allow() }
        self.node = node
        detects = (try node.int("detect_negative") ?? 1 != 0, try node.int("detect_positive") ?? 1 != 0)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard node.operatorType == "Not" ? input.elementType == .bool : input.elementType.isReal else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        return [Signature(input.shape, .bool)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), detects = detects
        if case .bool(let values) = input.storage { return [Tensor(input.shape, .bool(values.map { !$0 }))] }
        func tested<Number: BinaryFloatingPoint>(_ values: [Number]) -> [Bool] {
            if node.operatorType == "IsNaN" { return values.map(\.isNaN) }
            return values.map { $0 == .infinity && detects.positive || $0 == -.infinity && detects.negative }
        }
        if case .float32(let values) = input.storage { return [Tensor(input.shape, .bool(tested(values)))] }
        return [Tensor(input.shape, .bool(tested(input.doubles)))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.identity(outputs[0].shape) }
}
