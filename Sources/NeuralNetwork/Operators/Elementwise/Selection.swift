/// `Where`: the second input where the first is true, else the third; all broadcast.
struct Selection: MemoryHolder {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        try node.allow()
        self.node = node
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let condition = try node.required(inputs, 0), left = try node.required(inputs, 1), right = try node.required(inputs, 2)
        guard condition.elementType == .bool, left.elementType == right.elementType else {
            throw node.error(.shape, "expected a bool and two inputs of one type")
        }
        guard let pair = Broadcast.shape(left.shape, right.shape), let shape = Broadcast.shape(condition.shape, pair) else {
            throw node.error(.shape, "the shapes \(condition.shape), \(left.shape) and \(right.shape) do not broadcast")
        }
        return [Signature(shape, left.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape
        guard case .bool(let condition) = try node.given(inputs, 0).expanded(to: shape).storage else {
            throw node.error(.internalFault, "the condition is not bool")
        }
        let right = try node.given(inputs, 2).expanded(to: shape), left = try node.given(inputs, 1).expanded(to: shape)
        let bytes = left.elementType.byteCount
        let storage = TensorStorage.filled(type: left.elementType, count: condition.count) { target in
            left.storage.withBytes { left in
                right.storage.withBytes { right in
                    func select<Word: BitwiseCopyable>(_: Word.Type) {
                        for index in condition.indices {
                            let source = condition[index] ? left : right
                            target.storeBytes(
                                of: source.load(fromByteOffset: index * bytes, as: Word.self), toByteOffset: index * bytes, as: Word.self)
                        }
                    }
                    switch bytes {
                    case 1: select(UInt8.self)
                    case 2: select(UInt16.self)
                    case 4: select(UInt32.self)
                    default: select(UInt64.self)
                    }
                }
            }
        }
        return [Tensor(shape, storage)]
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        var expanded = ByteSum()
        for case let input? in inputs where input.shape != outputs[0].shape {
            expanded.add(outputs[0].boundedCount, of: input.elementType.byteCount)
        }
        return expanded.bytes
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        AxisView.broadcast(inputs[index]?.shape ?? [], to: outputs[0].shape)
    }
}
