internal import CKernels

extension Activation: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        output.fillsBlocks && inputs[0].blocked != nil && inputs.dropFirst().allSatisfy { $0.isConstant || $0.isAbsent } ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        let parameters = parameters(inputs.map { $0.plain?.floats?.first })
        try BlockedPieces(output).each(threads: context.threads) { block, start, count in
            function.apply(parameters, input.blocks[block] + start, output.blocks[block] + start, count, context.instructions)
        }
    }
}

extension UnaryFunction: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        output.fillsBlocks && kernel != nil && inputs[0].blocked != nil ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked, let kernel else { throw node.error(.internalFault, "the input or the kernel is missing") }
        try BlockedPieces(output).each(threads: context.threads) { block, start, count in
            kernel.function.apply(
                (kernel.factor, 0), input.blocks[block] + start, output.blocks[block] + start, count, context.instructions)
        }
    }
}

extension Arithmetic: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        guard output.fillsBlocks, inputs[0].blocked == output, let right = inputs[1].blocked else { return nil }
        return right == output || scalesChannels(of: output, by: right) ? .computed : nil
    }

    /// Whether every channel of an image is multiplied by one number of the right operand.
    private func scalesChannels(of image: BlockedShape, by right: BlockedShape) -> Bool {
        function == Int32(CK_MUL) && right.images == image.images && right.channels == image.channels
            && right.spatial.count == image.spatial.count && right.places == 1
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let left = inputs[0].blocked, let right = inputs[1].blocked else {
            throw node.error(.internalFault, "an operand is missing")
        }
        if right.shape != output.shape {
            return try BlockedPieces(output).each(threads: context.threads) { block, start, count in
                ck_blocked_scale(
                    right.blocks[block], left.blocks[block] + start, output.blocks[block] + start, Int64(count / Int(CK_LANES)))
            }
        }
        try BlockedPieces(output).each(threads: context.threads) { block, start, count in
            ck_binary(
                function, left.blocks[block] + start, 1, right.blocks[block] + start, 1, output.blocks[block] + start, Int64(count))
        }
    }
}

/// The blocks of a value in pieces of about the same size.
struct BlockedPieces {
    private let blocks: Int
    private let floats: Int

    init(_ value: BlockedValue) {
        blocks = value.blocks.count
        floats = value.shape.blockFloats
    }

    /// Gives a closure each piece: its block, its first float and its floats.
    func each(threads: Int, _ body: (Int, Int, Int) -> Void) throws(NetworkError) {
        let size = Parallel.elementsPerBlock, pieces = (floats + size - 1) / size
        try Parallel.run(threads: threads, blocks: blocks * pieces) { index, _ in
            let (block, piece) = index.quotientAndRemainder(dividingBy: pieces)
            body(block, piece * size, min(size, floats - piece * size))
        }
    }
}
