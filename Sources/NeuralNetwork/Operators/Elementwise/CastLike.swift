/// `CastLike`: the first input in the element type of the second.
struct CastLike: Operator {
    private let node: Node
    private let saturates: Bool
    private let scaleRounding: NarrowFormat.ScaleRounding

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("saturate", "round_mode")
        self.node = node
        saturates = try node.int("saturate") ?? 1 != 0
        scaleRounding = try NarrowFormat.ScaleRounding(node)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        [Signature(try node.required(inputs, 0).shape, try node.required(inputs, 1).elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        [try node.given(inputs, 0).cast(to: outputs[0].elementType, saturates: saturates, scaleRounding: scaleRounding)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.unread(inputs[index])
    }
}
