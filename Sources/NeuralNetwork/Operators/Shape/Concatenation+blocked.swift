internal import CKernels

extension Concatenation: BlockedOperator {
    /// Whole blocks follow each other without a copy; a part that ends within a block makes a copy necessary.
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        let shapes = inputs.compactMap(\.blocked), rank = output.spatial.count + 2
        guard shapes.count == inputs.count, let last = shapes.indices.last, (axis < 0 ? axis + rank : axis) == 1 else { return nil }
        return shapes[..<last].allSatisfy { $0.channels % Int(CK_LANES) == 0 } ? .view : .computed
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        let parts = inputs.compactMap(\.blocked), shape = output.shape, lanes = Int(CK_LANES)
        try Parallel.run(threads: context.threads, blocks: output.blocks.count) { index, _ in
            let (image, block) = index.quotientAndRemainder(dividingBy: shape.blocksPerImage)
            let wanted = block * lanes..<block * lanes + shape.channels(of: block)
            var first = 0
            for part in parts {
                let channels =
                    max(wanted.lowerBound, first)..<max(wanted.lowerBound, first, min(wanted.upperBound, first + part.shape.channels))
                var channel = channels.lowerBound
                while channel < channels.upperBound {
                    let (sourceBlock, lane) = (channel - first).quotientAndRemainder(dividingBy: lanes)
                    let count = min(channels.upperBound - channel, lanes - lane)
                    ck_copy_lanes(
                        part.blocks[image * part.shape.blocksPerImage + sourceBlock], Int64(lane), output.blocks[index],
                        Int64(channel - wanted.lowerBound), Int64(count), Int64(shape.places))
                    channel += count
                }
                first += part.shape.channels
            }
        }
    }
}
