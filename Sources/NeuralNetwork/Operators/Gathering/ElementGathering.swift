/// `GatherElements` and `GatherND`: elements or slices at places that another input lists.
struct ElementGathering: Operator {
    private let node: Node
    private let axis: Int
    private let batchAxes: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        if node.operatorType == "GatherND" { try node.allow("batch_dims") } else { try node.allow("axis") }
        self.node = node
        axis = try node.int("axis") ?? 0
        batchAxes = try node.int("batch_dims") ?? 0
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), indices = try node.required(inputs, 1)
        guard indices.elementType == .int64 || indices.elementType == .int32 else {
            throw node.error(.shape, "the indices have the type \(indices.elementType.rawValue)")
        }
        if node.operatorType == "GatherElements" {
            guard indices.rank == input.rank else { throw node.error(.shape, "input and indices differ in axes") }
            let own = try node.axis(axis, rank: input.rank)
            guard input.shape.indices.allSatisfy({ $0 == own || indices.shape[$0] <= input.shape[$0] }) else {
                throw node.error(.shape, "indices of the shape \(indices.shape) for \(input.shape)")
            }
            return [Signature(indices.shape, input.elementType)]
        }
        guard let length = indices.shape.last, batchAxes >= 0, batchAxes < indices.rank, batchAxes + length <= input.rank,
            indices.shape[..<batchAxes] == input.shape[..<batchAxes]
        else { throw node.error(.shape, "indices of the shape \(indices.shape) for \(input.shape)") }
        return [Signature(Array(indices.shape.dropLast()) + Array(input.shape[(batchAxes + length)...]), input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), indexTensor = try node.given(inputs, 1)
        guard let indices = indexTensor.integers else { throw node.error(.internalFault, "the indices are no integers") }
        let strides = BlockCopy.strides(of: input.shape)
        func checked(_ index: Int, _ axis: Int) throws(NetworkError) -> Int {
            let extent = input.shape[axis]
            guard index >= -extent, index < extent else { throw node.error(.shape, "index \(index) on an axis of extent \(extent)") }
            return index < 0 ? index + extent : index
        }
        var places: [Int] = []
        places.reserveCapacity(outputs[0].count)
        if node.operatorType == "GatherElements" {
            let own = try node.axis(axis, rank: input.shape.count), steps = BlockCopy.strides(of: indexTensor.shape)
            for (place, index) in indices.enumerated() {
                var source = 0
                for axis in input.shape.indices {
                    source += strides[axis] * (axis == own ? try checked(index, axis) : place / steps[axis] % indexTensor.shape[axis])
                }
                places.append(source)
            }
            return [input.picked(places, shape: outputs[0].shape)]
        }
        let length = indexTensor.shape[indexTensor.shape.count - 1], size = input.shape[(batchAxes + length)...].reduce(1, *)
        let batches = input.shape[..<batchAxes].reduce(1, *)
        let rows = length == 0 ? indexTensor.shape.dropLast().reduce(1, *) : indices.count / length
        for row in 0..<rows {
            var source = batchAxes > 0 ? row / (rows / batches) * input.shape[batchAxes...].reduce(1, *) : 0
            for part in 0..<length { source += try checked(indices[row * length + part], batchAxes + part) * strides[batchAxes + part] }
            places += source..<source + size
        }
        return [input.picked(places, shape: outputs[0].shape)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
