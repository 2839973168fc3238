internal import CKernels

extension TransposedConvolution: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        guard groups == 1, inputs.count > 1, inputs.dropFirst().allSatisfy({ $0.isConstant || $0.isAbsent }) else { return nil }
        switch inputs[0] {
        case .blocked: return .computed
        case .plain(let type): return BlockedShape(type) == nil ? nil : .packed
        case .constant, .absent: return nil
        }
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked, let weights = inputs[1].plain, case .float32(let values) = weights.storage else {
            throw node.error(.internalFault, "an input is missing")
        }
        let shape = input.shape, channels = weights.shape[0], results = weights.shape[1], taps = weights.shape[2...].reduce(1, *)
        let window = try window([shape.images, shape.channels] + shape.spatial, weights.shape)
        let packed = try blockedWeights.form(.direct) { () throws(NetworkError) in
            let count = Int(ck_blocked_weight_floats(Int64(results), Int64(channels), Int64(taps)))
            return [
                try AlignedFloats(count: count) { (target) throws(NetworkError) in
                    try values.withBase { (source) throws(NetworkError) in
                        ck_pack_blocked_weights(
                            source, Int64(results), Int64(channels), Int64(taps), Int64(taps), Int64(results * taps), 1, Int32(CK_LANES),
                            target)
                    }
                }
            ]
        }
        var bias = (inputs.count > 2 ? inputs[2].plain?.floats : nil) ?? []
        bias += [Float](repeating: 0, count: output.shape.blocksPerImage * Int(CK_LANES) - bias.count)
        let rows = output.shape.spatial.dropLast().reduce(1, *)
        let size = max(1, min(16, rows / (8 * context.threads))), pieces = (rows + size - 1) / size
        let scratch = Int(ck_blocked_scratch_bytes(Int64(channels), Int64(taps), Int32(CK_LANES)))
        try Parallel.run(threads: context.threads, blocks: shape.images * pieces, scratchBytes: scratch) { block, scratch in
            let (image, piece) = block.quotientAndRemainder(dividingBy: pieces)
            input.blocks(of: image).withUnsafeBufferPointer { blocks in
                bias.withUnsafeBufferPointer { bias in
                    packed[0].withPointer { weights in
                        let source = ck_blocked_input(blocks: blocks.baseAddress, channels: Int64(channels), lanes: Int32(CK_LANES))
                        let result = ck_blocked_output(
                            weights: weights, bias: bias.baseAddress, results: Int64(results), residual: nil, activation: Int32(CK_LINEAR),
                            slope: 0,
                            output: output.blocks[image * output.shape.blocksPerImage], block_step: Int64(output.blockStep))
                        withUnsafePointer(to: window.kernelWindow) { window in
                            withUnsafePointer(to: source) { source in
                                withUnsafePointer(to: result) { result in
                                    ck_blocked_transposed(
                                        window, source, result, Int64(piece * size), Int64(min(rows, (piece + 1) * size)),
                                        context.instructions.level, scratch)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
