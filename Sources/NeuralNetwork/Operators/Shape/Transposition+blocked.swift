internal import CKernels

extension Transposition: BlockedOperator {
    /// Between channel blocks and tensors with the channels last nothing needs an order in between.
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        guard case .plain(let type) = inputs[0], type.shape.count == output.spatial.count + 2, output.fillsBlocks else { return nil }
        return movesChannels(from: type.shape.count - 1, to: 1, rank: type.shape.count) ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let values = inputs[0].plain?.floats else { throw node.error(.internalFault, "the input is missing") }
        let shape = output.shape, pieces = ChannelsLastPieces(shape)
        try values.withBase { (source) throws(NetworkError) in
            try pieces.each(threads: context.threads) { image, first, last in
                let blocks = output.blocks[image * shape.blocksPerImage..<(image + 1) * shape.blocksPerImage].map { Optional($0) }
                ck_pack_channels_last(
                    source + image * shape.places * shape.channels, Int64(shape.channels), Int64(first), Int64(last), blocks)
            }
        }
    }

    func leavesBlocks(_ inputs: [BlockedArgument]) -> Bool {
        guard let shape = inputs[0].blocked else { return false }
        return movesChannels(from: 1, to: shape.spatial.count + 1, rank: shape.spatial.count + 2)
    }

    func runLeaving(_ inputs: [BlockedSource], output: TensorType, context: RunContext) throws(NetworkError) -> Tensor {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        let shape = input.shape
        let values = try floats(count: output.count) { (target) throws(NetworkError) in
            try ChannelsLastPieces(shape).each(threads: context.threads) { image, first, last in
                ck_unpack_channels_last(
                    input.blocks(of: image), Int64(shape.channels), Int64(first), Int64(last),
                    target + image * shape.places * shape.channels)
            }
        }
        return Tensor(output.shape, .float32(values))
    }

    /// Whether one axis goes to another place and the others keep their order.
    private func movesChannels(from: Int, to: Int, rank: Int) -> Bool {
        var order = Array(0..<rank)
        order.insert(order.remove(at: from), at: to)
        return self.order == order
    }
}

/// The places of images in pieces of about the same size.
private struct ChannelsLastPieces {
    private let shape: BlockedShape

    init(_ shape: BlockedShape) { self.shape = shape }

    /// Gives a closure each piece: its image and its places.
    func each(threads: Int, _ body: (_ image: Int, _ first: Int, _ last: Int) -> Void) throws(NetworkError) {
        let size = max(1, Parallel.elementsPerBlock / shape.channels), pieces = (shape.places + size - 1) / size
        try Parallel.run(threads: threads, blocks: shape.images * pieces) { index, _ in
            let (image, piece) = index.quotientAndRemainder(dividingBy: pieces)
            body(image, piece * size, min(shape.places, (piece + 1) * size))
        }
    }
}
