internal import COpenBLAS

extension LinearLayer {
    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let left = try node.given(inputs, 0), shape = Array(left.shape.dropLast() + [panels.columns])
        guard let values = left.floats else { throw node.error(.internalFault, "the input is not float32") }
        var added: [Float]?
        if sum != nil {
            let other = try node.given(inputs, 1)
            guard shape == outputs[0].shape else { return try broadcast(left, other, shape, outputs, context) }
            added = other.broadcast(to: outputs[0].shape).floats
        }
        let rows = left.shape.dropLast().reduce(1, *)
        if context.products == .openBLAS { return [try byOpenBLAS(values, rows: rows, added: added, outputs[0], context)] }
        let results = try floats(count: rows * panels.columns) { (target) throws(NetworkError) in
            try values.withBase { (left) throws(NetworkError) in
                try multiply(left, rows: rows, added: added, into: target, context)
            }
        }
        return [Tensor(outputs[0].shape, .float32(results))]
    }

    private func multiply(
        _ left: UnsafePointer<Float>, rows: Int, added: [Float]?, into target: UnsafeMutablePointer<Float>, _ context: RunContext
    ) throws(NetworkError) {
        var failure: NetworkError?
        panels.withPointer { packed in
            (bias ?? []).withUnsafeBufferPointer { bias in
                (added ?? []).withUnsafeBufferPointer { added in
                    guard let packed else { return }
                    var product = PanelProduct(left: left, rows: rows, depth: panels.depth, columns: panels.columns)
                    product.bias = self.bias == nil ? nil : bias.baseAddress
                    product.added = sum == nil ? nil : added.baseAddress
                    product.activation = activation
                    do throws(NetworkError) { try product.run(packed, into: target, context: context) } catch { failure = error }
                }
            }
        }
        if let failure { throw failure }
    }

    /// Where the sum makes more of the product: one after the other.
    private func broadcast(
        _ left: Tensor, _ other: Tensor, _ shape: [Int], _ outputs: [TensorType], _ context: RunContext
    ) throws(NetworkError) -> [Tensor] {
        guard let sum else { return [] }
        let plain = LinearLayer(node, panels: panels, bias: bias)
        var inputs: [Tensor?] = [left]
        var operands =
            try plain.run(&inputs, outputs: [TensorType(shape: shape, elementType: .float32)], context: context) + [other]
            as [Tensor?]
        var result = try sum.run(&operands, outputs: outputs, context: context)[0]
        guard var values = result.takeFloats() else { throw node.error(.internalFault, "the result is not float32") }
        try activation.apply(to: &values, context: context)
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    private func byOpenBLAS(
        _ left: [Float], rows: Int, added: [Float]?, _ output: TensorType, _ context: RunContext
    ) throws(NetworkError) -> Tensor {
        guard rows <= Int(Int32.max), panels.columns <= Int(Int32.max), panels.depth <= Int(Int32.max) else {
            throw node.error(.limit, "OpenBLAS takes extents up to \(Int32.max)")
        }
        openblas_set_num_threads(1)
        let matrix = panels.columnwise, columns = panels.columns, depth = panels.depth
        var values = [Float](repeating: 0, count: rows * columns)
        if rows > 0 {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(columns), Int32(depth), 1, left, Int32(depth), matrix,
                Int32(depth), 0, &values, Int32(columns))
        }
        if let bias { for index in values.indices { values[index] += bias[index % columns] } }
        if let added { for index in values.indices { values[index] += added[index] } }
        try activation.apply(to: &values, context: context)
        return Tensor(output.shape, .float32(values))
    }
}

extension Tensor {
    /// The tensor repeated along the axes that a shape has more of.
    func broadcast(to wanted: [Int]) -> Tensor {
        if shape == wanted { return self }
        let own = BlockCopy.strides(of: shape), added = wanted.count - shape.count
        let strides = wanted.indices.map { $0 < added || shape[$0 - added] == 1 ? 0 : own[$0 - added] }
        return BlockCopy.view(of: self, shape: wanted, strides: strides)
    }
}
