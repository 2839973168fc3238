/// Builds U-Nets with random weights as ONNX files.
struct UNet {
    /// Ways down and up again, and sums with what lies two layers before; wide enough for Winograd's kernels.
    static let kinds = ["deconvolution", "linear", "strided", "residual"]

    /// A network of two levels of one of these kinds.
    static func small(_ kind: String) -> UNet {
        var network = UNet(
            depth: 2, channels: 8, upsampling: ["deconvolution", "residual"].contains(kind) ? .deconvolution : .linear,
            downsampling: kind == "strided" ? .strided : .pooling)
        network.hasResiduals = kind == "residual"
        return network
    }

    enum Upsampling: String, CaseIterable { case deconvolution, nearest, linear }
    enum Downsampling { case pooling, strided }

    /// How what goes across is cut to what comes up, where convolutions are not padded: by constants, by sums over extents, by pads
    /// below 0, by an operator of its own.
    enum Crop: String, CaseIterable { case slice, extents, pads, middle }

    var depth = 2
    var channels = 4
    var upsampling = Upsampling.deconvolution
    var downsampling = Downsampling.pooling
    var spatialAxes = 2
    /// Whether the first result of each block is added to the second.
    var hasResiduals = false
    /// How the middle is cut out behind unpadded convolutions; `nil` if convolutions are padded.
    var crop: Crop?
    /// Whether the channels are the last axis of input and output.
    var isChannelsLast = false
    var inputChannels = 1
    var outputChannels = 1
    private var builder = ModelBuilder()
    private var numbers = Numbers(seed: 3)
    private var count = 0

    init(depth: Int, channels: Int, upsampling: Upsampling, downsampling: Downsampling = .pooling, spatialAxes: Int = 2) {
        self.downsampling = downsampling
        self.depth = depth
        self.channels = channels
        self.upsampling = upsampling
        self.spatialAxes = spatialAxes
    }

    /// Pixels by which the output of unpadded convolutions falls short of the image, both ends together.
    var missing: Int { crop == nil ? 0 : 4 * (1 << depth) + (0..<depth).reduce(0) { $0 + 8 << $1 } }

    /// The file: input `x` (1, channels, free…), output `y`, with `isChannelsLast` (1, free…, channels).
    func file() -> [UInt8] {
        var copy = self
        return copy.build()
    }

    private mutating func build() -> [UInt8] {
        builder.opset = crop == .middle ? 18 : 17
        let free = [Int](repeating: -1, count: spatialAxes)
        builder.input("x", isChannelsLast ? [1] + free + [inputChannels] : [1, inputChannels] + free)
        var value = "x", width = inputChannels
        if isChannelsLast { value = operation("Transpose", [value], [("perm", .ints([0, spatialAxes + 1] + Array(1...spatialAxes)))]) }
        var skips: [(String, Int)] = []
        for level in 0..<depth {
            value = block(value, width, channels << level)
            width = channels << level
            skips.append((value, width))
            value =
                downsampling == .strided
                ? convolution(value, width, width, kernel: 3, stride: 2)
                : operation("MaxPool", [value], [("kernel_shape", all(2)), ("strides", all(2))])
        }
        value = block(value, width, channels << depth)
        width = channels << depth
        var surplus = 8
        for (skip, target) in skips.reversed() {
            value = up(value, width, target)
            value = operation("Concat", [cropped(skip, to: value, by: surplus), value], [("axis", .int(1))])
            value = block(value, 2 * target, target)
            width = target
            surplus = 2 * (surplus + 8)
        }
        value = convolution(value, width, outputChannels, kernel: 1)
        value = operation("Sigmoid", [value])
        builder.node(
            isChannelsLast ? "Transpose" : "Identity", [value], ["y"],
            isChannelsLast ? [("perm", .ints([0] + Array(2..<spatialAxes + 2) + [1]))] : [])
        builder.output("y")
        return builder.file
    }

    /// The middle of a value, as large as another one that is smaller by `surplus`.
    private mutating func cropped(_ value: String, to other: String, by surplus: Int) -> String {
        guard let crop else { return value }
        let margins = [Int](repeating: surplus / 2, count: spatialAxes), axes = integers(Array(2..<spatialAxes + 2))
        switch crop {
        case .slice: return operation("Slice", [value, integers(margins), integers(margins.map { -$0 }), axes])
        case .pads:
            let pads = [0, 0] + margins.map { -$0 }
            return operation("Pad", [value, integers(pads + pads)])
        case .middle: return operation("CenterCropPad", [value, operation("Shape", [other])])
        case .extents:
            let (from, all) = (integers([2]), integers([9]))
            let (large, small) = (operation("Shape", [value]), operation("Shape", [other]))
            let (own, wanted) = (operation("Slice", [large, from, all]), operation("Slice", [small, from, all]))
            let start = operation("Div", [operation("Sub", [own, wanted]), integers([2])])
            return operation("Slice", [value, start, operation("Add", [start, wanted]), axes])
        }
    }

    private mutating func integers(_ values: [Int]) -> String {
        let result = name()
        builder.initializer(ModelBuilder.tensor(result, integers: values))
        return result
    }

    private func all(_ value: Int) -> ModelBuilder.Value { .ints([Int](repeating: value, count: spatialAxes)) }

    private mutating func name() -> String {
        count += 1
        return "v\(count)"
    }

    private mutating func operation(_ type: String, _ inputs: [String], _ attributes: [(String, ModelBuilder.Value)] = []) -> String {
        let result = name()
        builder.node(type, inputs, [result], attributes)
        return result
    }

    private mutating func weights(_ dims: [Int], scale: Float) -> String {
        let result = name()
        builder.weights(result, dims, numbers.next(dims.reduce(1, *)).map { $0 * scale })
        return result
    }

    private mutating func convolution(_ value: String, _ width: Int, _ target: Int, kernel: Int, stride: Int = 1) -> String {
        var taps = 1
        for _ in 0..<spatialAxes { taps *= kernel }
        let scale = (3 / Float(width * taps)).squareRoot()
        let inputs = [
            value, weights([target, width] + [Int](repeating: kernel, count: spatialAxes), scale: scale * 1.4),
            weights([target], scale: 0.1),
        ]
        let pads = [Int](repeating: crop == nil ? kernel / 2 : 0, count: 2 * spatialAxes)
        return operation("Conv", inputs, [("pads", .ints(pads)), ("strides", all(stride))])
    }

    /// Two times convolution, batch normalisation, ReLU.
    private mutating func block(_ value: String, _ width: Int, _ target: Int) -> String {
        var value = value, before: String?
        for width in [width, target] {
            value = convolution(value, width, target, kernel: 3)
            var parameters = (0..<3).map { _ in weights([target], scale: 0.2) }
            parameters[0] = operation("Add", [parameters[0], one()])
            let variance = operation("Add", [weights([target], scale: 0.2), one()])
            value = operation("BatchNormalization", [value] + parameters + [variance])
            if hasResiduals, let before { value = operation("Add", [value, before]) }
            value = operation("Relu", [value])
            before = value
        }
        return value
    }

    private mutating func one() -> String {
        let result = name()
        builder.weights(result, [], [1])
        return result
    }

    private mutating func up(_ value: String, _ width: Int, _ target: Int) -> String {
        if upsampling == .deconvolution {
            let dims = [width, target] + [Int](repeating: 2, count: spatialAxes)
            return operation("ConvTranspose", [value, weights(dims, scale: 0.5)], [("strides", all(2))])
        }
        let scales = name()
        builder.weights(scales, [2 + spatialAxes], [1, 1] + [Float](repeating: 2, count: spatialAxes))
        let attributes: [(String, ModelBuilder.Value)] =
            upsampling == .linear
            ? [("mode", .string("linear"))]
            : [("mode", .string("nearest")), ("nearest_mode", .string("floor")), ("coordinate_transformation_mode", .string("asymmetric"))]
        return convolution(operation("Resize", [value, "", scales], attributes), width, target, kernel: 1)
    }
}
