/// `ArgMax` and `ArgMin`: the place of the largest or smallest element along an axis, as int64.
struct ArgumentOfExtreme: Operator {
    private let node: Node
    private let axis: Int
    private let keepsAxis: Bool
    private let takesLast: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow("axis", "keepdims", "select_last_index")
        self.node = node
        axis = try node.int("axis") ?? 0
        keepsAxis = try node.int("keepdims") ?? 1 != 0
        takesLast = try node.flag("select_last_index")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), axis = try node.axis(axis, rank: input.rank)
        guard input.elementType.isNumber else { throw node.error(.unsupported, "the input has elements of type bool; expected numbers") }
        guard input.shape[axis] > 0 else { throw node.error(.shape, "searches axis \(axis) of \(input.shape); expected elements along it") }
        var shape = input.shape
        if keepsAxis { shape[axis] = 1 } else { shape.remove(at: axis) }
        return [Signature(shape, .int64)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), axis = try node.axis(axis, rank: input.shape.count)
        let extent = input.shape[axis], inner = input.shape[(axis + 1)...].reduce(1, *)
        let results: [Int64]
        switch input.storage {
        case .float32(let values): results = places(values, extent, inner)
        case .int64(let values): results = places(values, extent, inner)
        case .uint64(let values): results = places(values, extent, inner)
        default: results = places(input.doubles, extent, inner)
        }
        return [Tensor(outputs[0].shape, .int64(results))]
    }

    private func places<Number: Comparable>(_ values: [Number], _ extent: Int, _ inner: Int) -> [Int64] {
        let isMaximum = node.operatorType == "ArgMax"
        return (0..<values.count / extent).map { position in
            let start = position / inner * extent * inner + position % inner
            var best = values[start], place = 0
            for index in 1..<max(1, extent) {
                let value = values[start + index * inner]
                if (isMaximum ? value > best : value < best) || takesLast && value == best { (best, place) = (value, index) }
            }
            return Int64(place)
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let input = inputs[0], let own = try? node.axis(axis, rank: input.rank) else { return [] }
        return input.shape.indices.map { $0 == own ? .whole : .same(keepsAxis || $0 < own ? $0 : $0 - 1) }
    }
}
