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
        let axes = Array(all[2...])
        // The last axis first, as on plain tensors: the order decides how results are rounded.
        var extents = axes.map(\.input) + [Int(CK_LANES)]
        var steps: [Step] = []
        for axis in axes.indices.reversed() where !axes[axis].isIdentity {
            steps.append(Step(axes[axis], outer: extents[..<axis].reduce(1, *), inner: extents[(axis + 1)...].reduce(1, *)))
            extents[axis] = axes[axis].output
        }
        let middle = steps.dropLast().map(\.resultCount).max() ?? 0, count = input.shape.blockFloats
        try Parallel.run(
            threads: context.threads, blocks: input.blocks.count, scratchBytes: 2 * middle * MemoryLayout<Float>.stride
        ) { [steps] block, scratch in
            var from = UnsafePointer(input.blocks[block])
            if steps.isEmpty { output.blocks[block].update(from: from, count: count) }
            let halves = scratch?.assumingMemoryBound(to: Float.self)
            for (index, step) in steps.enumerated() {
                let isLast = index == steps.count - 1
                guard let to = isLast ? output.blocks[block] : halves.map({ $0 + index % 2 * middle }) else { return }
                step.run(from, to)
                from = UnsafePointer(to)
            }
        }
    }
}
