/// `Gather`: slices of the first input along one axis, picked by the indices in the second.
struct Gathering: Operator {
    private let node: Node
    private let axis: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("axis")
        self.node = node
        axis = try node.int("axis") ?? 0
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), indices = try node.required(inputs, 1)
        guard indices.elementType == .int64 || indices.elementType == .int32 else {
            throw node.error(.shape, "the indices have the type \(indices.elementType.rawValue); expected int64 or int32")
        }
        let axis = try node.axis(axis, rank: input.rank)
        return [Signature(Array(input.shape[..<axis]) + indices.shape + Array(input.shape[(axis + 1)...]), input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0], let indices = inputs[1]?.integers else { throw node.error(.internalFault, "an input is missing") }
        let axis = try node.axis(axis, rank: input.shape.count), extent = input.shape[axis]
        if let wrong = indices.first(where: { $0 < -extent || $0 >= extent }) {
            throw node.error(.shape, "index \(wrong) on an axis of extent \(extent)")
        }
        let outer = input.shape[..<axis].reduce(1, *), inner = input.shape[(axis + 1)...].reduce(1, *)
        let bytes = input.elementType.byteCount
        let storage = TensorStorage.filled(type: input.elementType, count: outputs[0].count) { target in
            input.storage.withBytes { source in
                for (position, index) in indices.enumerated() {
                    BlockCopy.copy(
                        extents: [outer, inner], from: source, offset: (index < 0 ? index + extent : index) * inner,
                        strides: [extent * inner, 1], to: target, targetOffset: position * inner,
                        targetStrides: [indices.count * inner, 1], elementBytes: bytes)
                }
            }
        }
        return [Tensor(outputs[0].shape, storage)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let input = inputs[0], let indices = inputs[1], let axis = try? node.axis(axis, rank: input.rank) else {
            return (inputs[index]?.shape ?? []).map { _ in .whole }
        }
        return input.shape.indices.map { $0 == axis ? .whole : .same($0 < axis ? $0 : $0 + indices.rank - 1) }
    }
}
