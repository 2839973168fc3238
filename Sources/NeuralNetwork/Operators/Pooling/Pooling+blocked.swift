internal import CKernels

extension Pooling: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        hasBlockedKernel && inputs.count == 1 && inputs[0].blocked != nil ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        let window = try geometry.window(over: input.shape.spatial, node: node)
        let ends = [Int64](repeating: 0, count: 3 - window.axes.count) + window.axes.map { Int64($0.padEnd) }
        try Parallel.run(threads: context.threads, blocks: input.blocks.count) { block, _ in
            withUnsafePointer(to: window.kernelWindow) { geometry in
                if isMaximum {
                    ck_blocked_max_pool(geometry, input.blocks[block], output.blocks[block])
                } else {
                    ck_blocked_average_pool(geometry, ends, countsPadding ? 1 : 0, input.blocks[block], output.blocks[block])
                }
            }
        }
    }
}
