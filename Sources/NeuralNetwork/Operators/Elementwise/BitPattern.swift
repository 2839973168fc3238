/// `BitCast` (opset 26): the same bits as elements of another type of the same size; `BitwiseNot` (opset 18): all bits the other way.
struct BitPattern: Operator {
    private let node: Node
    private let target: ElementType?

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        if node.operatorType == "BitCast" { try node.allow("to") } else { try node.allow() }
        self.node = node
        target = try node.elementType("to")
        if node.operatorType == "BitCast", target == nil { throw node.error(.attribute, "'to' is missing") }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), type = target ?? input.elementType
        guard target != nil || type.isInteger, type.byteCount == input.elementType.byteCount else {
            throw node.error(
                .unsupported, "\(input.elementType.rawValue) to \(type.rawValue): expected types of the same size, or whole numbers")
        }
        return [Signature(input.shape, type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), type = outputs[0].elementType
        if target == .bool { return [input.cast(to: .bool)] }
        let flips = target == nil
        let storage = TensorStorage.filled(type: type, count: input.count) { target in
            input.storage.withBytes { source in
                for (index, byte) in source.enumerated() { target[index] = flips ? ~byte : byte }
            }
        }
        return [Tensor(input.shape, storage)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.identity(outputs[0].shape) }
}
