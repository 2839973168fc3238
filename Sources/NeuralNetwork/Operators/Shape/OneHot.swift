/// `OneHot`: for each index a row of the off value with the on value at the index; indices outside give a row without it.
struct OneHot: Operator {
    private let node: Node
    private let axis: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        try node.allow("axis")
        self.node = node
        axis = try node.int("axis") ?? -1
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let indices = try node.required(inputs, 0), values = try node.required(inputs, 2)
        guard let depth = try node.knownValue(inputs, 1, "the depth")?.doubles.first, depth >= 1, depth <= 1_000_000_000,
            values.shape == [2]
        else { throw node.error(.shape, "the depth is not positive, or there are not two values") }
        var shape = indices.shape
        shape.insert(Int(depth), at: try node.axis(axis, rank: indices.rank + 1))
        return [Signature(shape, values.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let indices = try node.given(inputs, 0).doubles, values = try node.given(inputs, 2), shape = outputs[0].shape
        let own = try node.axis(axis, rank: shape.count), depth = shape[own], inner = shape[(own + 1)...].reduce(1, *)
        let places = (0..<outputs[0].count).map { place in
            let index = indices[place / (depth * inner) * inner + place % inner]
            return (index < 0 ? index + Double(depth) : index) == Double(place / inner % depth) ? 1 : 0
        }
        return [values.picked(places, shape: shape)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let own = try? node.axis(axis, rank: outputs[0].shape.count) else { return AxisView.parameter(inputs[index]) }
        return (inputs[0]?.shape ?? []).indices.map { .same($0 < own ? $0 : $0 + 1) }
    }
}
