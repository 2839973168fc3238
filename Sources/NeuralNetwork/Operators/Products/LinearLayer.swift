/// `MatMul` and `Gemm` with a constant matrix on the right, and what follows: a bias, a sum with another value, a function of each value.
///
/// Input (…, depth), result (…, columns). The matrix is held in panels alone. The bits of a result do not depend on the other rows.
struct LinearLayer: Operator {
    let node: Node
    let panels: ProductPanels
    private(set) var bias: [Float]?
    /// The sum behind the product; its other operand is then input 1.
    private(set) var sum: Arithmetic?
    private(set) var activation = FusedActivation.none
    /// Whether the input must be a matrix.
    private let isGemm: Bool

    /// Never called: layers are made from `MatMul` and `Gemm` when the graph is optimised.
    init(_ node: Node) throws(NetworkError) { throw node.error(.internalFault, "is not made from a node") }

    init(_ node: Node, panels: ProductPanels, bias: [Float]?) {
        self.node = node
        self.panels = panels
        self.bias = bias
        isGemm = node.operatorType == "Gemm"
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let result = try product(inputs)
        guard let sum else { return [result] }
        return try sum.infer([result, try node.required(inputs, 1)])
    }

    /// The result without the sum.
    func product(_ inputs: [Signature?]) throws(NetworkError) -> Signature {
        let left = try node.floatSignature(inputs).shape
        guard left.last == panels.depth, !isGemm || left.count == 2 else {
            throw node.error(.shape, "the shapes \(left) and \([panels.depth, panels.columns]) do not multiply")
        }
        return Signature(left.dropLast() + [panels.columns], .float32)
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let result = try? product(inputs) else { return inputs[index]?.shape.map { _ in .whole } ?? [] }
        if index == 1 { return sum?.views(of: 1, inputs: [result, inputs[1]], outputs: outputs) ?? [] }
        let rows = sum?.views(of: 0, inputs: [result, inputs[1]], outputs: outputs) ?? AxisView.identity(outputs[0].shape)
        return rows.dropLast() + [.whole]
    }
}

// MARK: - Folding

extension LinearLayer {
    /// Bytes of the bias; those of the matrix are `panels.bytes`, which layers may share.
    var biasBytes: Int { (bias?.count ?? 0) * MemoryLayout<Float>.stride }

    /// Whether nothing follows the product and its bias yet.
    private var isPlain: Bool { sum == nil && activation == .none }

    /// The layer with a constant behind it that is added to the columns, one number for each.
    func shifted(by shift: [Float]) -> LinearLayer? {
        guard isPlain, shift.count == panels.columns else { return nil }
        var layer = self
        layer.bias = bias.map { zip($0, shift).map(+) } ?? shift
        return layer
    }

    /// The layer with a constant behind it by which the columns are multiplied, one number for each.
    func scaled(by factors: [Float]) throws(NetworkError) -> LinearLayer? {
        guard isPlain, factors.count == panels.columns else { return nil }
        return LinearLayer(node, panels: try panels.scaled(by: factors), bias: bias.map { zip($0, factors).map(*) })
    }

    /// The layer with a sum behind it.
    func fused(with sum: Arithmetic) -> LinearLayer? {
        guard isPlain else { return nil }
        var layer = self
        layer.sum = sum
        return layer
    }

    /// The layer with a function behind it.
    func fused(with activation: FusedActivation) -> LinearLayer? {
        guard self.activation == .none else { return nil }
        var layer = self
        layer.activation = activation
        return layer
    }
}
