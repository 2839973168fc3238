/// `Expand` by broadcasting and `Tile` by repetition.
struct Repetition: Operator {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow()
        self.node = node
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard let numbers = try node.knownExtents(inputs, 1, "the extents"), numbers.allSatisfy({ $0 >= 0 }) else {
            throw node.error(.shape, "the extents are missing or negative")
        }
        if node.operatorType == "Expand" {
            guard numbers.count <= 64, let shape = Broadcast.shape(input.shape, numbers) else {
                throw node.error(.shape, "the shape \(input.shape) does not broadcast to \(numbers.prefix(16))")
            }
            return [Signature(shape, input.elementType)]
        }
        guard numbers.count == input.rank else { throw node.error(.shape, "\(numbers.count) repeats for \(input.rank) axes") }
        return [Signature(zip(input.shape, numbers).map { $0.multipliedReportingOverflow(by: $1).partialValue }, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = outputs[0].shape
        if node.operatorType == "Expand" { return [input.expanded(to: shape)] }
        if shape.contains(0) { return [Tensor(shape, .filled(type: input.elementType, count: 0) { _ in })] }
        // Each axis becomes two, the repetitions in front with a step of 0.
        let strides = BlockCopy.strides(of: input.shape)
        var extents: [Int] = [], steps: [Int] = []
        for axis in shape.indices {
            extents += [shape[axis] / input.shape[axis], input.shape[axis]]
            steps += [0, strides[axis]]
        }
        return [BlockCopy.view(of: input, shape: extents, strides: steps).reshaped(shape)]
    }

    func role(of index: Int) -> InputRole { index == 0 ? .value : .extents }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let input = inputs[0] else { return AxisView.parameter(inputs[index]) }
        if node.operatorType == "Expand" { return AxisView.broadcast(input.shape, to: outputs[0].shape) }
        return input.shape.indices.map { axis in
            if input.shape[axis] == outputs[0].shape[axis] { return .same(axis) }
            return input.shape[axis] == 1 ? .detached : .whole
        }
    }
}
