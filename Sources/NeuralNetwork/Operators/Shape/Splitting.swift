/// `Split` along one axis, into equal parts or parts of stated extents.
struct Splitting: Operator {
    private let node: Node
    private let axis: Int
    private let attributeParts: [Int]?

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        if node.opset < 13 { try node.allow("axis", "split") } else { try node.allow("axis", "num_outputs") }
        try node.expect(inputs: 1...(node.opset < 13 ? 1 : 2), outputs: 1...4096)
        axis = try node.int("axis") ?? 0
        attributeParts = try node.ints("split")
    }

    private func parts(_ inputs: [Signature?]) throws(NetworkError) -> [Int] {
        let shape = try node.required(inputs, 0).shape, extent = shape[try node.axis(axis, rank: shape.count)]
        let count = node.outputs.count
        guard let parts = try node.knownExtents(inputs, 1, "parts") ?? attributeParts else {
            // The last part may be smaller.
            let size = (extent + count - 1) / count
            guard extent % count == 0 || node.opset >= 18 && size * (count - 1) <= extent else {
                throw node.error(.shape, "an extent of \(extent) does not split into \(count) equal parts")
            }
            return (0..<count).map { min(size, extent - $0 * size) }
        }
        guard parts.count == count, parts.allSatisfy({ $0 >= 0 }), parts.reduce(0, +) == extent else {
            throw node.error(.shape, "the parts \(parts) do not add up to the extent \(extent) in \(count) outputs")
        }
        return parts
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), axis = try node.axis(axis, rank: input.rank)
        return try parts(inputs).map { part in
            var shape = input.shape
            shape[axis] = part
            return Signature(shape, input.elementType)
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        let axis = try node.axis(axis, rank: input.shape.count), strides = BlockCopy.strides(of: input.shape)
        var start = 0
        return outputs.map { output in
            defer { start += output.shape[axis] }
            return BlockCopy.view(of: input, shape: output.shape, offset: start * strides[axis], strides: strides)
        }
    }

    func role(of index: Int) -> InputRole { index == 0 ? .value : .extents }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let input = inputs[0], let axis = try? node.axis(axis, rank: input.rank) else {
            return AxisView.parameter(inputs[index])
        }
        return input.shape.indices.map { $0 == axis && outputs.count > 1 ? .whole : .same($0) }
    }
}
