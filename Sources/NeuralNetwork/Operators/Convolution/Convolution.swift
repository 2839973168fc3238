internal import COpenBLAS
internal import CKernels

/// `Conv` over one to three spatial axes, with strides, dilations, groups and padding; a following batch normalisation, sum with
/// another value (a residual) and ReLU or leaky ReLU may be folded in.
///
/// Input (batch, channels, spatial…), weights (output channels, channels / group, kernel…), bias (output channels).
struct Convolution: Operator {
    let node: Node
    var geometry: WindowGeometry
    let groups: Int
    private(set) var activation = FusedActivation.none
    /// The sum behind the convolution, with weights that are constants; its other operand is then input 1.
    private(set) var sum: Arithmetic?
    /// The product in front of a convolution of extent 1 with constant weights, by a number for each channel, which is the last input.
    private(set) var gate: Arithmetic?
    /// Weights, if they are constants; then the node's own inputs 1 and 2 are not read.
    private(set) var prepared: ConvolutionWeights?

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...3)
        try node.allow("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        self.node = node
        geometry = try WindowGeometry(node)
        groups = try node.int("group") ?? 1
        guard groups >= 1 else { throw node.error(.attribute, "group is \(groups); expected at least 1") }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let result = try convolved(inputs)
        guard let sum else { return [result] }
        return try sum.infer([result, try node.required(inputs, 1)])
    }

    /// The result without the sum.
    private func convolved(_ inputs: [Signature?]) throws(NetworkError) -> Signature {
        var image = try node.floatSignature(inputs)
        if let gate { image = try gate.infer([image, try node.required(inputs, gateIndex)])[0] }
        let weights = try weightShape(inputs)
        let window = try window(image.shape, weights)
        guard image.shape[1] == weights[1] * groups, weights[0] % groups == 0 else {
            throw node.error(
                .shape, "the input has \(image.shape[1]) channels; weights \(weights) in \(groups) groups ask for \(weights[1] * groups)")
        }
        if prepared == nil, inputs.count > 2, inputs[2] != nil {
            let bias = try node.floatSignature(inputs, 2)
            guard bias.shape == [weights[0]] else {
                throw node.error(.shape, "the bias has the shape \(bias.shape); expected [\(weights[0])]")
            }
        }
        return Signature([image.shape[0], weights[0]] + window.outputShape, .float32)
    }

    private func weightShape(_ inputs: [Signature?]) throws(NetworkError) -> [Int] {
        if let prepared { return prepared.shape }
        let shape = try node.floatSignature(inputs, 1).shape
        guard shape.count >= 3, !shape.contains(0) else {
            throw node.error(.shape, "the weights have the shape \(shape); expected (output channels, channels / group, kernel…)")
        }
        return shape
    }

    func window(_ image: [Int], _ weights: [Int]) throws(NetworkError) -> Window {
        guard image.count == weights.count else {
            throw node.error(.shape, "the input has \(image.count) axes, the weights \(weights.count); they must be equal")
        }
        return try geometry.window(over: Array(image[2...]), kernelExtents: Array(weights[2...]), node: node)
    }

    /// Which input the gate is.
    var gateIndex: Int { sum == nil ? 1 : 2 }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        if gate != nil, index == gateIndex {
            let shape = inputs[index]?.shape ?? []
            return shape.indices.map { shape[$0] == 1 ? .detached : $0 == 0 ? .same(0) : .whole }
        }
        if let sum {
            guard let result = try? convolved(inputs) else { return inputs[index]?.shape.map { _ in .whole } ?? [] }
            if index == 1 { return sum.views(of: 1, inputs: [result, inputs[1]], outputs: outputs) }
            // Channels may be broadcast; a place that is broadcast along the image has no place of its own.
            guard result.shape.dropFirst(2) == outputs[0].shape.dropFirst(2) else { return inputs[0]?.shape.map { _ in .whole } ?? [] }
        }
        guard index == 0, let image = inputs[0], let weights = try? weightShape(inputs), let window = try? window(image.shape, weights)
        else {
            return AxisView.parameter(inputs[index])
        }
        return [.same(0), .whole] + window.views
    }
}

// MARK: - Folding

extension Convolution {
    /// Output channels; `nil` as long as the weights are not constants.
    var outputChannels: Int? { prepared?.shape[0] }

    /// Whether no activation is fused behind the convolution yet, so that something can be.
    var isLinear: Bool { activation == .none }

    /// Whether a sum can be fused behind the convolution.
    var takesSum: Bool { isLinear && sum == nil && prepared != nil && !isInSmallGroups }

    /// Whether an activation can be fused behind the convolution: a function of single values not where channel blocks would be mostly
    /// empty.
    func takes(_ activation: FusedActivation) -> Bool {
        guard isLinear else { return false }
        guard activation.isSmooth, let results = outputChannels else { return !activation.isSmooth }
        let lanes = Int(CK_LANES)
        return 2 * results >= (results + lanes - 1) / lanes * lanes
    }

    /// The convolution with a sum behind it.
    func fused(with sum: Arithmetic) -> Convolution {
        var result = self
        result.sum = sum
        return result
    }

    /// The convolution with constant weights, scaled and shifted per output channel if asked for.
    func prepared(weights: Tensor, bias: Tensor?, scale: [Float]? = nil, shift: [Float]? = nil) throws(NetworkError) -> Convolution {
        let signatures = [nil, Signature(weights)]
        let shape = try weightShape(signatures)
        guard var values = weights.floats, shape[0] % groups == 0 else {
            throw node.error(.shape, "\(shape[0]) output channels do not fit \(groups) groups")
        }
        var offsets = bias?.floats ?? [Float](repeating: 0, count: shape[0])
        guard offsets.count == shape[0] else {
            throw node.error(.shape, "the bias has the shape \(bias?.shape ?? []); expected [\(shape[0])]")
        }
        let row = values.count / shape[0]
        if let scale, let shift {
            for channel in 0..<shape[0] {
                for index in channel * row..<(channel + 1) * row { values[index] *= scale[channel] }
                offsets[channel] = offsets[channel] * scale[channel] + shift[channel]
            }
        }
        var result = self
        result.prepared = ConvolutionWeights(shape: shape, groups: groups, values: values, bias: offsets)
        return result
    }

    /// The prepared convolution with a batch normalisation behind it.
    func scaled(by scale: [Float], shift: [Float]) throws(NetworkError) -> Convolution? {
        guard let prepared, isLinear, sum == nil else { return nil }
        let weights = Tensor(prepared.shape, .float32(prepared.values))
        return try self.prepared(weights: weights, bias: Tensor([prepared.bias.count], .float32(prepared.bias)), scale: scale, shift: shift)
    }

    /// The convolution with an activation behind it.
    func fused(with activation: FusedActivation) -> Convolution {
        var result = self
        result.activation = activation
        return result
    }

    /// The convolution with a product in front; `nil` where it is not one of single places.
    func fused(with gate: Arithmetic) -> Convolution? {
        guard let prepared, groups == 1, self.gate == nil, prepared.shape[2...].allSatisfy({ $0 == 1 }), geometry.isPointwise else {
            return nil
        }
        var result = self
        result.gate = gate
        return result
    }

    /// Bytes of the constant weights in the forms that a run takes, whatever its options are.
    var preparedBytes: Int {
        guard let prepared else { return 0 }
        return RunOptions.Convolutions.allCases.map { prepared.bytes(for: blockedKernel($0)) }.max() ?? 0
    }
}

// MARK: - Running

extension Convolution {
    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let imageShape = inputs[0]?.shape else { throw node.error(.internalFault, "the input is missing") }
        if let gate { return try gated(gate, &inputs, outputs, context) }
        if let sum { return try summed(sum, &inputs, outputs, context) }
        if activation.isSmooth { return try activated(&inputs, outputs, context) }
        var ready = prepared
        if ready == nil, let weights = inputs[1] {
            ready = try prepared(weights: weights, bias: inputs.count > 2 ? inputs[2] : nil).prepared
        }
        guard let ready else { throw node.error(.internalFault, "the weights are missing") }
        let image = try floatInput(&inputs, 0, node)
        let window = try window(imageShape, ready.shape)
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            switch context.products {
            case .kernels: try convolve(image, imageShape, ready, window, target, context)
            case .openBLAS: try multiply(image, imageShape, ready, window, target, context)
            }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    /// One after the other: convolution, sum, activation.
    private func summed(
        _ sum: Arithmetic, _ inputs: inout [Tensor?], _ outputs: [TensorType], _ context: RunContext
    ) throws(NetworkError) -> [Tensor] {
        let type = try convolved(inputs.map { $0.map { Signature(type: TensorType(shape: $0.shape, elementType: $0.elementType)) } }).type
        var linear = self
        linear.sum = nil
        linear.activation = .none
        var image = [inputs[0]]
        inputs[0] = nil
        var operands = [try linear.run(&image, outputs: [type], context: context).first, inputs[1]]
        inputs = []
        return try activated(try sum.run(&operands, outputs: outputs, context: context), context)
    }

    /// One after the other: the product with the gate, and everything else.
    private func gated(
        _ gate: Arithmetic, _ inputs: inout [Tensor?], _ outputs: [TensorType], _ context: RunContext
    ) throws(NetworkError) -> [Tensor] {
        var operands: [Tensor?] = [inputs[0], inputs.removeLast()]
        inputs[0] = nil
        let type = try gate.infer(operands.map { $0.map { Signature($0) } })[0].type
        inputs[0] = try gate.run(&operands, outputs: [type], context: context).first
        var rest = self
        rest.gate = nil
        return try rest.run(&inputs, outputs: outputs, context: context)
    }

    /// The convolution, and the activation behind it.
    private func activated(
        _ inputs: inout [Tensor?], _ outputs: [TensorType], _ context: RunContext
    ) throws(NetworkError) -> [Tensor] {
        var linear = self
        linear.activation = .none
        return try activated(try linear.run(&inputs, outputs: outputs, context: context), context)
    }

    private func activated(_ results: [Tensor], _ context: RunContext) throws(NetworkError) -> [Tensor] {
        var result = results[0]
        let shape = result.shape
        guard var values = result.takeFloats() else { throw node.error(.internalFault, "the result is not float32") }
        try activation.apply(to: &values, context: context)
        return [Tensor(shape, .float32(values))]
    }

    /// The results of one (image, group), split into blocks of neighbouring positions. The split changes no result.
    private struct Blocks {
        let images, groups, positions, size, perGroup: Int

        init(images: Int, groups: Int, positions: Int, threads: Int) {
            let slice = Int(CK_SLICE), largest = 8 * slice
            self.images = images
            self.groups = groups
            self.positions = positions
            let wanted = max((positions + largest - 1) / largest, images * groups >= threads ? 1 : threads)
            size = max(slice, ((positions + wanted - 1) / wanted + slice - 1) / slice * slice)
            perGroup = (positions + size - 1) / size
        }

        var count: Int { images * groups * perGroup }

        /// Image, group and positions of a block.
        func place(_ block: Int) -> (image: Int, group: Int, positions: Range<Int>) {
            let first = block % perGroup * size, part = block / perGroup
            return (part / groups, part % groups, first..<min(positions, first + size))
        }
    }

    private func convolve(
        _ image: [Float], _ shape: [Int], _ ready: ConvolutionWeights, _ window: Window, _ target: UnsafeMutablePointer<Float>,
        _ context: RunContext
    ) throws(NetworkError) {
        let positions = window.outputShape.reduce(1, *), plane = shape[2...].reduce(1, *)
        let blocks = Blocks(images: shape[0], groups: groups, positions: positions, threads: context.threads)
        let channels = shape[1] / groups, rows = ready.shape[0] / groups
        let bytes = Int(CK_SCRATCH_FLOATS) * MemoryLayout<Float>.stride
        let geometry = window.kernelWindow, packed = ready.packed
        try Parallel.run(threads: context.threads, blocks: blocks.count, scratchBytes: bytes) { block, scratch in
            let place = blocks.place(block)
            image.withUnsafeBufferPointer { source in
                ready.bias.withUnsafeBufferPointer { bias in
                    packed[place.group].withPointer { weights in
                        guard let source = source.baseAddress, let bias = bias.baseAddress else { return }
                        withUnsafePointer(to: geometry) { geometry in
                            ck_convolution_block(
                                geometry, source + (place.image * shape[1] + place.group * channels) * plane, Int64(channels), weights,
                                bias + place.group * rows, Int64(rows), Int64(place.positions.lowerBound),
                                Int64(place.positions.upperBound),
                                activation.code, activation.slope, context.instructions.level,
                                target + (place.image * ready.shape[0] + place.group * rows) * positions,
                                scratch?.assumingMemoryBound(to: Float.self))
                        }
                    }
                }
            }
        }
    }

    /// The same through OpenBLAS: columns of at most 1 MiB, then one product for each block.
    private func multiply(
        _ image: [Float], _ shape: [Int], _ ready: ConvolutionWeights, _ window: Window, _ target: UnsafeMutablePointer<Float>,
        _ context: RunContext
    ) throws(NetworkError) {
        openblas_set_num_threads(1)
        let positions = window.outputShape.reduce(1, *), plane = shape[2...].reduce(1, *)
        let channels = shape[1] / groups, rows = ready.shape[0] / groups, depth = ready.shape[1...].reduce(1, *)
        let width = max(16, min(positions, Int(CK_COLUMN_FLOATS) / depth))
        let perGroup = (positions + width - 1) / width
        guard positions <= Int(Int32.max) else { throw node.error(.limit, "OpenBLAS takes at most \(Int32.max) positions") }
        let geometry = window.kernelWindow, weights = ready.values
        try Parallel.run(
            threads: context.threads, blocks: shape[0] * groups * perGroup, scratchBytes: depth * width * MemoryLayout<Float>.stride
        ) { block, scratch in
            let first = block % perGroup * width, last = min(positions, first + width)
            let index = block / perGroup / groups, group = block / perGroup % groups
            guard let columns = scratch?.assumingMemoryBound(to: Float.self) else { return }
            let output = target + (index * ready.shape[0] + group * rows) * positions + first
            image.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                withUnsafePointer(to: geometry) { geometry in
                    ck_columns(
                        geometry, source + (index * shape[1] + group * channels) * plane, Int64(channels), Int64(first), Int64(last),
                        columns)
                }
            }
            weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(last - first), Int32(depth), 1,
                    weights + group * rows * depth,
                    Int32(depth), columns, Int32(last - first), 0, output, Int32(positions))
            }
            for row in 0..<rows {
                let bias = ready.bias[group * rows + row]
                for column in 0..<last - first {
                    let value = output[row * positions + column] + bias
                    output[row * positions + column] = value < 0 && activation != .none ? value * activation.slope : value
                }
            }
        }
    }
}
