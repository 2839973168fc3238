internal import CKernels

/// One run of a convolution on channel blocks: shares tiles or rows among the threads.
struct BlockedConvolution {
    let window: Window
    let kernel: BlockedKernel
    /// Whether Winograd's weights are transformed in this run.
    let transformsWeights: Bool
    /// One entry for each group.
    let weights: [AlignedFloats]
    /// One value for each output channel, filled up to whole blocks.
    let bias: [Float]
    /// Input and output channels of a group.
    let channels: Int
    let results: Int
    let groups: Int
    /// What each channel of each image is multiplied with before, filled up to whole blocks.
    let gates: [Float]?
    /// What is added before the activation.
    let residual: BlockedValue?
    let activation: FusedActivation
    let output: BlockedValue
    let context: RunContext

    private var lanes: Int { Int(CK_LANES) }

    /// Computes all images; the closure gives the blocks of an image (the planes, for a plain image).
    func run(_ images: Int, blocks: (Int) -> [UnsafePointer<Float>?]) throws(NetworkError) {
        let inputs = (0..<images).map(blocks)
        switch kernel {
        case .winograd(let edge) where transformsWeights: try runPanels(inputs, edge: edge)
        case .winograd(let edge): try runTiles(inputs, edge: edge)
        case .direct where window.isPointwise: try runPlaces(inputs)
        case .direct, .directFromPlain: try runRows(inputs)
        case .grouped: try runChannels(inputs)
        }
    }

    /// Gives a closure the arguments of the kernels for one image and group.
    private func withArguments(
        _ inputs: [[UnsafePointer<Float>?]], image: Int, group: Int,
        _ body: (UnsafePointer<ck_window>, UnsafePointer<ck_blocked_input>, UnsafePointer<ck_blocked_output>) -> Void
    ) {
        let perGroup = inputs[image].count / groups, resultBlocks = output.shape.blocksPerImage / groups
        let target = output.blocks[image * output.shape.blocksPerImage + group * resultBlocks]
        let input = Array(inputs[image][group * perGroup..<(group + 1) * perGroup])
        let added = residual.map { Array($0.blocks(of: image)[group * resultBlocks..<(group + 1) * resultBlocks]) } ?? []
        input.withUnsafeBufferPointer { input in
            added.withUnsafeBufferPointer { added in
                bias.withUnsafeBufferPointer { bias in
                    weights[group].withPointer { weights in
                        let source = ck_blocked_input(
                            blocks: input.baseAddress, channels: Int64(channels), lanes: kernel == .directFromPlain ? 1 : Int32(lanes))
                        let result = ck_blocked_output(
                            weights: weights, bias: bias.baseAddress.map { $0 + group * results }, results: Int64(results),
                            residual: residual == nil ? nil : added.baseAddress, activation: activation.code, slope: activation.slope,
                            output: target, block_step: Int64(output.blockStep))
                        withUnsafePointer(to: window.kernelWindow) { window in
                            withUnsafePointer(to: source) { source in
                                withUnsafePointer(to: result) { result in body(window, source, result) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func runRows(_ inputs: [[UnsafePointer<Float>?]]) throws(NetworkError) {
        let extents = window.outputShape, rows = extents.dropLast().reduce(1, *)
        let size = max(1, min(16, rows / (8 * context.threads))), pieces = (rows + size - 1) / size
        let taps = window.axes.reduce(1) { $0 * $1.kernel }
        let scratch = Int(ck_blocked_scratch_bytes(Int64(channels), Int64(taps), kernel == .directFromPlain ? 1 : Int32(lanes)))
        try Parallel.run(threads: context.threads, blocks: inputs.count * groups * pieces, scratchBytes: scratch) { block, scratch in
            let (part, piece) = block.quotientAndRemainder(dividingBy: pieces)
            withArguments(inputs, image: part / groups, group: part % groups) { window, input, output in
                ck_blocked_convolution(
                    window, input, output, Int64(piece * size), Int64(min(rows, (piece + 1) * size)), context.instructions.level, scratch)
            }
        }
    }

    /// A convolution of extent 1: a product of places, whichever rows they belong to.
    private func runPlaces(_ inputs: [[UnsafePointer<Float>?]]) throws(NetworkError) {
        let places = output.shape.places, parts = inputs.count * groups, wanted = (context.threads + parts - 1) / parts
        let pieces = min(places, max((places + Int(CK_PANEL_ROWS) - 1) / Int(CK_PANEL_ROWS), wanted))
        let scratch = Int(ck_pointwise_scratch_bytes()), perImage = (channels + lanes - 1) / lanes * lanes
        try Parallel.run(threads: context.threads, blocks: parts * pieces, scratchBytes: scratch) { block, scratch in
            let (part, piece) = block.quotientAndRemainder(dividingBy: pieces)
            withArguments(inputs, image: part / groups, group: part % groups) { _, input, output in
                (gates ?? []).withUnsafeBufferPointer { buffer in
                    let gate = gates == nil ? nil : buffer.baseAddress.map { $0 + part / groups * perImage }
                    ck_blocked_pointwise(
                        input, gate, output, Int64(places * piece / pieces), Int64(places * (piece + 1) / pieces),
                        context.instructions.level, scratch)
                }
            }
        }
    }

    private func runTiles(_ inputs: [[UnsafePointer<Float>?]], edge: Int) throws(NetworkError) {
        let extents = window.outputShape
        let depth = extents.count > 2 ? extents[0] : 1, kernelDepth = window.axes.count > 2 ? window.axes[0].kernel : 1
        let plane = extents.suffix(2).reduce(1) { $0 * (($1 + edge - 1) / edge) }
        let wanted = BlockedConvolution.tiles(channels: channels * kernelDepth, results: results, edge: edge)
        let images = inputs.count * groups
        var batches = (plane + wanted - 1) / wanted
        // Slices of one batch share transformed input, so they are cut only where threads would idle.
        let pieces = images * batches >= 2 * context.threads ? 1 : max(1, min(depth / 4, 2 * context.threads / (images * batches)))
        if images * batches * pieces < context.threads { batches = min(plane, (context.threads + images - 1) / images) }
        let largest = (plane + batches - 1) / batches
        let scratch = Int(ck_winograd_scratch_bytes(Int64(channels), Int64(kernelDepth), Int32(edge), Int64(largest)))
        try Parallel.run(threads: context.threads, blocks: images * batches * pieces, scratchBytes: scratch) { block, scratch in
            let (rest, piece) = block.quotientAndRemainder(dividingBy: pieces)
            let (part, batch) = rest.quotientAndRemainder(dividingBy: batches)
            withArguments(inputs, image: part / groups, group: part % groups) { window, input, output in
                ck_winograd(
                    window, input, output, Int32(edge), Int64(plane * batch / batches), Int64(plane * (batch + 1) / batches),
                    Int64(depth * piece / pieces), Int64(depth * (piece + 1) / pieces), context.instructions.level, scratch)
            }
        }
    }

    /// Floats of transformed input that `runPanels` holds at once.
    private static let transformedFloats = 5_000_000
    /// Tiles of four by four, counted in each slice, whose products a thread holds in `runPanels`; twice as many of two by two.
    private static let mostProducts = 84

    /// All threads transform the input of many tiles; then each takes panels of weights, which are transformed once for these tiles.
    private func runPanels(_ inputs: [[UnsafePointer<Float>?]], edge: Int) throws(NetworkError) {
        let geometry = window.kernelWindow, channels = Int64(channels), tile = Int32(edge)
        let mostProducts = edge == Int(CK_WINOGRAD_SMALL) ? 2 * BlockedConvolution.mostProducts : BlockedConvolution.mostProducts
        let plane = window.outputShape.suffix(2).reduce(1) { $0 * (($1 + edge - 1) / edge) }
        let perTile = Int(ck_winograd_input_floats(channels, geometry.input.0, tile, 1))
        let most = min(mostProducts, max(28, BlockedConvolution.transformedFloats / perTile / 14 * 14))
        let batches = (plane + most - 1) / most, largest = (plane + batches - 1) / batches
        let slices = max(1, min(Int(geometry.output.0), mostProducts / largest))
        let pieces = (Int(geometry.output.0) + slices - 1) / slices
        let blocks = (self.channels + lanes - 1) / lanes, panels = (results + Int(CK_BLOCKED_PANEL) - 1) / Int(CK_BLOCKED_PANEL)
        let scratch = Int(ck_winograd_panel_scratch_bytes(channels, geometry.kernel.0, tile, Int64(largest), Int64(slices)))
        let level = context.instructions.level
        let transformedFloats = Int(ck_winograd_input_floats(channels, geometry.input.0, tile, Int64(largest)))
        try context.scratch.withFloats(transformedFloats) { (transformed) throws(NetworkError) in
            for part in 0..<inputs.count * groups {
                for batch in 0..<batches {
                    let first = Int64(plane * batch / batches), last = Int64(plane * (batch + 1) / batches)
                    try Parallel.run(threads: context.threads, blocks: blocks) { block, _ in
                        withArguments(inputs, image: part / groups, group: part % groups) { window, input, _ in
                            ck_winograd_input(window, input, tile, first, last, Int64(block), Int64(block + 1), level, transformed)
                        }
                    }
                    try Parallel.run(threads: context.threads, blocks: panels * pieces, scratchBytes: scratch) { index, scratch in
                        let (panel, piece) = index.quotientAndRemainder(dividingBy: pieces)
                        let end = min((piece + 1) * slices, Int(geometry.output.0))
                        withArguments(inputs, image: part / groups, group: part % groups) { window, input, output in
                            ck_winograd_panel(
                                window, input, output, tile, first, last, Int64(piece * slices), Int64(end), Int64(panel), level,
                                transformed,
                                scratch)
                        }
                    }
                }
            }
        }
    }

    /// Tiles at once: few, so that transformed input and products stay in the second cache, but enough to use each weight often.
    private static func tiles(channels: Int, results: Int, edge: Int) -> Int {
        let most = max(channels, results), tiles = most >= 512 ? 84 : most >= 256 ? 56 : 28
        return edge == Int(CK_WINOGRAD_SMALL) ? 2 * tiles : tiles
    }

    private func runChannels(_ inputs: [[UnsafePointer<Float>?]]) throws(NetworkError) {
        let rows = window.outputShape.dropLast().reduce(1, *), perImage = output.shape.blocksPerImage
        let taps = window.axes.reduce(1) { $0 * $1.kernel }, lanes = lanes
        try Parallel.run(threads: context.threads, blocks: inputs.count * perImage) { index, _ in
            let (image, block) = index.quotientAndRemainder(dividingBy: perImage)
            weights[0].withPointer { weights in
                bias.withUnsafeBufferPointer { bias in
                    withUnsafePointer(to: window.kernelWindow) { window in
                        guard let weights, let bias = bias.baseAddress, let input = inputs[image][block] else { return }
                        ck_blocked_grouped(
                            window, Int32(channels), input, weights + block * taps * channels * lanes, bias + block * lanes, 0, Int64(rows),
                            activation.code,
                            activation.slope, context.instructions.level, output.blocks[index])
                    }
                }
            }
        }
    }
}
