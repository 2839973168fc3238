/// `Det` (opset 11 and later): the determinants of square matrices, by elimination with row exchange in double precision.
struct Determinant: Operator {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow()
        self.node = node
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard input.elementType.isReal else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        guard input.rank >= 2, input.shape[input.rank - 1] == input.shape[input.rank - 2] else {
            throw node.error(.shape, "the shape \(input.shape) is no square matrix")
        }
        try node.expect(work: input.shape + [input.shape[input.rank - 1]], of: "the elimination")
        return [Signature(Array(input.shape.dropLast(2)), input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), size = input.shape[input.shape.count - 1], values = input.doubles
        let results = (0..<outputs[0].count).map { determinant(Array(values[$0 * size * size..<($0 + 1) * size * size]), size) }
        return [Tensor(outputs[0].shape, doubles: results, as: outputs[0].elementType)]
    }

    private func determinant(_ matrix: [Double], _ size: Int) -> Double {
        var m = matrix, result = 1.0
        for column in 0..<size {
            guard let pivot = (column..<size).max(by: { abs(m[$0 * size + column]) < abs(m[$1 * size + column]) }) else { return result }
            let value = m[pivot * size + column]
            if value == 0 { return 0 }
            if pivot != column {
                for index in 0..<size { m.swapAt(pivot * size + index, column * size + index) }
                result = -result
            }
            result *= value
            for row in column + 1..<size {
                let factor = m[row * size + column] / value
                for index in column..<size { m[row * size + index] -= factor * m[column * size + index] }
            }
        }
        return result
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let rank = inputs[index]?.rank ?? 0
        return (0..<rank).map { $0 < rank - 2 ? .same($0) : .whole }
    }
}
