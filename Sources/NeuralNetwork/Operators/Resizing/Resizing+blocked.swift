internal import CKernels

extension Resizing: BlockedOperator {
    /// Resizes of the spatial axes alone; then a block is resized as an image whose innermost axis holds its channels.
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        guard hasBlockedKernel, let input = inputs[0].blocked, input.images == output.images, input.channels == output.channels else {
            return nil
        }
        return inputs.dropFirst().contains { $0.blocked != nil } ? nil : .computed
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        let image = Signature([input.shape.images, input.shape.channels] + input.shape.spatial, .float32)
        guard let all = try exactAxes([image] + inputs.dropFirst().map { $0.plain.map { Signature($0) } }) else {
            throw node.error(.internalFault, "has no kernel for blocks")
        }
        let plan = BlockedResizing(Array(all[2...])), pieces = plan.pieces
        try Parallel.run(
            threads: context.threads, blocks: input.blocks.count * pieces, scratchBytes: plan.scratchFloats * MemoryLayout<Float>.stride
        ) { index, scratch in
            let (block, piece) = index.quotientAndRemainder(dividingBy: pieces)
            plan.run(piece, from: input.blocks[block], to: output.blocks[block], scratch: scratch?.assumingMemoryBound(to: Float.self))
        }
    }
}
