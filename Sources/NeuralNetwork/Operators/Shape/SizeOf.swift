/// `Size`: the number of elements, known before the run.
struct SizeOf: Operator {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow()
        self.node = node
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        [Signature(Tensor([], .int64([Int64(try node.required(inputs, 0).type.count)])))]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        [Tensor([], .int64([Int64(try node.given(inputs, 0).count)]))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.unread(inputs[index]) }
}
