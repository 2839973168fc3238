internal import CKernels

/// `LayerNormalization`, `RMSNormalization`, `MeanVarianceNormalization` and `LpNormalization`, with statistics in double precision.
struct LayerNormalization: Operator {
    private let node: Node
    private let axis: Int
    private let axes: [Int]?
    private let epsilon: Double
    private let exponent: Int

    /// The names of all normalisations of this family.
    static let names = ["LayerNormalization", "LpNormalization", "MeanVarianceNormalization", "RMSNormalization"]

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        switch node.operatorType {
        case "LayerNormalization":
            try node.allow("axis", "epsilon", "stash_type")
            try node.expect(inputs: 2...3, outputs: 1...3)
        case "RMSNormalization":
            try node.allow("axis", "epsilon", "stash_type")
            try node.expect(inputs: 2...2)
        case "LpNormalization":
            try node.allow("axis", "p")
            try node.expect(inputs: 1...1)
        default:
            try node.allow("axes")
            try node.expect(inputs: 1...1)
        }
        axis = try node.int("axis") ?? -1
        axes = try node.ints("axes")
        epsilon = Double(try node.float("epsilon") ?? 1e-5)
        exponent = try node.int("p") ?? 2
        guard exponent == 1 || exponent == 2 else { throw node.error(.attribute, "p is \(exponent); expected 1 or 2") }
    }

    /// The axes over which one mean is taken.
    func normalized(rank: Int) throws(NetworkError) -> [Int] {
        switch node.operatorType {
        case "LpNormalization": return [try node.axis(axis, rank: rank)]
        case "MeanVarianceNormalization": return try node.axes(axes ?? [0, 2, 3], rank: rank).sorted()
        default: return Array(try node.axis(axis, rank: rank)..<rank)
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), axes = try normalized(rank: input.rank)
        guard input.elementType.isReal else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        for index in inputs.indices.dropFirst() where inputs[index] != nil {
            let shape = try node.required(inputs, index).shape
            guard Broadcast.shape(shape, input.shape) == input.shape else {
                throw node.error(.shape, "input \(index) has the shape \(shape), which does not broadcast to \(input.shape)")
            }
        }
        let statistics = Signature(input.shape.indices.map { axes.contains($0) ? 1 : input.shape[$0] }, .float32)
        return [Signature(type: input.type)] + node.outputs.dropFirst().map { _ in statistics }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = input.shape, axes = try normalized(rank: shape.count)
        if axes.last == shape.count - 1, let values = try normalizedRows(inputs, outputs, size: axes.reduce(1) { $0 * shape[$1] }, context)
        {
            return [Tensor(shape, .float32(values))]
        }
        let order = shape.indices.filter { !axes.contains($0) } + axes, back = shape.indices.map { order.firstIndex(of: $0) ?? $0 }
        let isInOrder = order == Array(shape.indices)
        let rows = isInOrder ? input : input.transposed(order)
        var values = rows.doubles, means: [Double] = [], scales: [Double] = []
        let size = axes.reduce(1) { $0 * shape[$1] }
        for row in 0..<(size == 0 ? 0 : values.count / size) {
            let range = row * size..<(row + 1) * size
            let (mean, scale) = statistics(values[range])
            for place in range { values[place] = (values[place] - mean) * scale }
            means.append(mean)
            scales.append(scale)
        }
        var result = Tensor(rows.shape, .float64(values))
        if !isInOrder { result = result.transposed(back) }
        for index in inputs.indices.dropFirst() {
            guard let parameter = inputs[index] else { continue }
            let walk = Broadcast(shape, parameter.shape, shape: shape)
            let changed = walk.map(result.doubles, parameter.doubles) { index == 1 ? $0 * $1 : $0 + $1 }
            result = Tensor(shape, .float64(changed))
        }
        let further = zip(outputs.dropFirst(), [means, scales]).map { Tensor($0.shape, doubles: $1, as: .float32) }
        return [result.cast(to: outputs[0].elementType)] + further
    }

    /// `LayerNormalization` of float32 with a parameter for each place of a row of `size`, by its kernel; `nil` for anything else.
    private func normalizedRows(
        _ inputs: [Tensor?], _ outputs: [TensorType], size: Int, _ context: RunContext
    ) throws(NetworkError) -> [Float]? {
        guard node.operatorType == "LayerNormalization", outputs.count == 1, size > 0, let values = inputs[0]?.floats,
            let scale = inputs[1]?.floats, scale.count == size
        else { return nil }
        let shift: [Float]
        if inputs.count > 2, let given = inputs[2] {
            guard let floats = given.floats, floats.count == size else { return nil }
            shift = floats
        } else {
            shift = [Float](repeating: 0, count: size)
        }
        let rows = values.count / size, rowsAtOnce = max(1, Parallel.elementsPerBlock / size)
        return try floats(count: values.count) { (target) throws(NetworkError) in
            try values.withBase { (source) throws(NetworkError) in
                try Parallel.run(threads: context.threads, blocks: (rows + rowsAtOnce - 1) / rowsAtOnce) { block, _ in
                    for row in block * rowsAtOnce..<min(rows, (block + 1) * rowsAtOnce) {
                        ck_normalize_row(
                            source + row * size, epsilon, scale, shift, target + row * size, Int64(size), context.instructions.level)
                    }
                }
            }
        }
    }

    /// What is subtracted, and by what the rest is multiplied.
    private func statistics(_ row: ArraySlice<Double>) -> (mean: Double, scale: Double) {
        let count = Double(row.count)
        switch node.operatorType {
        case "RMSNormalization": return (0, factor(row.reduce(0) { $0 + $1 * $1 } / count))
        case "LpNormalization":
            let norm = exponent == 1 ? row.reduce(0) { $0 + abs($1) } : row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return (0, norm == 0 ? 0 : 1 / norm)
        default:
            let mean = row.reduce(0, +) / count, variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
            return (mean, factor(variance))
        }
    }

    /// By what values of a variance, or of a mean square, are multiplied.
    private func factor(_ variance: Double) -> Double {
        node.operatorType == "MeanVarianceNormalization" ? 1 / (variance.squareRoot() + 1e-9) : 1 / (variance + epsilon).squareRoot()
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let axes = try? normalized(rank: outputs[0].shape.count) else {
            return AxisView.broadcast(inputs[index]?.shape ?? [], to: outputs[0].shape)
        }
        return outputs[0].shape.indices.map { axes.contains($0) ? .whole : .same($0) }
    }
}

extension LayerNormalization: MomentNormalization {
    /// Whether moments tell how values are changed, other than by their largest or absolute ones.
    var isByMoments: Bool { node.operatorType != "LpNormalization" }

    func scale(of values: GroupStatistics) -> (mean: Double, factor: Double)? {
        guard isByMoments else { return nil }
        return node.operatorType == "RMSNormalization" ? (0, factor(values.meanSquare)) : (values.mean, factor(values.variance))
    }
}
