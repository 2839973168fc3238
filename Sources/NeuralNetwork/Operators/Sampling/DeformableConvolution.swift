/// `DeformConv` (opset 19 and later) over one to three spatial axes: a convolution whose taps lie at places moved by an input, read by
/// linear interpolation with zeros outside, and weighted by an optional mask.
///
/// Image (batch, channels, spatial…), weights (output channels, channels / group, kernel…), offsets (batch, offset groups * taps * axes,
/// output spatial…) in pixels, mask (batch, offset groups * taps, output spatial…). Products go through the matrix kernels.
struct DeformableConvolution: Operator {
    private let node: Node
    private let geometry: WindowGeometry
    private let groups, offsetGroups: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...5)
        try node.allow("dilations", "group", "kernel_shape", "offset_group", "pads", "strides")
        self.node = node
        geometry = try WindowGeometry(node)
        groups = try node.int("group") ?? 1
        offsetGroups = try node.int("offset_group") ?? 1
        guard groups >= 1, offsetGroups >= 1 else {
            throw node.error(.attribute, "group is \(groups) and offset_group \(offsetGroups); expected at least 1")
        }
    }

    private func window(_ image: [Int], _ weights: [Int]) throws(NetworkError) -> Window {
        guard image.count == weights.count, image.count >= 3, !weights.contains(0), image[1] == weights[1] * groups,
            weights[0] % groups == 0, image[1] % offsetGroups == 0
        else {
            throw node.error(
                .shape,
                "weights \(weights) in \(groups) groups and \(offsetGroups) groups of offsets do not fit an image of the shape \(image)")
        }
        return try geometry.window(over: Array(image[2...]), kernelExtents: Array(weights[2...]), node: node)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs, 0).shape, weights = try node.floatSignature(inputs, 1).shape
        let window = try window(image, weights), taps = weights[2...].reduce(1, *)
        let places = window.outputShape
        let offsets = [image[0], offsetGroups * taps * places.count] + places, mask = [image[0], offsetGroups * taps] + places
        for (index, expected) in [(2, offsets), (3, [weights[0]]), (4, mask)] where index < inputs.count && inputs[index] != nil {
            let shape = try node.floatSignature(inputs, index).shape
            guard shape == expected else { throw node.error(.shape, "input \(index) has the shape \(shape); expected \(expected)") }
        }
        return [Signature([image[0], weights[0]] + places, .float32)]
    }

    /// Numbers of a block's matrix at most, about.
    private static let blockSize = 1 << 20

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let image = try node.given(inputs, 0), weights = try node.given(inputs, 1), shape = weights.shape
        func optional(_ index: Int) -> [Float]? { index < inputs.count ? inputs[index]?.floats : nil }
        guard let factors = weights.floats, let pixels = image.floats, let offsets = optional(2) else {
            throw node.error(.internalFault, "an input is not float32")
        }
        let sampling = DeformedSampling(
            window: try window(image.shape, shape), pixels: pixels, extents: Array(image.shape[2...]), offsets: offsets, mask: optional(4),
            offsetGroups: offsetGroups, channels: image.shape[1])
        let positions = sampling.positions, depth = shape[1...].reduce(1, *), rows = shape[0] / groups, bias = optional(3)
        let width = max(1, min(positions, DeformableConvolution.blockSize / depth)), blocks = (positions + width - 1) / width
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            // Each block writes its own positions only.
            nonisolated(unsafe) let target = target
            try Parallel.run(
                threads: context.threads, blocks: image.shape[0] * groups * blocks, scratchBytes: MatrixProduct.scratchBytes
            ) { block, scratch in
                let group = block / blocks, first = block % blocks * width, count = min(width, positions - first)
                let own = group % groups, batch = group / groups
                let columns = sampling.columns(
                    image: batch, channels: own * shape[1]..<(own + 1) * shape[1], positions: first..<first + count)
                let product = [Float](unsafeUninitializedCapacity: rows * count) { product, initialized in
                    initialized = rows * count
                    factors.withUnsafeBufferPointer { factors in
                        columns.withUnsafeBufferPointer { columns in
                            guard let factors = factors.baseAddress, let columns = columns.baseAddress, let product = product.baseAddress
                            else { return }
                            MatrixProduct.multiplyAlone(
                                factors + own * rows * depth, columns, rows: rows, depth: depth, columns: count, into: product,
                                instructions: context.instructions, scratch: scratch)
                        }
                    }
                }
                for row in 0..<rows {
                    let channel = own * rows + row, summand = bias?[channel] ?? 0
                    let start = (batch * shape[0] + channel) * positions + first
                    for index in 0..<count { target[start + index] = product[row * count + index] + summand }
                }
            }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    /// Taps may be moved to anywhere in the image.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        switch index {
        case 0: (inputs[0]?.shape ?? []).indices.map { $0 == 0 ? .same(0) : .whole }
        case 2, 4: (inputs[index]?.shape ?? []).indices.map { $0 == 1 ? .whole : .same($0) }
        default: AxisView.parameter(inputs[index])
        }
    }
}

/// The values under a window whose taps are moved, as columns of a matrix.
private struct DeformedSampling: Sendable {
    let window: Window
    let pixels: [Float]
    let extents: [Int]
    let offsets: [Float]
    let mask: [Float]?
    let offsetGroups: Int
    let channels: Int

    var positions: Int { window.outputShape.reduce(1, *) }

    /// The matrix (channels * taps, positions) of one image.
    func columns(image: Int, channels own: Range<Int>, positions range: Range<Int>) -> [Float] {
        let taps = window.axes.reduce(1) { $0 * $1.kernel }, plane = extents.reduce(1, *), all = positions, rank = extents.count
        let perGroup = channels / offsetGroups
        var columns = [Float](repeating: 0, count: own.count * taps * range.count)
        let sampler = GridSampler(mode: .linear, padding: .zeros, alignsCorners: true)
        for group in own.lowerBound / perGroup...(own.upperBound - 1) / perGroup {
            let members = max(own.lowerBound, group * perGroup)..<min(own.upperBound, (group + 1) * perGroup)
            for tap in 0..<taps {
                let base = ((image * offsetGroups + group) * taps + tap)
                for (column, position) in range.enumerated() {
                    var pixelTaps = [GridSampler.Tap(place: 0, weight: 1)]
                    let starts = start(tap, position)
                    for axis in 0..<rank {
                        let place = Double(starts[axis]) + Double(offsets[(base * rank + axis) * all + position])
                        let along = sampler.pixelTaps(place, extents[axis])
                        pixelTaps = pixelTaps.flatMap { outer in
                            along.map { .init(place: outer.place * extents[axis] + $0.place, weight: outer.weight * $0.weight) }
                        }
                    }
                    let factor = Double(mask?[base * all + position] ?? 1)
                    for channel in members {
                        let origin = (image * channels + channel) * plane
                        var sum = 0.0
                        for pixel in pixelTaps { sum += pixel.weight * Double(pixels[origin + pixel.place]) }
                        columns[((channel - own.lowerBound) * taps + tap) * range.count + column] = Float(sum * factor)
                    }
                }
            }
        }
        return columns
    }

    /// Where a tap lies before it is moved.
    private func start(_ tap: Int, _ position: Int) -> [Int] {
        var places = [Int](repeating: 0, count: extents.count), tap = tap, position = position
        for (index, axis) in window.axes.enumerated().reversed() {
            places[index] = position % axis.output * axis.stride - axis.padBegin + tap % axis.kernel * axis.dilation
            position /= axis.output
            tap /= axis.kernel
        }
        return places
    }
}
