internal import CKernels

/// `Softmax` along one axis (opset 13 and later), or over all axes from `axis` on (before).
struct Softmax: Operator {
    private let node: Node
    private let axis: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(opset: 1...25)
        try node.expect(inputs: 1...1)
        try node.allow("axis")
        self.node = node
        axis = try node.int("axis") ?? (node.opset < 13 ? 1 : -1)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.floatSignature(inputs)
        _ = try normalizedAxis(input.rank)
        return [Signature(type: input.type)]
    }

    /// The axis from the front; before opset 13 it may be the rank, which means the last axis with one value.
    private func normalizedAxis(_ rank: Int) throws(NetworkError) -> Int {
        if node.opset < 13, axis == rank { return rank }
        return try node.axis(axis, rank: rank)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape, axis = try normalizedAxis(shape.count)
        let inner = node.opset < 13 ? 1 : shape[(axis + 1)...].reduce(1, *)
        let count = node.opset < 13 ? shape[axis...].reduce(1, *) : shape[axis]
        var values = try floatInput(&inputs, 0, node)
        let block = count * inner
        try transformPlanes(&values, planes: block == 0 ? 0 : values.count / block, size: block, threads: context.threads) { pointer, _ in
            for index in 0..<inner { ck_softmax(pointer + index, pointer + index, Int64(count), Int64(inner)) }
        }
        return [Tensor(shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let own = try? normalizedAxis(outputs[0].shape.count) else { return [] }
        return outputs[0].shape.indices.map { $0 == own || node.opset < 13 && $0 > own ? .whole : .same($0) }
    }
}
