/// Attention that exporters take apart into products and a softmax is put together again, so that no matrix of scores is held.
extension GraphDraft {
    /// Makes `FusedAttention` of `MatMul`, `Softmax` and `MatMul`, with what lies between and around them.
    mutating func fuseAttention() {
        let patterns = AttentionPattern(links: GraphLinks(self))
        var absorbed: Set<Int> = [], made: Set<Int> = []
        for index in steps.indices {
            // What another attention has taken in, or has become, is not there any more: one may feed the softmax of the next.
            guard let found = patterns.attention(of: steps[index], constants: constants),
                found.absorbed.isDisjoint(with: absorbed.union(made))
            else { continue }
            steps[index].operation = FusedAttention(steps[index].node, found.parts)
            steps[index].inputs = found.inputs
            absorbed.formUnion(found.absorbed)
            made.insert(index)
        }
        guard !absorbed.isEmpty else { return }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
        absorbTranspositions()
    }

    /// Transpositions of what an attention gives become part of it.
    private mutating func absorbTranspositions() {
        let links = GraphLinks(self)
        var absorbed: Set<Int> = []
        for index in steps.indices {
            guard let transposition = steps[index].operation as? Transposition, transposition.order != nil,
                let (place, step) = links.step(of: steps[index].inputs[0], "MatMul"),
                let attention = (step.operation as? FusedAttention)?.fused(with: transposition)
            else { continue }
            steps[index] = CompiledGraph.Step(
                node: step.node, operation: attention, inputs: step.inputs, outputs: steps[index].outputs)
            absorbed.insert(place)
        }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
    }
}

/// What attention looks like when it is written in simple operators, seen from its last product.
private struct AttentionPattern {
    let links: GraphLinks

    private struct Scores {
        let product: MatrixMultiplication
        let scaling: (operation: Arithmetic, factor: Tensor)?
        let query, key: Int
        let absorbed: Set<Int>
    }

    func attention(
        of last: CompiledGraph.Step, constants: [Int: Tensor]
    ) -> (parts: FusedAttention.Parts, inputs: [Int?], absorbed: Set<Int>)? {
        guard let values = last.operation as? MatrixMultiplication, last.node.operatorType == "MatMul",
            let (weights, value) = links.operands(last),
            let (place, step) = links.step(of: weights, "Softmax"), let softmax = step.operation as? Softmax, let inner = step.inputs[0]
        else { return nil }
        var found = scores(inner, constants), bias: (sum: Arithmetic, value: Int, place: Int)?
        if found == nil, let add = links.step(of: inner, "Add"), let sum = add.step.operation as? Arithmetic, sum.isPlainSum,
            let (left, right) = links.operands(add.step)
        {
            for (own, other) in [(left, right), (right, left)] where found == nil {
                found = scores(own, constants)
                bias = (sum, other, add.place)
            }
        }
        guard let found else { return nil }
        var absorbed = found.absorbed.union([place])
        if let bias { absorbed.insert(bias.place) }
        func turned(_ value: Int) -> (Transposition?, Int) {
            guard let (place, step) = links.step(of: value, "Transpose"), let transposition = step.operation as? Transposition,
                transposition.order != nil, let source = step.inputs[0]
            else { return (nil, value) }
            absorbed.insert(place)
            return (transposition, source)
        }
        let query = turned(found.query), key = turned(found.key), content = turned(value)
        let parts = FusedAttention.Parts(
            query: query.0, key: key.0, value: content.0, scores: found.product, scaling: found.scaling, bias: bias?.sum,
            softmax: softmax, values: values, result: nil)
        return (parts, [query.1, key.1, content.1] + (bias.map { [$0.value] } ?? []), absorbed)
    }

    /// The scores: a product, and perhaps a number by which it is multiplied or divided.
    private func scores(_ value: Int, _ constants: [Int: Tensor]) -> Scores? {
        func product(_ value: Int, _ scaling: (operation: Arithmetic, factor: Tensor)?, _ scaled: Set<Int>) -> Scores? {
            guard let (place, step) = links.step(of: value, "MatMul"), let product = step.operation as? MatrixMultiplication,
                let (query, key) = links.operands(step)
            else { return nil }
            return Scores(product: product, scaling: scaling, query: query, key: key, absorbed: scaled.union([place]))
        }
        if let found = product(value, nil, []) { return found }
        for type in ["Mul", "Div"] {
            guard let (place, step) = links.step(of: value, type), let scaling = step.operation as? Arithmetic, scaling.node.opset >= 7,
                let (left, right) = links.operands(step)
            else { continue }
            if links.number(right) != nil, let factor = constants[right] { return product(left, (scaling, factor), [place]) }
            if type == "Mul", links.number(left) != nil, let factor = constants[left] { return product(right, (scaling, factor), [place]) }
        }
        return nil
    }
}
