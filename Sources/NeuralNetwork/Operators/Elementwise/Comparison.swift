/// `Equal`, `Greater`, `GreaterOrEqual`, `Less`, `LessOrEqual`, `And`, `Or` and `Xor` with broadcasting; the results are `bool`.
struct Comparison: Operator {
    private let node: Node
    private let legacy: LegacyBroadcast

    /// The names of all comparisons.
    static let names = ["And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Or", "Xor"]

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        legacy = try LegacyBroadcast(node)
        self.node = node
    }

    private var isLogical: Bool { ["And", "Or", "Xor"].contains(node.operatorType) }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let left = try node.required(inputs, 0), right = try node.required(inputs, 1)
        guard left.elementType == right.elementType, isLogical ? left.elementType == .bool : !left.elementType.isNarrow else {
            throw node.error(
                .unsupported, "the operands have the types \(left.elementType.rawValue) and \(right.elementType.rawValue)")
        }
        guard let shape = Broadcast.shape(left.shape, try legacy.aligned(left.shape, right.shape)) else {
            throw node.error(.shape, "the shapes \(left.shape) and \(right.shape) do not broadcast")
        }
        return [Signature(shape, .bool)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let left = try node.given(inputs, 0), right = try node.given(inputs, 1)
        let walk = Broadcast(left.shape, try legacy.aligned(left.shape, right.shape), shape: outputs[0].shape)
        let results: [Bool]
        switch (left.storage, right.storage) {
        case (.float32(let a), .float32(let b)): results = compared(a, b, walk)
        case (.float64(let a), .float64(let b)): results = compared(a, b, walk)
        case (.int64(let a), .int64(let b)): results = compared(a, b, walk)
        case (.int32(let a), .int32(let b)): results = compared(a, b, walk)
        case (.int16(let a), .int16(let b)): results = compared(a, b, walk)
        case (.int8(let a), .int8(let b)): results = compared(a, b, walk)
        case (.uint64(let a), .uint64(let b)): results = compared(a, b, walk)
        case (.uint32(let a), .uint32(let b)): results = compared(a, b, walk)
        case (.uint16(let a), .uint16(let b)): results = compared(a, b, walk)
        case (.uint8(let a), .uint8(let b)): results = compared(a, b, walk)
        case (.bool(let a), .bool(let b)): results = logical(a, b, walk)
        default: throw node.error(.internalFault, "the operands differ in type")
        }
        return [Tensor(outputs[0].shape, .bool(results))]
    }

    private func compared<Element: Comparable>(_ left: [Element], _ right: [Element], _ walk: Broadcast) -> [Bool] {
        switch node.operatorType {
        case "Equal": walk.map(left, right) { $0 == $1 }
        case "Greater": walk.map(left, right) { $0 > $1 }
        case "GreaterOrEqual": walk.map(left, right) { $0 >= $1 }
        case "Less": walk.map(left, right) { $0 < $1 }
        default: walk.map(left, right) { $0 <= $1 }
        }
    }

    private func logical(_ left: [Bool], _ right: [Bool], _ walk: Broadcast) -> [Bool] {
        switch node.operatorType {
        case "And": walk.map(left, right) { $0 && $1 }
        case "Or": walk.map(left, right) { $0 || $1 }
        case "Xor": walk.map(left, right) { $0 != $1 }
        case "Equal": walk.map(left, right) { $0 == $1 }
        default: compared(left.map { $0 ? 1 : 0 }, right.map { $0 ? 1 : 0 }, walk)
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let own = inputs[index]?.shape ?? []
        guard index == 1, let aligned = try? legacy.aligned(outputs[0].shape, own) else {
            return AxisView.broadcast(own, to: outputs[0].shape)
        }
        return Array(AxisView.broadcast(aligned, to: outputs[0].shape).prefix(own.count))
    }
}
