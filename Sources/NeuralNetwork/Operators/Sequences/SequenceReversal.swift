/// `ReverseSequence` (opset 10): the first so many steps of each sequence the other way round; batch and time are the first two axes.
struct SequenceReversal: Operator {
    private let node: Node
    private let batchAxis, timeAxis: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("batch_axis", "time_axis")
        self.node = node
        batchAxis = try node.int("batch_axis") ?? 1
        timeAxis = try node.int("time_axis") ?? 0
        guard Set([batchAxis, timeAxis]) == [0, 1] else {
            throw node.error(.attribute, "batch_axis is \(batchAxis) and time_axis \(timeAxis); expected 0 and 1")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), lengths = try node.required(inputs, 1)
        guard input.rank >= 2, lengths.elementType == .int64, lengths.shape == [input.shape[batchAxis]] else {
            throw node.error(.shape, "lengths of the shape \(lengths.shape) for an input of the shape \(input.shape)")
        }
        return [Signature(type: input.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), lengths = try node.given(inputs, 1).integers ?? [], shape = input.shape
        let size = shape[2...].reduce(1, *)
        if let wrong = lengths.first(where: { $0 < 0 || $0 > shape[timeAxis] }) {
            throw node.error(.shape, "a sequence of \(wrong) steps; there are \(shape[timeAxis])")
        }
        var places: [Int] = []
        places.reserveCapacity(input.count)
        for first in 0..<shape[0] {
            for second in 0..<shape[1] {
                let (batch, time) = batchAxis == 0 ? (first, second) : (second, first)
                let step = time < lengths[batch] ? lengths[batch] - 1 - time : time
                let start = (batchAxis == 0 ? batch * shape[1] + step : step * shape[1] + batch) * size
                places += start..<start + size
            }
        }
        return [input.picked(places, shape: shape)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).indices.map { index > 0 ? .whole : $0 == timeAxis ? .whole : .same($0) }
    }
}
