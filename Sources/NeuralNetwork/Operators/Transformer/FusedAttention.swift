/// softmax(Q K · factor + bias) V as exporters write it: `MatMul`, `Mul` or `Div` by a number, `Add`, `Softmax`, `MatMul`, with a
/// `Transpose` in front of Q, K and V and behind the result where there is one.
///
/// Inputs Q, K, V and, if there is one, the bias. Scores are computed for blocks of rows, so that no matrix of them is held; the result has
/// the bits of the operators one after the other. Where extents or types do not suit the kernels, these are what runs.
struct FusedAttention: Operator {
    let node: Node
    let parts: Parts

    /// The operators one after the other.
    struct Parts: Sendable {
        var query, key, value: Transposition?
        let scores: MatrixMultiplication
        /// What the scores are multiplied with or divided by.
        let scaling: (operation: Arithmetic, factor: Tensor)?
        /// The sum with the bias.
        let bias: Arithmetic?
        let softmax: Softmax
        let values: MatrixMultiplication
        var result: Transposition?
    }

    /// Never called: it is made from the operators when the graph is optimised.
    init(_ node: Node) throws(NetworkError) { throw node.error(.internalFault, "is not made from a node") }

    init(_ node: Node, _ parts: Parts) {
        self.node = node
        self.parts = parts
    }

    /// The attention with a transposition behind it; `nil` if there is one already.
    func fused(with transposition: Transposition) -> FusedAttention? {
        guard parts.result == nil else { return nil }
        var changed = parts
        changed.result = transposition
        return FusedAttention(node, changed)
    }

    /// What is known of the values on the way.
    struct Stages {
        let query, key, value, scores, scaled, biased, attended, result: Signature
    }

    func stages(_ inputs: [Signature?]) throws(NetworkError) -> Stages {
        func turned(_ transposition: Transposition?, _ signature: Signature) throws(NetworkError) -> Signature {
            try transposition?.infer([signature])[0] ?? signature
        }
        let query = try turned(parts.query, node.required(inputs, 0)), key = try turned(parts.key, node.required(inputs, 1))
        let value = try turned(parts.value, node.required(inputs, 2)), scores = try parts.scores.infer([query, key])[0]
        // No matrix of scores bounds the work.
        try node.expect(work: scores.shape + [(query.shape.last ?? 1) + (value.shape.last ?? 1)], of: "the attention")
        let scaled = try parts.scaling.map { (scaling) throws(NetworkError) in
            try scaling.operation.infer([scores, Signature(scaling.factor)])[0]
        }
        let biased = try parts.bias.map { (bias) throws(NetworkError) in
            try bias.infer([scaled ?? scores, try node.required(inputs, 3)])[0]
        }
        let weights = biased ?? scaled ?? scores
        _ = try parts.softmax.infer([weights])
        let attended = try parts.values.infer([weights, value])[0]
        return Stages(
            query: query, key: key, value: value, scores: scores, scaled: scaled ?? scores, biased: weights, attended: attended,
            result: try turned(parts.result, attended))
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] { [try stages(inputs).result] }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let stages = try? stages(inputs) else { return (inputs[index]?.shape ?? []).map { _ in .whole } }
        let weights = stages.biased, own = inputs[index]
        let fromWeights = [
            parts.softmax.views(of: 0, inputs: [weights], outputs: [weights.type]),
            parts.values.views(of: 0, inputs: [weights, stages.value], outputs: [stages.attended.type]),
        ]
        let fromScores = [
            parts.scaling?.operation.views(of: 0, inputs: [stages.scores, nil], outputs: [stages.scaled.type]),
            parts.bias?.views(of: 0, inputs: [stages.scaled, nil], outputs: [weights.type]),
        ].compactMap(\.self)
        let end = [parts.result?.views(of: 0, inputs: [stages.attended], outputs: [stages.result.type])].compactMap(\.self)
        func start(_ transposition: Transposition?, _ turned: Signature) -> [[AxisView]] {
            [transposition?.views(of: 0, inputs: [own], outputs: [turned.type])].compactMap(\.self)
        }
        let operands = [stages.query, stages.key]
        let steps: [[AxisView]] =
            switch index {
            case 0, 1:
                start(index == 0 ? parts.query : parts.key, operands[index])
                    + [parts.scores.views(of: index, inputs: operands, outputs: [stages.scores.type])] + fromScores + fromWeights
            case 2:
                start(parts.value, stages.value)
                    + [parts.values.views(of: 1, inputs: [weights, stages.value], outputs: [stages.attended.type])]
            default: [parts.bias?.views(of: 1, inputs: [stages.scaled, own], outputs: [weights.type]) ?? []] + fromWeights
            }
        return (steps + end).dropFirst().reduce(steps[0]) { $0.followed(by: $1) }
    }
}

extension [AxisView] {
    /// How axes are seen through a second operator that reads the result of the first.
    fileprivate func followed(by next: [AxisView]) -> [AxisView] {
        map { view in
            guard case .same(let axis) = view else { return view }
            return next.indices.contains(axis) ? next[axis] : .whole
        }
    }
}
