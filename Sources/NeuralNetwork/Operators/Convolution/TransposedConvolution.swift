internal import CKernels

/// `ConvTranspose` over one to three spatial axes.
///
/// Input (batch, channels, spatial…), weights (channels, output channels / group, kernel…), bias (output channels).
struct TransposedConvolution: Operator {
    let node: Node
    let geometry: WindowGeometry
    let groups: Int
    private let outputPadding: [Int]?
    private let outputShape: [Int]?
    /// The weights as the kernels for channel blocks read them, once they are needed.
    let blockedWeights = LazyWeights()

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...3)
        try node.allow("auto_pad", "dilations", "group", "kernel_shape", "output_padding", "output_shape", "pads", "strides")
        self.node = node
        geometry = try WindowGeometry(node)
        groups = try node.int("group") ?? 1
        outputPadding = try node.ints("output_padding")
        outputShape = try node.ints("output_shape")
        guard groups >= 1 else { throw node.error(.attribute, "group is \(groups); expected at least 1") }
        guard (outputPadding ?? []).allSatisfy({ $0 >= 0 }), (outputShape ?? []).allSatisfy({ $0 > 0 }) else {
            throw node.error(.attribute, "output_padding or output_shape holds negative numbers")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs).shape
        let weights = try node.floatSignature(inputs, 1).shape
        let window = try window(image, weights)
        guard image[1] == weights[0], weights[0] % groups == 0, !weights.contains(0) else {
            throw node.error(.shape, "the input has \(image[1]) channels; weights \(weights) in \(groups) groups do not fit")
        }
        if inputs.count > 2, inputs[2] != nil {
            let bias = try node.floatSignature(inputs, 2).shape
            guard bias == [weights[1] * groups] else {
                throw node.error(.shape, "the bias has the shape \(bias); expected [\(weights[1] * groups)]")
            }
        }
        return [Signature([image[0], weights[1] * groups] + window.axes.map(\.input), .float32)]
    }

    /// The window of the convolution whose gradient this is: its input is our output.
    func window(_ image: [Int], _ weights: [Int]) throws(NetworkError) -> Window {
        guard image.count == weights.count, (3...5).contains(image.count) else {
            throw node.error(.shape, "the input has \(image.count) axes, the weights \(weights.count); expected the same, 3 to 5")
        }
        let count = image.count - 2, kernel = Array(weights[2...]), ones = [Int](repeating: 1, count: count)
        let strides = geometry.strides ?? ones, dilations = geometry.dilations ?? ones
        let padding = outputPadding ?? [Int](repeating: 0, count: count), pads = geometry.pads ?? [Int](repeating: 0, count: 2 * count)
        guard strides.count == count, dilations.count == count, padding.count == count, pads.count == 2 * count,
            outputShape == nil || outputShape?.count == count, geometry.kernel == nil || geometry.kernel == kernel
        else { throw node.error(.attribute, "kernel_shape, strides, dilations, pads or output sizes do not fit \(count) spatial axes") }
        return Window(
            axes: try (0..<count).map { (axis) throws(NetworkError) in
                let input = image[axis + 2]
                let (span, overflow) = (kernel[axis] - 1).multipliedReportingOverflow(by: dilations[axis])
                guard !overflow, span < 1 << 40 else { throw node.error(.limit, "the dilated kernel is too large") }
                let full = (input - 1) * strides[axis] + padding[axis] + span + 1
                var begin = pads[axis], end = pads[axis + count], output = full - begin - end
                let same = geometry.autoPad == .sameUpper || geometry.autoPad == .sameLower
                if let wanted = outputShape?[axis] ?? (same ? input * strides[axis] : nil) {
                    let total = max(0, full - wanted)
                    begin = geometry.autoPad == .sameUpper ? total / 2 : total - total / 2
                    (end, output) = (total - begin, wanted)
                } else if geometry.autoPad == .valid {
                    (begin, end, output) = (0, 0, full)
                }
                guard output > 0, input > 0 else { throw node.error(.shape, "an extent of \(input) gives an output extent of \(output)") }
                return Window.Axis(
                    input: output, output: input, kernel: kernel[axis], stride: strides[axis], dilation: dilations[axis], padBegin: begin,
                    padEnd: end)
            })
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let image = inputs[0]?.shape, let weights = inputs[1]?.shape, let window = try? window(image, weights) else {
            return AxisView.parameter(inputs[index])
        }
        return [.same(0), .whole]
            + window.axes.enumerated().map { offset, axis in
                guard let scale = Ratio(axis.stride, 1) else { return .whole }
                return .window(
                    offset + 2,
                    AxisWindow(scale: scale) { output in
                        let low = ceilDivide(output.lowerBound + axis.padBegin - (axis.kernel - 1) * axis.dilation, axis.stride)
                        let high = floorDivide(output.upperBound + axis.padBegin, axis.stride)
                        // A place that no input reaches (stride above kernel) reads nothing; one position stands for it.
                        return min(low, high)...max(low, high)
                    })
            }
    }
}

// MARK: - Running

extension TransposedConvolution {
    /// Output channels of one block; with eight, the rows of a block begin at a panel of the packed weights.
    private static let channelsPerBlock = Int(CK_PANEL)

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let shape = inputs[0]?.shape, let weights = inputs[1], let weightValues = weights.floats else {
            throw node.error(.internalFault, "an input is missing")
        }
        let image = try floatInput(&inputs, 0, node)
        let window = try window(shape, weights.shape)
        let channels = shape[1] / groups, perGroup = weights.shape[1], taps = weights.shape[2...].reduce(1, *)
        let packed = (0..<groups).map { group in
            weightValues.withUnsafeBufferPointer { buffer in
                // The shapes were checked to hold at least one weight, so there is a base address.
                buffer.baseAddress.map {
                    PackedWeights(
                        $0 + group * channels * perGroup * taps, rows: perGroup * taps, columns: channels, rowStride: 1,
                        columnStride: perGroup * taps)
                }
            }
        }.compactMap(\.self)
        let bias = (inputs.count > 2 ? inputs[2]?.floats : nil) ?? [Float](repeating: 0, count: perGroup * groups)
        let job = Job(
            window: window, image: image, channels: channels, groups: groups, perGroup: perGroup, taps: taps, images: shape[0],
            packed: packed,
            bias: bias, context: context)
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in try job.run(into: target) }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    /// One run: products of the pixels with all kernel positions, then a sum for each result in the order of the positions.
    private struct Job {
        let window: Window
        let image: [Float]
        let channels, groups, perGroup, taps, images: Int
        let packed: [PackedWeights]
        let bias: [Float]
        let context: RunContext

        /// Extents of the input (what the gradient's convolution puts out) and of the output, both as (z, y, x).
        private func extents(_ extent: (Window.Axis) -> Int) -> [Int] {
            [Int](repeating: 1, count: 3 - window.axes.count) + window.axes.map(extent)
        }

        func run(into target: UnsafeMutablePointer<Float>) throws(NetworkError) {
            let input = extents(\.output), output = extents(\.input)
            let rows = output[0] * output[1]
            // About 2 MiB of products a block.
            let rowFloats = channelsPerBlock * taps * input[2] * (input[0] > 1 ? input[1] : 1)
            let strideY = window.axes.count > 1 ? window.axes[window.axes.count - 2].stride : 1
            let rowsPerBlock = max(1, min(rows, (1 << 19) / max(1, rowFloats) * strideY))
            let rowBlocks = (rows + rowsPerBlock - 1) / rowsPerBlock, channelBlocks = (perGroup + channelsPerBlock - 1) / channelsPerBlock
            var largestSlab = 0
            for block in 0..<rowBlocks {
                largestSlab = max(largestSlab, slab(block * rowsPerBlock..<min(rows, (block + 1) * rowsPerBlock), input, output).count)
            }
            let productFloats = channelsPerBlock * taps * largestSlab * input[2]
            let scratchBytes = (Int(CK_SCRATCH_FLOATS) + productFloats) * MemoryLayout<Float>.stride
            try Parallel.run(threads: context.threads, blocks: images * groups * channelBlocks * rowBlocks, scratchBytes: scratchBytes) {
                block, scratch in
                guard let scratch = scratch?.assumingMemoryBound(to: Float.self) else { return }
                let part = block / rowBlocks, group = part / channelBlocks % groups, image = part / channelBlocks / groups
                let first = block % rowBlocks * rowsPerBlock, firstChannel = part % channelBlocks * channelsPerBlock
                let place = Place(
                    image: image, group: group, channels: firstChannel..<min(perGroup, firstChannel + channelsPerBlock),
                    rows: first..<min(rows, first + rowsPerBlock))
                work(place, input: input, output: output, target: target, scratch: scratch)
            }
        }

        private struct Place {
            let image, group: Int
            let channels, rows: Range<Int>
        }

        /// The flattened input rows (z, y) that a range of flattened output rows reads.
        private func slab(_ rows: Range<Int>, _ input: [Int], _ output: [Int]) -> Range<Int> {
            let padded = extents(\.padBegin), kernel = extents(\.kernel), stride = extents(\.stride), dilation = extents(\.dilation)
            func read(_ axis: Int, _ low: Int, _ high: Int) -> ClosedRange<Int> {
                // Axes put in front have a padding of 1 here; they read their only row.
                if input[axis] == 1 { return 0...0 }
                let first = max(0, ceilDivide(low + padded[axis] - (kernel[axis] - 1) * dilation[axis], stride[axis]))
                let last = min(input[axis] - 1, floorDivide(high + padded[axis], stride[axis]))
                return first <= last ? first...last : min(first, input[axis] - 1)...min(first, input[axis] - 1)
            }
            let (top, bottom) = (rows.lowerBound, rows.upperBound - 1)
            let z = read(0, top / output[1], bottom / output[1])
            if z.count == 1, top / output[1] == bottom / output[1] {
                let y = read(1, top % output[1], bottom % output[1])
                return z.lowerBound * input[1] + y.lowerBound..<z.lowerBound * input[1] + y.upperBound + 1
            }
            return z.lowerBound * input[1]..<(z.upperBound + 1) * input[1]
        }

        private func work(
            _ place: Place, input: [Int], output: [Int], target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
        ) {
            let plane = input.reduce(1, *), area = output.reduce(1, *), slab = slab(place.rows, input, output)
            let positions = slab.count * input[2], products = scratch + Int(CK_SCRATCH_FLOATS)
            let matrix = ck_window(
                input: (1, 1, Int64(plane)), output: (1, 1, Int64(positions)), kernel: (1, 1, 1), stride: (1, 1, 1), dilation: (1, 1, 1),
                pad: (0, 0, 0))
            image.withUnsafeBufferPointer { source in
                packed[place.group].withPointer { weights in
                    withUnsafePointer(to: matrix) { matrix in
                        guard let source = source.baseAddress, let weights else { return }
                        let start = source + (place.image * groups + place.group) * channels * plane + slab.lowerBound * input[2]
                        let columns = Int(CK_SLICE) * 8
                        for first in stride(from: 0, to: positions, by: columns) {
                            ck_convolution_block(
                                matrix, start, Int64(channels), weights + place.channels.lowerBound * taps * channels, nil,
                                Int64(place.channels.count * taps), Int64(first), Int64(min(positions, first + columns)), Int32(CK_LINEAR),
                                0,
                                context.instructions.level, products, scratch)
                        }
                    }
                }
            }
            withUnsafePointer(to: window.kernelWindow) { geometry in
                for channel in place.channels {
                    let index = (place.image * groups + place.group) * perGroup + channel
                    ck_gather_products(
                        geometry, products + (channel - place.channels.lowerBound) * taps * positions, Int64(slab.lowerBound),
                        Int64(slab.count), bias[place.group * perGroup + channel], Int64(place.rows.lowerBound),
                        Int64(place.rows.upperBound),
                        Int32(CK_LINEAR), 0, target + index * area)
                }
            }
        }
    }
}
