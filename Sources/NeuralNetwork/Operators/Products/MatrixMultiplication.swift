internal import COpenBLAS

/// `MatMul` with NumPy's broadcasting over leading axes, and `Gemm`: alpha * A * B + beta * C with optional transposition.
struct MatrixMultiplication: Operator {
    let node: Node
    private let isGemm: Bool
    let alpha, beta: Float
    let transposes: (a: Bool, b: Bool)

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        isGemm = node.operatorType == "Gemm"
        if isGemm && node.opset < 7 {
            // Before opset 7 a flag says whether C broadcasts; C that broadcasts without it is no reason to refuse a file.
            try node.allow("alpha", "beta", "broadcast", "transA", "transB")
        } else if isGemm {
            try node.allow("alpha", "beta", "transA", "transB")
        } else {
            try node.allow()
        }
        try node.expect(inputs: isGemm ? 2...3 : 2...2)
        alpha = try node.float("alpha") ?? 1
        beta = try node.float("beta") ?? 1
        transposes = (try node.flag("transA"), try node.flag("transB"))
    }

    private func plan(_ left: [Int], _ right: [Int]) throws(NetworkError) -> ProductShape {
        guard !left.isEmpty, !right.isEmpty, !isGemm || left.count == 2 && right.count == 2 else {
            throw node.error(.shape, "the shapes \(left) and \(right) are no matrices")
        }
        guard let plan = ProductShape(left, right, transposes: transposes) else {
            throw node.error(.shape, "the shapes \(left) and \(right) do not multiply")
        }
        return plan
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let left = try node.required(inputs, 0), right = try node.required(inputs, 1)
        guard left.elementType == right.elementType, left.elementType.isNumber else {
            throw node.error(.unsupported, "the operands have the types \(left.elementType.rawValue) and \(right.elementType.rawValue)")
        }
        let plan = try plan(left.shape, right.shape)
        if isGemm, left.elementType != .float32 { _ = try node.floatSignature(inputs, 0) }
        if inputs.count > 2, inputs[2] != nil {
            let summand = try node.floatSignature(inputs, 2).shape
            guard Broadcast.shape(summand, plan.result) == plan.result else {
                throw node.error(.shape, "C has the shape \(summand); expected one that broadcasts to \(plan.result)")
            }
        }
        return [Signature(plan.result, left.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard var left = inputs[0], var right = inputs[1] else { throw node.error(.internalFault, "an operand is missing") }
        let summand = inputs.count > 2 ? inputs[2] : nil
        let plan = try plan(left.shape, right.shape)
        if transposes.a { left = transposed(left) }
        if transposes.b { right = transposed(right) }
        if outputs[0].elementType != .float32 { return [try plainProduct(left, right, plan, outputs[0])] }
        guard let a = left.floats, let b = right.floats else { throw node.error(.internalFault, "an operand is not float32") }
        let size = plan.rows * plan.columns
        var values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            if plan.sharesRight {
                return try multiply(a, 0, b, 0, plan, rows: plan.batch.reduce(plan.rows, *), target, context)
            }
            try plan.forEachProduct { (number, left, right) throws(NetworkError) in
                try multiply(a, left, b, right, plan, rows: plan.rows, target + number * size, context)
            }
        }
        if alpha != 1 { for index in values.indices { values[index] *= alpha } }
        if let summand, let c = summand.floats, beta != 0 {
            let walk = Broadcast(plan.result, summand.shape, shape: plan.result), factor = beta
            values = walk.map(values, c) { $0 + factor * $1 }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    /// The product of float64, or of whole numbers with 64 bits, of which the last are those of any smaller type.
    private func plainProduct(_ left: Tensor, _ right: Tensor, _ plan: ProductShape, _ output: TensorType) throws(NetworkError) -> Tensor {
        let depth = plan.depth, leftSize = plan.rows * depth, rightSize = depth * plan.columns
        if output.elementType.isReal {
            let a = left.doubles, b = right.doubles
            var values: [Double] = []
            try plan.forEachProduct { (_, left, right) throws(NetworkError) in
                values += MatrixProduct.plain(
                    a[left..<left + leftSize], b[right..<right + rightSize], rows: plan.rows, depth: depth, columns: plan.columns, zero: 0
                ) { $0 + $1 * $2 }
            }
            return Tensor(output.shape, doubles: values, as: output.elementType)
        }
        guard case .int64(let a) = left.cast(to: .int64).storage, case .int64(let b) = right.cast(to: .int64).storage else {
            throw node.error(.internalFault, "the operands are no numbers")
        }
        var values: [Int64] = []
        try plan.forEachProduct { (_, left, right) throws(NetworkError) in
            values += MatrixProduct.plain(
                a[left..<left + leftSize], b[right..<right + rightSize], rows: plan.rows, depth: depth, columns: plan.columns, zero: 0
            ) { $0 &+ $1 &* $2 }
        }
        return Tensor(output.shape, .int64(values)).cast(to: output.elementType)
    }

    private func transposed(_ matrix: Tensor) -> Tensor {
        BlockCopy.view(of: matrix, shape: [matrix.shape[1], matrix.shape[0]], strides: [1, matrix.shape[1]])
    }

    /// One product of two matrices in C order.
    private func multiply(
        _ left: [Float], _ leftOffset: Int, _ right: [Float], _ rightOffset: Int, _ plan: ProductShape, rows: Int,
        _ target: UnsafeMutablePointer<Float>, _ context: RunContext
    ) throws(NetworkError) {
        if plan.depth == 0 { return target.update(repeating: 0, count: rows * plan.columns) }
        if context.products == .openBLAS {
            guard rows <= Int(Int32.max), plan.columns <= Int(Int32.max), plan.depth <= Int(Int32.max) else {
                throw node.error(.limit, "OpenBLAS takes extents up to \(Int32.max)")
            }
            openblas_set_num_threads(1)
            return left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    guard let left = left.baseAddress, let right = right.baseAddress else { return }
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(plan.columns), Int32(plan.depth), 1,
                        left + leftOffset, Int32(plan.depth), right + rightOffset, Int32(plan.columns), 0, target, Int32(plan.columns))
                }
            }
        }
        var failure: NetworkError?
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return }
                do throws(NetworkError) {
                    try MatrixProduct.multiply(
                        left + leftOffset, right + rightOffset, rows: rows, depth: plan.depth, columns: plan.columns, into: target,
                        context: context)
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? [], result = outputs[0].shape
        if isGemm && index == 2 { return AxisView.broadcast(shape, to: result) }
        return ProductShape.views(isLeft: index == 0, shape: shape, result: result, isTransposed: index == 0 ? transposes.a : transposes.b)
    }
}
