/// `ConvInteger` and `QLinearConv` (opset 10): convolutions of 8-bit whole numbers less their zero points, with 32-bit sums, left as they
/// are or quantised anew. Shapes, strides, dilations, groups and padding are those of `Conv`; padding is the zero point.
struct QuantizedConvolution: Operator {
    private let node: Node
    private let geometry: WindowGeometry
    private let groups: Int
    private let requantizes: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.allow("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        self.node = node
        requantizes = node.operatorType == "QLinearConv"
        try node.expect(inputs: requantizes ? 8...9 : 2...4)
        geometry = try WindowGeometry(node)
        groups = try node.int("group") ?? 1
        guard groups >= 1 else { throw node.error(.attribute, "group is \(groups); expected at least 1") }
    }

    private var places: (image: Int, weights: Int, imageZero: Int, weightZero: Int) { requantizes ? (0, 3, 2, 5) : (0, 1, 2, 3) }

    private func window(_ image: [Int], _ weights: [Int]) throws(NetworkError) -> Window {
        guard image.count == weights.count, image.count >= 3, !weights.contains(0), image[1] == weights[1] * groups,
            weights[0] % groups == 0
        else {
            throw node.error(.shape, "weights of the shape \(weights) in \(groups) groups do not fit an image of the shape \(image)")
        }
        return try geometry.window(over: Array(image[2...]), kernelExtents: Array(weights[2...]), node: node)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.required(inputs, places.image), weights = try node.required(inputs, places.weights)
        for input in [image, weights] where ![.int8, .uint8].contains(input.elementType) {
            throw node.error(.unsupported, "an operand has elements of type \(input.elementType.rawValue); expected int8 or uint8")
        }
        let window = try window(image.shape, weights.shape), channels = weights.shape[0]
        func check(_ index: Int, _ meaning: String, _ type: ElementType, perChannel: Bool) throws(NetworkError) {
            guard index < inputs.count, let input = inputs[index] else { return }
            guard input.elementType == type else {
                throw node.error(.unsupported, "\(meaning) has elements of type \(input.elementType.rawValue); expected \(type.rawValue)")
            }
            guard input.shape.reduce(1, *) == 1 || perChannel && input.shape == [channels] else {
                throw node.error(
                    .shape, "\(meaning) has the shape \(input.shape); expected one number\(perChannel ? " or one for each channel" : "")")
            }
        }
        try check(places.imageZero, "the image's zero point", image.elementType, perChannel: false)
        try check(places.weightZero, "the weights' zero point", weights.elementType, perChannel: true)
        let shape = [image.shape[0], channels] + window.outputShape
        guard requantizes else { return [Signature(shape, .int32)] }
        try check(1, "the image's scale", .float32, perChannel: false)
        try check(4, "the weights' scale", .float32, perChannel: true)
        try check(6, "the result's scale", .float32, perChannel: false)
        if inputs.count > 8, let bias = inputs[8], bias.elementType != .int32 || bias.shape != [channels] {
            throw node.error(.shape, "the bias is \(bias.shape) of \(bias.elementType.rawValue); expected [\(channels)] of int32")
        }
        let zero = try node.required(inputs, 7)
        guard [.int8, .uint8].contains(zero.elementType), zero.shape.reduce(1, *) == 1 else {
            throw node.error(.unsupported, "the result's zero point is no single int8 or uint8")
        }
        return [Signature(shape, zero.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let image = try node.given(inputs, places.image), weights = try node.given(inputs, places.weights)
        func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }
        let perChannel = [weights.shape[0]] + [Int](repeating: 1, count: weights.shape.count - 1)
        let weightZero = optional(places.weightZero).map { $0.count == 1 ? $0.reshaped([]) : $0.reshaped(perChannel) }
        let sums = try IntegerConvolution(window: try window(image.shape, weights.shape), groups: groups).run(
            image.centred(by: optional(places.imageZero)?.reshaped([])), image.shape, weights.centred(by: weightZero), weights.shape,
            threads: context.threads)
        guard requantizes else { return [Tensor(outputs[0].shape, .int32(sums))] }
        let bias = optional(8)?.doubles, weightScales = try node.given(inputs, 4).doubles
        let imageScale = try node.given(inputs, 1).doubles[0], scale = try node.given(inputs, 6).doubles[0]
        let zero = try node.given(inputs, 7).doubles[0], plane = outputs[0].shape[2...].reduce(1, *), channels = weights.shape[0]
        let results = sums.indices.map { index -> Double in
            let channel = index / plane % channels
            let factor = imageScale * weightScales[weightScales.count == 1 ? 0 : channel] / scale
            return ((Double(sums[index]) + (bias?[channel] ?? 0)) * factor).rounded(.toNearestOrEven) + zero
        }
        return [Tensor(outputs[0].shape, doubles: results, as: outputs[0].elementType)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let image = inputs[0], let weights = inputs[places.weights], let window = try? window(image.shape, weights.shape)
        else { return AxisView.parameter(inputs[index]) }
        return [.same(0), .whole] + window.views
    }
}

/// A convolution of 32-bit whole numbers: the pixels under the window as columns of a matrix, a block of positions at a time.
private struct IntegerConvolution {
    let window: Window
    let groups: Int

    /// Numbers of a block's matrix at most, about.
    private static let blockSize = 1 << 20

    func run(_ image: [Int32], _ imageShape: [Int], _ weights: [Int32], _ shape: [Int], threads: Int) throws(NetworkError) -> [Int32] {
        let plane = imageShape[2...].reduce(1, *), positions = window.outputShape.reduce(1, *), rows = shape[0] / groups
        let depth = shape[1...].reduce(1, *), width = max(1, min(positions, IntegerConvolution.blockSize / depth))
        let blocks = positions == 0 ? 0 : (positions + width - 1) / width, images = imageShape[0]
        var sums = [Int32](repeating: 0, count: images * shape[0] * positions)
        let walk = WindowWalk(window)
        var failure: NetworkError?
        sums.withUnsafeMutableBufferPointer { sums in
            guard let base = sums.baseAddress else { return }
            // Each block writes its own positions only.
            nonisolated(unsafe) let target = base
            do throws(NetworkError) {
                try Parallel.run(threads: threads, blocks: images * groups * blocks) { block, _ in
                    let group = block / blocks, first = block % blocks * width, count = min(width, positions - first)
                    let start = (group / groups * imageShape[1] + group % groups * shape[1]) * plane
                    var columns = [Int32](repeating: 0, count: depth * count), row = [Int32](repeating: 0, count: count)
                    for position in 0..<count {
                        walk.forEachTap(first + position) { tap, place in
                            for channel in 0..<shape[1] {
                                columns[(channel * walk.taps + tap) * count + position] = image[start + channel * plane + place]
                            }
                        }
                    }
                    weights.withUnsafeBufferPointer { weights in
                        columns.withUnsafeBufferPointer { columns in
                            row.withUnsafeMutableBufferPointer { row in
                                guard let weights = weights.baseAddress, let columns = columns.baseAddress, let row = row.baseAddress else {
                                    return
                                }
                                for channel in 0..<rows {
                                    let output = group % groups * rows + channel
                                    IntegerProduct.multiplyRow(
                                        weights + output * depth, columns, depth: depth, columns: count, into: row)
                                    (target + (group / groups * shape[0] + output) * positions + first).update(from: row, count: count)
                                }
                            }
                        }
                    }
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return sums
    }
}
