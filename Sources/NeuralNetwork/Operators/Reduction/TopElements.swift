/// `TopK`: the k largest or smallest elements along an axis and where they are, in order; of equal ones the first come first, and NaN counts
/// as larger than all numbers.
struct TopElements: Operator {
    private let node: Node
    private let axis: Int
    private let takesLargest: Bool
    private let attributeCount: Int?

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        if node.opset < 10 { try node.allow("axis", "k") } else { try node.allow("axis", "largest", "sorted") }
        try node.expect(inputs: node.opset < 10 ? 1...1 : 2...2, outputs: 2...2)
        axis = try node.int("axis") ?? -1
        takesLargest = try node.int("largest") ?? 1 != 0
        attributeCount = try node.int("k")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), own = try node.axis(axis, rank: input.rank)
        guard let count = try node.knownExtents(inputs, 1, "k")?.first ?? attributeCount, count >= 0, count <= input.shape[own] else {
            throw node.error(.shape, "k is missing or larger than the extent \(input.shape[own])")
        }
        var shape = input.shape
        shape[own] = count
        return [Signature(shape, input.elementType), Signature(shape, .int64)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = outputs[0].shape
        let own = try node.axis(axis, rank: shape.count), extent = input.shape[own], inner = shape[(own + 1)...].reduce(1, *)
        let count = shape[own], keys = input.orderKeys
        var places = [Int](repeating: 0, count: outputs[0].count), numbers = [Int64](repeating: 0, count: places.count)
        for line in 0..<(extent == 0 ? 0 : keys.count / extent) {
            let start = line / inner * extent * inner + line % inner
            let order = (0..<extent).sorted { left, right in
                let a = keys[start + left * inner], b = keys[start + right * inner]
                return a == b ? left < right : takesLargest ? a > b : a < b
            }
            for (rank, number) in order.prefix(count).enumerated() {
                let target = line / inner * count * inner + rank * inner + line % inner
                places[target] = start + number * inner
                numbers[target] = Int64(number)
            }
        }
        return [input.picked(places, shape: shape), Tensor(shape, .int64(numbers))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let own = try? node.axis(axis, rank: outputs[0].shape.count) else { return AxisView.parameter(inputs[index]) }
        return outputs[0].shape.indices.map { $0 == own ? .whole : .same($0) }
    }
}
