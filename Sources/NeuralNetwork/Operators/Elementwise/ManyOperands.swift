/// `Max`, `Min`, `Sum` and `Mean` of any number of operands with broadcasting, one after the other from the first.
struct ManyOperands: MemoryHolder {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...4096)
        try node.allow()
        self.node = node
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let first = try node.required(inputs, 0)
        let isOrder = node.operatorType == "Max" || node.operatorType == "Min"
        guard first.elementType.isReal || isOrder && first.elementType.isInteger else {
            throw node.error(.unsupported, "the operands have elements of type \(first.elementType.rawValue)")
        }
        var shape = first.shape
        for index in inputs.indices.dropFirst() {
            let input = try node.required(inputs, index)
            guard input.elementType == first.elementType, let joined = Broadcast.shape(shape, input.shape) else {
                throw node.error(.shape, "operand \(index) with the shape \(input.shape) does not broadcast with \(shape)")
            }
            shape = joined
        }
        return [Signature(shape, first.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        var result = try node.given(inputs, 0)
        for index in inputs.indices.dropFirst() {
            let right = try node.given(inputs, index)
            guard let shape = Broadcast.shape(result.shape, right.shape) else { throw node.error(.internalFault, "shapes differ") }
            let walk = Broadcast(result.shape, right.shape, shape: shape)
            let storage: TensorStorage
            switch (result.storage, right.storage) {
            case (.float32(let a), .float32(let b)): storage = .float32(real(a, b, walk))
            case (.float64(let a), .float64(let b)): storage = .float64(real(a, b, walk))
            case (.int64(let a), .int64(let b)): storage = .int64(whole(a, b, walk))
            case (.int32(let a), .int32(let b)): storage = .int32(whole(a, b, walk))
            case (.int16(let a), .int16(let b)): storage = .int16(whole(a, b, walk))
            case (.int8(let a), .int8(let b)): storage = .int8(whole(a, b, walk))
            case (.uint64(let a), .uint64(let b)): storage = .uint64(whole(a, b, walk))
            case (.uint32(let a), .uint32(let b)): storage = .uint32(whole(a, b, walk))
            case (.uint16(let a), .uint16(let b)): storage = .uint16(whole(a, b, walk))
            case (.uint8(let a), .uint8(let b)): storage = .uint8(whole(a, b, walk))
            default: throw node.error(.internalFault, "the operands differ in type")
            }
            result = Tensor(shape, storage)
        }
        if node.operatorType == "Mean", inputs.count > 1 {
            let count = inputs.count
            switch result.storage {
            case .float32(let values): result = Tensor(result.shape, .float32(values.map { $0 / Float(count) }))
            default: result = Tensor(result.shape, doubles: result.doubles.map { $0 / Double(count) }, as: result.elementType)
            }
        }
        return [result]
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        // The sum so far lies beside the next one, and what is to be divided beside the mean.
        var held = ByteSum()
        if inputs.count > 2 || inputs.count == 2 && node.operatorType == "Mean" { held.add(outputs[0]) }
        return held.bytes
    }

    private func real<Number: BinaryFloatingPoint>(_ left: [Number], _ right: [Number], _ walk: Broadcast) -> [Number] {
        switch node.operatorType {
        case "Max": walk.map(left, right) { $0.isNaN || $0 > $1 ? $0 : $1 }
        case "Min": walk.map(left, right) { $0.isNaN || $0 < $1 ? $0 : $1 }
        default: walk.map(left, right) { $0 + $1 }
        }
    }

    private func whole<Number: FixedWidthInteger>(_ left: [Number], _ right: [Number], _ walk: Broadcast) -> [Number] {
        if node.operatorType == "Max" { return walk.map(left, right) { max($0, $1) } }
        return walk.map(left, right) { min($0, $1) }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        AxisView.broadcast(inputs[index]?.shape ?? [], to: outputs[0].shape)
    }
}
