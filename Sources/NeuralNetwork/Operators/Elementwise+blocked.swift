internal import CKernels

extension Activation: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        output.fillsBlocks && inputs[0].blocked != nil && inputs.dropFirst().allSatisfy { $0.isConstant || $0.isAbsent } ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        var first = slope, second: Float = 0
        if function == Int(CK_UNARY_CLIP) {
            first = (inputs.count > 1 ? inputs[1].plain?.floats?.first : nil) ?? bounds.low
            second = (inputs.count > 2 ? inputs[2].plain?.floats?.first : nil) ?? bounds.high
        }
        try BlockedPieces(output).each(threads: context.threads) { block, start, count in
            ck_unary(Int32(function), first, second, input.blocks[block] + start, output.blocks[block] + start, Int64(count))
        }
    }
}

extension Arithmetic: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        output.fillsBlocks && inputs.allSatisfy { $0.blocked == output } ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let left = inputs[0].blocked, let right = inputs[1].blocked else {
            throw node.error(.internalFault, "an operand is missing")
        }
        try BlockedPieces(output).each(threads: context.threads) { block, start, count in
            ck_binary(
                function, left.blocks[block] + start, 1, right.blocks[block] + start, 1, output.blocks[block] + start, Int64(count))
        }
    }
}

/// The blocks of a value in pieces of about the same size.
private struct BlockedPieces {
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
