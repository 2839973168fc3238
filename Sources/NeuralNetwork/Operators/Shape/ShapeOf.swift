/// `Shape`: the extents of a tensor, known before the run.
struct ShapeOf: Operator {
    private let node: Node
    private let start: Int
    private let end: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow("start", "end")
        self.node = node
        start = try node.int("start") ?? 0
        end = try node.int("end") ?? .max
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let shape = try node.required(inputs, 0).shape
        func clamp(_ index: Int) -> Int { max(0, min(shape.count, index < 0 ? index + shape.count : index)) }
        let low = clamp(start), high = clamp(end)
        return [Signature(Tensor(integers: low < high ? Array(shape[low..<high]) : []))]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0], let value = try infer([Signature(input)]).first?.value else {
            throw node.error(.internalFault, "the input is missing")
        }
        return [value]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.unread(inputs[index]) }
}
