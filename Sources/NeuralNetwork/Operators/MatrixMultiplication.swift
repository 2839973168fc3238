internal import CKernels
internal import COpenBLAS

/// `MatMul` with NumPy's broadcasting over leading axes, and `Gemm`: alpha * A * B + beta * C with optional transposition.
struct MatrixMultiplication: Operator {
    private let node: Node
    private let isGemm: Bool
    private let alpha, beta: Float
    private let transposes: (a: Bool, b: Bool)

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        isGemm = node.operatorType == "Gemm"
        try node.expect(opset: isGemm ? 1...Node.newestOpset : 1...Node.newestOpset)
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

    /// The product's extents; leading axes of operands with more than two axes are broadcast.
    private struct Plan {
        let rows, depth, columns: Int
        let batch, left, right, result: [Int]
    }

    private func plan(_ left: [Int], _ right: [Int]) throws(NetworkError) -> Plan {
        guard !left.isEmpty, !right.isEmpty, !isGemm || left.count == 2 && right.count == 2 else {
            throw node.error(.shape, "the shapes \(left) and \(right) are no matrices")
        }
        var a = left.count == 1 ? [1] + left : left, b = right.count == 1 ? right + [1] : right
        if transposes.a { a.swapAt(a.count - 1, a.count - 2) }
        if transposes.b { b.swapAt(b.count - 1, b.count - 2) }
        let rows = a[a.count - 2], depth = a[a.count - 1], columns = b[b.count - 1]
        guard depth == b[b.count - 2], let batch = Broadcast.shape(Array(a.dropLast(2)), Array(b.dropLast(2))) else {
            throw node.error(.shape, "the shapes \(left) and \(right) do not multiply")
        }
        return Plan(
            rows: rows, depth: depth, columns: columns, batch: batch, left: Array(a.dropLast(2)), right: Array(b.dropLast(2)),
            result: batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns]))
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let plan = try plan(try node.floatSignature(inputs, 0).shape, try node.floatSignature(inputs, 1).shape)
        if inputs.count > 2, inputs[2] != nil {
            let summand = try node.floatSignature(inputs, 2).shape
            guard Broadcast.shape(summand, plan.result) == plan.result else {
                throw node.error(.shape, "C has the shape \(summand); expected one that broadcasts to \(plan.result)")
            }
        }
        return [Signature(plan.result, .float32)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard var left = inputs[0], var right = inputs[1] else { throw node.error(.internalFault, "an operand is missing") }
        let summand = inputs.count > 2 ? inputs[2] : nil
        let plan = try plan(left.shape, right.shape)
        if transposes.a { left = transposed(left) }
        if transposes.b { right = transposed(right) }
        guard let a = left.floats, let b = right.floats else { throw node.error(.internalFault, "an operand is not float32") }
        let walk = Broadcast(plan.left, plan.right, shape: plan.batch)
        let size = plan.rows * plan.columns
        var values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            if plan.depth == 0 { return target.update(repeating: 0, count: outputs[0].count) }
            for row in 0..<walk.rows {
                let start = walk.offsets(row)
                for index in 0..<walk.run {
                    try multiply(
                        a, (start.left + index * walk.leftStep) * plan.rows * plan.depth, b,
                        (start.right + index * walk.rightStep) * plan.depth * plan.columns, plan, target + (row * walk.run + index) * size,
                        context)
                }
            }
        }
        if alpha != 1 { for index in values.indices { values[index] *= alpha } }
        if let summand, let c = summand.floats, beta != 0 {
            let walk = Broadcast(plan.result, summand.shape, shape: plan.result), factor = beta
            values = walk.map(values, c) { $0 + factor * $1 }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    private func transposed(_ matrix: Tensor) -> Tensor {
        BlockCopy.view(of: matrix, shape: [matrix.shape[1], matrix.shape[0]], strides: [1, matrix.shape[1]])
    }

    /// One product of two matrices in C order.
    private func multiply(
        _ left: [Float], _ leftOffset: Int, _ right: [Float], _ rightOffset: Int, _ plan: Plan, _ target: UnsafeMutablePointer<Float>,
        _ context: RunContext
    ) throws(NetworkError) {
        if context.products == .openBLAS {
            guard plan.rows <= Int(Int32.max), plan.columns <= Int(Int32.max), plan.depth <= Int(Int32.max) else {
                throw node.error(.limit, "OpenBLAS takes extents up to \(Int32.max)")
            }
            openblas_set_num_threads(1)
            return left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    guard let left = left.baseAddress, let right = right.baseAddress else { return }
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(plan.rows), Int32(plan.columns), Int32(plan.depth), 1,
                        left + leftOffset, Int32(plan.depth), right + rightOffset, Int32(plan.columns), 0, target, Int32(plan.columns))
                }
            }
        }
        let packed = left.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map {
                PackedWeights($0 + leftOffset, rows: plan.rows, columns: plan.depth, rowStride: plan.depth, columnStride: 1)
            }
        }
        guard let packed else { return }
        let columns = Int64(plan.columns), width = Int(CK_SLICE) * 8
        let matrix = ck_window(
            input: (1, 1, columns), output: (1, 1, columns), kernel: (1, 1, 1), stride: (1, 1, 1), dilation: (1, 1, 1), pad: (0, 0, 0))
        let bytes = Int(CK_SCRATCH_FLOATS) * MemoryLayout<Float>.stride
        try Parallel.run(threads: context.threads, blocks: (plan.columns + width - 1) / width, scratchBytes: bytes) { block, scratch in
            right.withUnsafeBufferPointer { right in
                packed.withPointer { weights in
                    withUnsafePointer(to: matrix) { matrix in
                        guard let right = right.baseAddress else { return }
                        ck_convolution_block(
                            matrix, right + rightOffset, Int64(plan.depth), weights, nil, Int64(plan.rows), Int64(block * width),
                            Int64(min(plan.columns, (block + 1) * width)), Int32(CK_LINEAR), 0, context.instructions.level, target,
                            scratch?.assumingMemoryBound(to: Float.self))
                    }
                }
            }
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? [], result = outputs[0].shape
        if isGemm && index == 2 { return AxisView.broadcast(shape, to: result) }
        guard shape.count >= 2, result.count >= 2 else { return shape.map { _ in .whole } }
        let isTransposed = index == 0 ? transposes.a : transposes.b
        return shape.indices.map { axis in
            if axis < shape.count - 2 { return shape[axis] == 1 ? .detached : .same(axis + result.count - shape.count) }
            let isRow = (axis == shape.count - 2) != isTransposed
            if index == 0 { return isRow ? .same(result.count - 2) : .whole }
            return isRow ? .whole : .same(result.count - 1)
        }
    }
}
