/// Products with a constant matrix take in what follows them.
extension GraphDraft {
    /// Makes `LinearLayer`s of `MatMul` and `Gemm` with constant matrices, and folds into them: numbers that are added to the columns or
    /// multiply them, then sums with other values, then functions.
    mutating func fuseLinearLayers() throws(NetworkError) {
        let links = GraphLinks(self)
        var layers: [Int: Int] = [:], absorbed: Set<Int> = []
        var uses = matrixUses(), matrices = PackedMatrices(uses)
        for index in steps.indices {
            if let (layer, matrix) = try linearLayer(steps[index], links, &matrices) {
                steps[index].operation = layer
                steps[index].inputs = [steps[index].inputs[0]]
                uses[matrix, default: 0] -= 1
                // The panels take the place of the matrix at once, so that large ones are not all held twice.
                if uses[matrix] == 0 { constants[matrix] = nil }
            } else if let (place, merged) = try merged(steps[index], layers, links, matrices) {
                steps[index] = merged
                absorbed.insert(place)
            }
            if steps[index].operation is LinearLayer, let result = steps[index].outputs[0] { layers[result] = index }
        }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
    }

    /// How often each constant is read.
    private func matrixUses() -> [Int: Int] {
        var uses: [Int: Int] = [:]
        for value in steps.flatMap(\.inputs) + outputs { if let value, constants[value] != nil { uses[value, default: 0] += 1 } }
        return uses
    }

    /// The layer for a product with a constant float32 matrix whose columns fill vectors.
    private func linearLayer(
        _ step: CompiledGraph.Step, _ links: GraphLinks, _ matrices: inout PackedMatrices
    ) throws(NetworkError) -> (LinearLayer, matrix: Int)? {
        guard let product = step.operation as? MatrixMultiplication, step.inputs[0] != nil, let matrix = step.inputs[1],
            let constant = constants[matrix], constant.shape.count == 2, let values = constant.floats, !values.isEmpty
        else { return nil }
        var bias: [Float]?
        if step.inputs.count > 2, let summand = step.inputs[2] {
            guard let numbers = links.numbers(summand) else { return nil }
            bias = numbers
        }
        return try product.layer(values, constant.shape, bias: bias, of: matrix, &matrices).map { ($0, matrix) }
    }

    /// A step that follows a layer as one step with it; the place of the layer's own step, whose result nothing else reads.
    private func merged(
        _ step: CompiledGraph.Step, _ layers: [Int: Int], _ links: GraphLinks, _ matrices: PackedMatrices
    ) throws(NetworkError) -> (place: Int, step: CompiledGraph.Step)? {
        func layer(_ value: Int?) -> (place: Int, layer: LinearLayer, inputs: [Int?])? {
            guard let value, let place = layers[value], links.reads(value) == 1, let layer = steps[place].operation as? LinearLayer else {
                return nil
            }
            return (place, layer, steps[place].inputs)
        }
        func result(_ layer: LinearLayer?, _ place: Int, _ inputs: [Int?]) -> (place: Int, step: CompiledGraph.Step)? {
            layer.map {
                (place, CompiledGraph.Step(node: steps[place].node, operation: $0, inputs: inputs, outputs: step.outputs))
            }
        }
        if let activation = FusedActivation(step, constants) {
            guard let (place, layer, inputs) = layer(step.inputs[0]) else { return nil }
            return result(layer.fused(with: activation), place, inputs)
        }
        guard let arithmetic = step.operation as? Arithmetic, let (left, right) = links.operands(step), left != right else { return nil }
        // The operand that is computed later: the other one is there by then.
        let pairs = [(left, right), (right, left)].sorted { (layers[$0.0] ?? -1) > (layers[$1.0] ?? -1) }
        for (value, other) in pairs {
            guard let (place, layer, inputs) = layer(value) else { continue }
            let isProduct = arithmetic.isProduct && !matrices.shared.contains(layer.panels.identity)
            if let numbers = links.numbers(other) {
                let merged = arithmetic.isPlainSum ? layer.shifted(by: numbers) : isProduct ? try layer.scaled(by: numbers) : nil
                if let merged { return result(merged, place, inputs) }
            }
            if let factor = links.number(other), isProduct {
                return result(try layer.scaled(by: [Float](repeating: factor, count: layer.panels.columns)), place, inputs)
            }
            if arithmetic.isPlainSum, constants[other] == nil { return result(layer.fused(with: arithmetic), place, [inputs[0], other]) }
        }
        return nil
    }
}

extension MatrixMultiplication {
    /// The product with a constant matrix as a layer; `nil` if its columns do not fill vectors or it does more than multiply and add.
    fileprivate func layer(
        _ values: [Float], _ shape: [Int], bias: [Float]?, of matrix: Int, _ matrices: inout PackedMatrices
    ) throws(NetworkError) -> LinearLayer? {
        guard alpha == 1, beta == 1 || bias == nil, !transposes.a else { return nil }
        let (depth, columns) = transposes.b ? (shape[1], shape[0]) : (shape[0], shape[1])
        guard PanelProduct.takes(columns: columns), bias == nil || bias?.count == columns else { return nil }
        if let known = matrices[matrix, transposes.b] { return LinearLayer(node, panels: known, bias: bias) }
        var panels: ProductPanels?
        try values.withBase { (source) throws(NetworkError) in
            panels = try ProductPanels(
                source, depth: depth, columns: columns, rowStride: transposes.b ? 1 : columns, columnStride: transposes.b ? depth : 1)
        }
        matrices[matrix, transposes.b] = panels
        return panels.map { LinearLayer(node, panels: $0, bias: bias) }
    }
}

/// The panels of constant matrices, each packed once, however many products read it.
private struct PackedMatrices {
    /// Those that several steps read: none of them is changed for one of these, as each would then hold a copy.
    private(set) var shared: Set<ObjectIdentifier> = []
    private var panels: [Int: [Bool: ProductPanels]] = [:]
    private let uses: [Int: Int]

    /// - Parameter uses: how many steps read each constant.
    init(_ uses: [Int: Int]) { self.uses = uses }

    /// The panels of a constant, transposed or not.
    subscript(matrix: Int, isTransposed: Bool) -> ProductPanels? {
        get { panels[matrix]?[isTransposed] }
        set {
            guard uses[matrix, default: 0] > 1 else { return }
            panels[matrix, default: [:]][isTransposed] = newValue
            if let identity = newValue?.identity { shared.insert(identity) }
        }
    }
}
