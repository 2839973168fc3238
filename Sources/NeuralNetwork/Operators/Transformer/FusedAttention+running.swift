internal import CKernels

extension FusedAttention: MemoryHolder {
    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        guard let stages = try? stages(inputs) else { return 0 }
        if let extents = extents(stages, inputs) { return extents.panelFloats * MemoryLayout<Float>.stride }
        // Each step of the parts leaves its result beside what it reads.
        let held = [stages.query, stages.key, stages.value, stages.scores, stages.scaled, stages.biased, stages.biased, stages.attended]
        var sum = ByteSum()
        for value in held { sum.add(Tensor.elementCount(of: value.shape) ?? .max, of: value.elementType.byteCount) }
        return sum.bytes
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let signatures = inputs.map { $0.map { Signature(type: TensorType(shape: $0.shape, elementType: $0.elementType)) } }
        let stages = try stages(signatures)
        guard let extents = extents(stages, signatures), let query = inputs[0]?.floats, let key = inputs[1]?.floats,
            let value = inputs[2]?.floats
        else { return try runParts(inputs, stages, context) }
        let bias = parts.bias == nil ? nil : inputs[3]?.floats
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            try context.withShared(extents.panelFloats) { (panels) throws(NetworkError) in
                try pack(key, value, extents, into: panels, threads: context.threads)
                try attend(query, bias, extents, panels: panels, into: target, context)
            }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    /// The keys and the values of each head as panels, head by head.
    private func pack(
        _ key: [Float], _ value: [Float], _ extents: FusedAttentionExtents, into panels: UnsafeMutablePointer<Float>, threads: Int
    ) throws(NetworkError) {
        try Parallel.run(threads: threads, blocks: 2 * extents.heads) { index, _ in
            let (head, isValue) = (index / 2, index % 2 == 1), matrix = isValue ? extents.value : extents.key
            (isValue ? value : key).withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                ProductPanels.pack(
                    source + matrix.offset(extents.batch, head), depth: isValue ? extents.keys : extents.depth,
                    columns: isValue ? extents.columns : extents.keys, rowStride: matrix.row, columnStride: matrix.column,
                    into: panels + head * extents.floatsPerHead + (isValue ? extents.keyFloats : 0))
            }
        }
    }

    private func attend(
        _ query: [Float], _ bias: [Float]?, _ own: FusedAttentionExtents, panels: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>, _ context: RunContext
    ) throws(NetworkError) {
        let blocks = (own.rows + own.rowsAtOnce - 1) / own.rowsAtOnce, level = context.instructions.level
        let productBytes = (Int(ck_panel_product_scratch_bytes(Int64(max(own.filledKeys, own.columns)))) + 63) / 64 * 64
        let scratchBytes = productBytes + own.rowsAtOnce * own.filledKeys * MemoryLayout<Float>.stride
        let factor = parts.scaling?.factor.floats?.first ?? 1
        try Parallel.run(threads: context.threads, blocks: own.heads * blocks, scratchBytes: scratchBytes) { block, scratch in
            guard let scratch else { return }
            let head = block / blocks, first = block % blocks * own.rowsAtOnce, count = min(own.rowsAtOnce, own.rows - first)
            let scores = (scratch + productBytes).assumingMemoryBound(to: Float.self), packed = panels + head * own.floatsPerHead
            query.withUnsafeBufferPointer { query in
                guard let query = query.baseAddress else { return }
                var product = ck_panel_factors(
                    left: query + own.query.offset(own.batch, head) + first * own.query.row, left_step: Int64(own.query.row),
                    depth: Int64(own.depth), packed: packed, columns: Int64(own.filledKeys), result_step: Int64(own.filledKeys), bias: nil,
                    added: nil, activation: Int32(CK_LINEAR), slope: 0, result: scores)
                ck_panel_product(&product, 0, Int64(count), level, scratch)
            }
            for row in 0..<count {
                let line = scores + row * own.filledKeys
                if let scaling = parts.scaling {
                    withUnsafePointer(to: factor) { ck_binary(scaling.operation.function, line, 1, $0, 0, line, Int64(own.keys)) }
                }
                bias?.withUnsafeBufferPointer { bias in
                    guard let bias = bias.baseAddress else { return }
                    let start = own.bias.offset(own.batch, head) + (first + row) * own.bias.row
                    ck_binary(Int32(CK_ADD), line, 1, bias + start, 1, line, Int64(own.keys))
                }
                ck_softmax_row(line, line, Int64(own.keys), level)
            }
            var product = ck_panel_factors(
                left: scores, left_step: Int64(own.filledKeys), depth: Int64(own.keys), packed: packed + own.keyFloats,
                columns: Int64(own.columns), result_step: Int64(own.result.row), bias: nil, added: nil, activation: Int32(CK_LINEAR),
                slope: 0, result: target + own.result.offset(own.batch, head) + first * own.result.row)
            ck_panel_product(&product, 0, Int64(count), level, scratch)
        }
    }

    /// The operators one after the other.
    private func runParts(_ inputs: [Tensor?], _ stages: Stages, _ context: RunContext) throws(NetworkError) -> [Tensor] {
        func run(_ operation: (any Operator)?, _ operands: [Tensor?], _ result: Signature) throws(NetworkError) -> Tensor? {
            guard let operation else { return operands[0] }
            var operands = operands
            return try operation.run(&operands, outputs: [result.type], context: context).first
        }
        let query = try run(parts.query, [inputs[0]], stages.query), key = try run(parts.key, [inputs[1]], stages.key)
        let value = try run(parts.value, [inputs[2]], stages.value)
        var weights = try run(parts.scores, [query, key], stages.scores)
        weights = try run(parts.scaling?.operation, [weights, parts.scaling?.factor], stages.scaled)
        weights = try run(parts.bias, [weights, inputs.count > 3 ? inputs[3] : nil], stages.biased)
        weights = try run(parts.softmax, [weights], stages.biased)
        let attended = try run(parts.values, [weights, value], stages.attended)
        return [try run(parts.result, [attended], stages.result)].compactMap(\.self)
    }
}

extension RunContext {
    /// Shared scratch memory that is kept up to this size.
    private static let mostKeptFloats = 5_000_000

    /// Gives a closure floats that all threads share, kept from operator to operator where they are not many.
    fileprivate func withShared<Result>(
        _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws(NetworkError) -> Result
    ) throws(NetworkError) -> Result {
        if count <= RunContext.mostKeptFloats { return try scratch.withFloats(count, body) }
        return try SpareMemory().withFloats(count, body)
    }
}
