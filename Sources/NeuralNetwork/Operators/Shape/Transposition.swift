/// `Transpose`: the axes in another order.
struct Transposition: Operator {
    let node: Node
    let order: [Int]?

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow("perm")
        self.node = node
        order = try node.ints("perm")
    }

    private func order(rank: Int) throws(NetworkError) -> [Int] {
        guard let order else { return (0..<rank).reversed() }
        guard order.sorted() == Array(0..<rank) else { throw node.error(.shape, "perm \(order) is no order of \(rank) axes") }
        return order
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        return [Signature(try order(rank: input.rank).map { input.shape[$0] }, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        let strides = BlockCopy.strides(of: input.shape)
        return [BlockCopy.view(of: input, shape: outputs[0].shape, strides: try order(rank: strides.count).map { strides[$0] })]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let order = try? order(rank: outputs[0].shape.count) else { return [] }
        return order.indices.map { axis in .same(order.firstIndex(of: axis) ?? axis) }
    }
}
