internal import CKernels

extension Convolution: BlockedOperator {
    /// Plain images with fewer channels are read as they are: blocks would be mostly empty.
    private static let fewestBlockedChannels = 8

    /// The kernel for inputs in blocks; `nil` if the groups do not fit into blocks or the weights are not constants.
    ///
    /// It follows from the weights, the attributes and the options alone: results must not depend on the extents of an image.
    func blockedKernel(_ convolutions: RunOptions.Convolutions) -> BlockedKernel? {
        guard let prepared else { return nil }
        if isInSmallGroups { return .grouped }
        let lanes = Int(CK_LANES)
        guard groups == 1 || prepared.channels % lanes == 0 && prepared.results % lanes == 0 else { return nil }
        let few = Convolution.fewestBlockedChannels, kernel = prepared.shape[2...]
        let isDense = (geometry.strides ?? []).allSatisfy { $0 == 1 } && (geometry.dilations ?? []).allSatisfy { $0 == 1 }
        let isWinograd =
            isDense && kernel.count > 1 && Array(kernel.suffix(2)) == [3, 3] && prepared.channels >= few && prepared.results >= few
        guard isWinograd, let edge = convolutions.edge else { return .direct }
        return .winograd(edge: edge)
    }

    /// Whether few channels, or one alone, are convolved to as many: groups that lie within a block.
    var isInSmallGroups: Bool {
        guard groups > 1, let prepared, prepared.channels == prepared.results else { return false }
        return [1, 2, 4, 8].contains(prepared.channels)
    }

    /// Whether channel blocks can be convolved; in any way where in one.
    private var fitsBlocks: Bool { blockedKernel(.direct) != nil }

    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        guard fitsBlocks, let prepared, inputs.count == 1 + (sum == nil ? 0 : 1) + (gate == nil ? 0 : 1) else { return nil }
        if gate != nil, !gates(inputs[gateIndex], inputs[0].blocked) { return nil }
        if sum != nil, inputs[1].blocked != output || !fills(output, inputs[0]) { return nil }
        switch inputs[0] {
        case .blocked: return .computed
        case .plain(let type):
            guard BlockedShape(type) != nil else { return nil }
            return groups == 1 && prepared.channels < Convolution.fewestBlockedChannels ? .computed : .packed
        case .constant, .absent: return nil
        }
    }

    /// Whether a value holds one number for each channel of an image in blocks.
    private func gates(_ gate: BlockedArgument, _ image: BlockedShape?) -> Bool {
        guard let image else { return false }
        let wanted = [image.images, image.channels] + image.spatial.map { _ in 1 }
        return switch gate {
        case .blocked(let shape): [shape.images, shape.channels] + shape.spatial == wanted
        case .plain(let type), .constant(let type): type.shape == wanted && type.elementType == .float32
        case .absent: false
        }
    }

    /// The numbers of a gate, those of each image filled up to whole blocks.
    private func numbers(of gate: BlockedSource, _ image: BlockedShape) -> [Float] {
        let lanes = Int(CK_LANES)
        var numbers = [Float](repeating: 0, count: image.images * image.blocksPerImage * lanes)
        for index in 0..<image.images {
            for channel in 0..<image.channels {
                let (block, lane) = channel.quotientAndRemainder(dividingBy: lanes), place = index * image.blocksPerImage + block
                let number = gate.blocked?.blocks[place][lane] ?? gate.plain?.floats?[index * image.channels + channel]
                numbers[place * lanes + lane] = number ?? 0
            }
        }
        return numbers
    }

    /// Whether the convolution alone has the extents of the output, so that nothing is broadcast.
    private func fills(_ output: BlockedShape, _ input: BlockedArgument) -> Bool {
        let extents: [Int]? =
            switch input {
            case .blocked(let shape): [shape.images, shape.channels] + shape.spatial
            case .plain(let type): type.shape
            case .constant, .absent: nil
            }
        guard let extents, let prepared, let window = try? window(extents, prepared.shape) else { return false }
        return [extents[0], prepared.shape[0]] + window.outputShape == [output.images, output.channels] + output.spatial
    }

    /// How the blocked form sees its input: as the plain one, and with Winograd's tiles a result's bits depend on more.
    ///
    /// Of the six places d0 … d5 along an axis that a tile of four reads, its transforms take d0 for the first result alone and d5 for
    /// the last alone; the four others count for all. A tile of two is d0 … d2 for the first result, d1 … d3 for the second: no more
    /// than the kernel's places.
    func blockedViews(_ views: [AxisView], _ convolutions: RunOptions.Convolutions) -> [AxisView] {
        guard case .winograd(let edge) = blockedKernel(convolutions) else { return views }
        return views.onGrid(edge) { results, window in
            let first = floorDivide(results.lowerBound, edge) * edge, last = floorDivide(results.upperBound, edge) * edge + edge - 1
            guard edge == CK_WINOGRAD_LARGE else { return window.read(results) }
            let low = window.read(first...first).lowerBound + (results.lowerBound == first ? 0 : 1)
            return low...window.read(last...last).upperBound - (results.upperBound == last ? 0 : 1)
        }
    }

    /// The same for results that are computed in whole tiles, all places of which must be there.
    func tiledViews(_ views: [AxisView], _ convolutions: RunOptions.Convolutions) -> [AxisView] {
        guard case .winograd(let edge) = blockedKernel(convolutions) else { return views }
        return views.onGrid(edge) { results, window in
            window.read(floorDivide(results.lowerBound, edge) * edge...floorDivide(results.upperBound, edge) * edge + edge - 1)
        }
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let prepared, let input = inputs.first else { throw node.error(.internalFault, "the weights or the input are missing") }
        let gates = gate.flatMap { _ in input.blocked.map { numbers(of: inputs[gateIndex], $0.shape) } }
        let shape = output.shape, bias = prepared.paddedBias, residual = sum == nil ? nil : inputs[1].blocked
        guard (sum == nil) == (residual == nil) else { throw node.error(.internalFault, "what is to be added is missing") }
        func job(_ kernel: BlockedKernel, _ spatial: [Int], _ channels: Int) throws(NetworkError) -> BlockedConvolution {
            let form = prepared.keeps(kernel) ? kernel : .direct
            let activation = kernel.takes(self.activation) ? self.activation : .none
            return BlockedConvolution(
                window: try window([shape.images, channels] + spatial, prepared.shape), kernel: kernel, transformsWeights: form != kernel,
                weights: try prepared.blocked(form, context), bias: bias, channels: prepared.channels,
                results: prepared.results, groups: groups, gates: gates, residual: residual, activation: activation, output: output,
                context: context)
        }
        func finish(_ kernel: BlockedKernel) throws(NetworkError) {
            if kernel.takes(activation) { return }
            try BlockedPieces(output).each(threads: context.threads) { block, start, count in
                activation.apply(output.blocks[block] + start, output.blocks[block] + start, count, context.instructions)
            }
        }
        switch input {
        case .blocked(let value):
            guard let convolutions = context.convolutions, let kernel = blockedKernel(convolutions) else {
                throw node.error(.internalFault, "has no kernel for blocks")
            }
            try job(kernel, value.shape.spatial, value.shape.channels).run(value.shape.images) { value.blocks(of: $0) }
            try finish(kernel)
        case .plain(let tensor):
            guard case .float32(let values) = tensor.storage else { throw node.error(.internalFault, "the input is not float32") }
            let channels = tensor.shape[1], plane = tensor.shape[2...].reduce(1, *)
            let job = try job(.directFromPlain, Array(tensor.shape[2...]), channels)
            try values.withBase { (source) throws(NetworkError) in
                try job.run(shape.images) { image in (0..<channels).map { source + (image * channels + $0) * plane } }
            }
        case .absent: throw node.error(.internalFault, "the input is missing")
        }
    }
}

extension [AxisView] {
    /// The views with the last two, those of the plane, bound to a grid of results.
    fileprivate func onGrid(
        _ edge: Int, read: @escaping @Sendable (ClosedRange<Int>, AxisWindow) -> ClosedRange<Int>
    ) -> [AxisView] {
        enumerated().map { index, view in
            guard index >= count - 2, case .window(let target, let window) = view else { return view }
            return .window(target, AxisWindow(scale: window.scale, grid: edge) { read($0, window) })
        }
    }
}
