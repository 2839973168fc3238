/// `Einsum` (opset 12 and later): sums of products over the axes that the equation's right side leaves out.
///
/// Operands are joined from left to right; what is needed by nobody further on is summed at once. Products of float32 go through
/// the matrix kernels, sums over one operand are in double precision; float64 is computed as it is, whole numbers wrap around.
struct Einsum: Operator {
    private let node: Node
    private let equation: EinsumEquation

    init(_ node: Node) throws(NetworkError) {
        try node.allow("equation")
        guard node.outputs.count == 1, !node.inputs.isEmpty, !node.inputs.contains("") else {
            throw node.error(.graph, "has \(node.inputs.count) inputs and \(node.outputs.count) outputs; expected at least 1 and 1")
        }
        self.node = node
        guard let text = try node.string("equation") else { throw node.error(.attribute, "equation is missing") }
        equation = try EinsumEquation(text, node: node)
        guard equation.terms.count == node.inputs.count else {
            throw node.error(.attribute, "the equation has \(equation.terms.count) terms for \(node.inputs.count) inputs")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let first = try node.required(inputs, 0)
        for index in inputs.indices {
            let type = try node.required(inputs, index).elementType
            guard type == first.elementType, type.isNumber else {
                throw node.error(.unsupported, "input \(index) has elements of type \(type.rawValue); expected numbers of one type")
            }
        }
        let plan = try plan(inputs.map { $0?.shape ?? [] })
        return [Signature(plan.outputShape, first.elementType)]
    }

    private func plan(_ shapes: [[Int]]) throws(NetworkError) -> EinsumPlan { try EinsumPlan(equation, shapes: shapes, node: node) }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let type = outputs[0].elementType, plan = try plan(inputs.map { $0?.shape ?? [] })
        // Whole numbers are computed with 64 bits, of which the last are those of any smaller type.
        let computed: ElementType = type.isReal ? type : .int64
        var operands: [Tensor] = []
        for (index, operand) in plan.operands.enumerated() {
            operands.append(summed(try node.given(inputs, index).cast(to: computed), operand))
        }
        var joined = operands[0]
        for (step, right) in zip(plan.joins, operands.dropFirst()) { joined = try join(joined, right, step, context) }
        return [joined.transposed(plan.outputOrder).reshaped(outputs[0].shape).cast(to: type)]
    }

    /// One operand with each index once, and without those that only it has.
    private func summed(_ tensor: Tensor, _ operand: EinsumPlan.Operand) -> Tensor {
        let size = operand.summedExtents.reduce(1, *)
        let view = BlockCopy.view(of: tensor, shape: operand.extents + operand.summedExtents, strides: operand.strides)
        guard !operand.summedExtents.isEmpty else { return view }
        let count = operand.extents.reduce(1, *)
        switch view.storage {
        case .int64(let values):
            return Tensor(operand.extents, .int64((0..<count).map { row in values[row * size..<(row + 1) * size].reduce(0, &+) }))
        default:
            let values = view.doubles
            let sums = (0..<count).map { row in values[row * size..<(row + 1) * size].reduce(0, +) }
            return Tensor(operand.extents, doubles: sums, as: view.elementType)
        }
    }

    /// The product of two operands: (shared, left, summed) by (shared, summed, right) to (shared, left, right).
    private func join(_ left: Tensor, _ right: Tensor, _ step: EinsumPlan.Join, _ context: RunContext) throws(NetworkError) -> Tensor {
        let a = left.transposed(step.leftOrder), b = right.transposed(step.rightOrder)
        let (batch, rows, depth, columns) = step.extents
        switch (a.storage, b.storage) {
        case (.float32(let a), .float32(let b)):
            let product = try floats(count: batch * rows * columns) { (target) throws(NetworkError) in
                var failure: NetworkError?
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        guard let a = a.baseAddress, let b = b.baseAddress else {
                            return target.update(repeating: 0, count: batch * rows * columns)
                        }
                        do throws(NetworkError) {
                            for number in 0..<batch {
                                try MatrixProduct.multiply(
                                    a + number * rows * depth, b + number * depth * columns, rows: rows, depth: depth, columns: columns,
                                    into: target + number * rows * columns, context: context)
                            }
                        } catch { failure = error }
                    }
                }
                if let failure { throw failure }
            }
            return Tensor(step.resultShape, .float32(product))
        case (.int64(let a), .int64(let b)):
            return Tensor(step.resultShape, .int64(products(a, b, step, zero: 0) { $0 &+ $1 &* $2 }))
        default:
            let product = products(a.doubles, b.doubles, step, zero: 0) { $0 + $1 * $2 }
            return Tensor(step.resultShape, doubles: product, as: a.elementType)
        }
    }

    private func products<Number>(
        _ left: [Number], _ right: [Number], _ step: EinsumPlan.Join, zero: Number, _ add: (Number, Number, Number) -> Number
    ) -> [Number] {
        let (batch, rows, depth, columns) = step.extents
        let leftSize = rows * depth, rightSize = depth * columns
        var result: [Number] = []
        result.reserveCapacity(batch * rows * columns)
        for number in 0..<batch {
            let a = left[number * leftSize..<(number + 1) * leftSize], b = right[number * rightSize..<(number + 1) * rightSize]
            result += MatrixProduct.plain(a, b, rows: rows, depth: depth, columns: columns, zero: zero, add)
        }
        return result
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? []
        guard let plan = try? plan(inputs.map { $0?.shape ?? [] }) else { return shape.map { _ in .whole } }
        return plan.views(of: index, shape: shape)
    }
}
