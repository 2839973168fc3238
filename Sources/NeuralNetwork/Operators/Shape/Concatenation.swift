/// `Concat` along one axis.
struct Concatenation: Operator {
    let node: Node
    let axis: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...4096)
        try node.allow("axis")
        self.node = node
        guard let axis = try node.int("axis") else { throw node.error(.attribute, "axis is missing") }
        self.axis = axis
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let first = try node.required(inputs, 0)
        let axis = try node.axis(axis, rank: first.rank)
        var shape = first.shape
        shape[axis] = 0
        for index in inputs.indices {
            let input = try node.required(inputs, index)
            let others = input.shape.indices.filter { $0 != axis }
            guard input.elementType == first.elementType, input.rank == first.rank,
                others.allSatisfy({ input.shape[$0] == first.shape[$0] })
            else {
                throw node.error(
                    .shape,
                    "input \(index) has the shape \(input.shape) (\(input.elementType.rawValue)), input 0 \(first.shape) "
                        + "(\(first.elementType.rawValue)); they may differ along axis \(axis) only. Image extents that are no multiple of the "
                        + "network's stride are the usual reason")
            }
            shape[axis] += input.shape[axis]
        }
        return [Signature(shape, first.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape, axis = try node.axis(axis, rank: shape.count)
        let bytes = outputs[0].elementType.byteCount, targetStrides = BlockCopy.strides(of: shape)
        let storage = TensorStorage.filled(type: outputs[0].elementType, count: outputs[0].count) { target in
            var start = 0
            for case let input? in inputs {
                input.storage.withBytes { source in
                    BlockCopy.copyRuns(
                        shape: input.shape, axis: axis, from: source, strides: BlockCopy.strides(of: input.shape), to: target,
                        targetOffset: start * targetStrides[axis], targetStrides: targetStrides, elementBytes: bytes)
                }
                start += input.shape[axis]
            }
        }
        return [Tensor(shape, storage)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let input = inputs[index], let axis = try? node.axis(axis, rank: input.rank) else { return [] }
        return input.shape.indices.map { $0 == axis && input.shape[axis] != outputs[0].shape[axis] ? .whole : .same($0) }
    }
}
