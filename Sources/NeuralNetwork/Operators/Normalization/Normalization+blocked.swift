internal import CKernels

extension BatchNormalization: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        isTraining ? nil : BlockedNormalization.form(inputs, output)
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        let parameters = inputs.dropFirst().compactMap(\.plain)
        guard let input = inputs[0].blocked, parameters.count == 4,
            let affine = affine(scale: parameters[0], shift: parameters[1], mean: parameters[2], variance: parameters[3])
        else { throw node.error(.internalFault, "an input is missing") }
        let scales = zip(affine.scale, affine.shift).map { ChannelScale(factor: $0, summand: $1) }
        try BlockedAffine(scales, lanes: output.shape.blocksPerImage * Int(CK_LANES)).run(input, into: output, threads: context.threads)
    }
}

extension InstanceNormalization: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        BlockedNormalization.form(inputs, output)
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked, let scale = inputs[1].plain?.floats, let shift = inputs[2].plain?.floats else {
            throw node.error(.internalFault, "an input is missing")
        }
        let method = BlockedNormalization(groups: output.shape.channels, epsilon: epsilon, scale: scale, shift: shift)
        try method.run(input, into: output, threads: context.threads)
    }
}

extension GroupNormalization: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        BlockedNormalization.form(inputs, output)
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked, var scale = inputs[1].plain?.floats, var shift = inputs[2].plain?.floats else {
            throw node.error(.internalFault, "an input is missing")
        }
        let perGroup = output.shape.channels / groups
        if node.opset < 21 {
            scale = scale.flatMap { [Float](repeating: $0, count: perGroup) }
            shift = shift.flatMap { [Float](repeating: $0, count: perGroup) }
        }
        try BlockedNormalization(groups: groups, epsilon: epsilon, scale: scale, shift: shift).run(
            input, into: output, threads: context.threads)
    }
}

extension SettledNormalization: BlockedOperator {
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm? {
        output.fillsBlocks && inputs[0].blocked != nil ? .computed : nil
    }

    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError) {
        guard let input = inputs[0].blocked else { throw node.error(.internalFault, "the input is missing") }
        try BlockedAffine(scales, lanes: output.shape.blocksPerImage * Int(CK_LANES)).run(input, into: output, threads: context.threads)
    }
}

/// How each channel of each block is changed; of one image, or of all. Lanes without a channel become 0.
private struct BlockedAffine {
    private let centres: [Float]
    private let factors: [Float]
    private let summands: [Float]

    init(_ scales: [ChannelScale], lanes: Int) {
        let rest = [Float](repeating: 0, count: lanes - scales.count)
        centres = scales.map(\.centre) + rest
        factors = scales.map(\.factor) + rest
        summands = scales.map(\.summand) + rest
    }

    func run(_ input: BlockedValue, into output: BlockedValue, threads: Int) throws(NetworkError) {
        let places = output.shape.places
        try Parallel.run(threads: threads, blocks: output.blocks.count) { block, _ in
            let first = block * Int(CK_LANES) % factors.count
            centres.withUnsafeBufferPointer { centres in
                factors.withUnsafeBufferPointer { factors in
                    summands.withUnsafeBufferPointer { summands in
                        guard let centre = centres.baseAddress, let scale = factors.baseAddress, let shift = summands.baseAddress else {
                            return
                        }
                        ck_blocked_affine(
                            centre + first, scale + first, shift + first, input.blocks[block], output.blocks[block], Int64(places))
                    }
                }
            }
        }
    }
}

/// Normalises groups of neighbouring channels of each image on blocks. Sums run in double precision, in an order that is always the same.
private struct BlockedNormalization {
    let groups: Int
    let epsilon: Double
    /// One value for each channel.
    let scale: [Float]
    let shift: [Float]

    static func form(_ inputs: [BlockedArgument], _ output: BlockedShape) -> BlockedForm? {
        output.fillsBlocks && inputs[0].blocked != nil && inputs.dropFirst().allSatisfy(\.isConstant) ? .computed : nil
    }

    func run(_ input: BlockedValue, into output: BlockedValue, threads: Int) throws(NetworkError) {
        let places = output.shape.places
        let sums = try reduced(output, threads: threads) { block, target in ck_blocked_sums(input.blocks[block], Int64(places), target) }
        let means = groupMeans(of: sums, output)
        let squares = try reduced(output, threads: threads) { block, target in
            means.withUnsafeBufferPointer { means in
                guard let means = means.baseAddress else { return }
                ck_blocked_squares(input.blocks[block], Int64(places), means + block * Int(CK_LANES), target)
            }
        }
        let variances = groupMeans(of: squares, output)
        let scales = means.indices.map { lane in
            let channel = lane % lanesPerImage(output)
            guard channel < output.shape.channels else { return ChannelScale(factor: 0, summand: 0) }
            let factor = Double(scale[channel]) / (variances[lane] + epsilon).squareRoot()
            return ChannelScale(mean: means[lane], factor: factor, shift: shift[channel])
        }
        try BlockedAffine(scales, lanes: scales.count).run(input, into: output, threads: threads)
    }

    /// Sums of channels to the mean of their group, for each channel.
    private func groupMeans(of sums: [Double], _ value: BlockedValue) -> [Double] {
        let perImage = lanesPerImage(value), perGroup = value.shape.channels / groups
        var result = [Double](repeating: 0, count: sums.count)
        for image in 0..<value.shape.images {
            for group in 0..<groups {
                let first = image * perImage + group * perGroup
                let mean = sums[first..<first + perGroup].reduce(0, +) / Double(value.shape.places * perGroup)
                for lane in first..<first + perGroup { result[lane] = mean }
            }
        }
        return result
    }

    private func lanesPerImage(_ value: BlockedValue) -> Int { value.shape.blocksPerImage * Int(CK_LANES) }

    /// Sixteen sums of each block.
    private func reduced(
        _ value: BlockedValue, threads: Int, _ body: (Int, UnsafeMutablePointer<Double>) -> Void
    ) throws(NetworkError) -> [Double] {
        var sums = [Double](repeating: 0, count: value.blocks.count * Int(CK_LANES))
        var failure: NetworkError?
        sums.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            do throws(NetworkError) {
                try Parallel.run(threads: threads, blocks: value.blocks.count) { block, _ in body(block, base + block * Int(CK_LANES)) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return sums
    }
}
