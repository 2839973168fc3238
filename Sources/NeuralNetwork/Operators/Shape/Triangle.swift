/// `Trilu`: the upper or lower triangle of each matrix, the rest 0; `EyeLike`: ones on a diagonal.
struct Triangle: Operator {
    private let node: Node
    private let isUpper: Bool
    private let diagonal: Int
    private let target: ElementType?

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        if node.operatorType == "Trilu" {
            try node.expect(inputs: 1...2)
            try node.allow("upper")
        } else {
            try node.expect(inputs: 1...1)
            try node.allow("dtype", "k")
        }
        isUpper = try node.int("upper") ?? 1 != 0
        diagonal = try node.int("k") ?? 0
        guard let code = try node.int("dtype") else {
            target = nil
            return
        }
        do { target = try TensorReader.elementType(Int32(clamping: code), place: "attribute 'dtype'") } catch {
            throw node.error(error.kind, error.message)
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard input.rank >= 2, node.operatorType == "Trilu" || input.rank == 2 else {
            throw node.error(.shape, "the shape \(input.shape) is no matrix")
        }
        return [Signature(input.shape, target ?? input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = input.shape
        let rows = shape[shape.count - 2], columns = shape[shape.count - 1]
        if node.operatorType == "EyeLike" {
            var values = [Double](repeating: 0, count: input.count)
            for row in 0..<rows where row + diagonal >= 0 && row + diagonal < columns { values[row * columns + row + diagonal] = 1 }
            return [Tensor(shape, doubles: values, as: outputs[0].elementType)]
        }
        let diagonal = (inputs.count > 1 ? inputs[1]?.integers?.first : nil) ?? 0
        let places = (0..<input.count).map { place in
            let offset = place % columns - place / columns % rows
            // The difference cannot overflow: an offset is within the extents.
            return (isUpper ? offset >= diagonal : offset <= diagonal) ? place : -1
        }
        return [input.picked(places, shape: shape)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let rank = inputs[index]?.rank ?? 0
        return index == 0 ? (0..<rank).map { $0 < rank - 2 ? .same($0) : .whole } : AxisView.parameter(inputs[index])
    }
}
