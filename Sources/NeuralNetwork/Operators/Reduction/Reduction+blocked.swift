internal import CKernels

extension Reduction: BlockedOperator {
    /// Means of channels on blocks, with sums in double precision in an order that is always the same.
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        node.operatorType == "GlobalAveragePool" && inputs[0].blocked != nil ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        let lanes = Int(CK_LANES), places = input.shape.places
        try Parallel.run(threads: context.threads, blocks: input.blocks.count) { block, _ in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: lanes) { sums in
                guard let base = sums.baseAddress else { return }
                ck_blocked_sums(input.blocks[block], Int64(places), base)
                for lane in 0..<lanes { output.blocks[block][lane] = Float(base[lane] / Double(places)) }
            }
        }
    }
}
