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

    var depth = 2
    var channels = 4
    var upsampling = Upsampling.deconvolution
    var downsampling = Downsampling.pooling
    var spatialAxes = 2
    /// Whether the first result of each block is added to the second.
    var hasResiduals = false
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

    /// The file: input `x` (1, 1, free…), output `y` of the same extents.
    func file() -> [UInt8] {
        var copy = self
        return copy.build()
    }

    private mutating func build() -> [UInt8] {
        builder.input("x", [1, 1] + [Int](repeating: -1, count: spatialAxes))
        var value = "x", width = 1
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
        for (skip, target) in skips.reversed() {
            value = up(value, width, target)
            value = operation("Concat", [skip, value], [("axis", .int(1))])
            value = block(value, 2 * target, target)
            width = target
        }
        value = convolution(value, width, 1, kernel: 1)
        builder.node("Sigmoid", [value], ["y"])
        builder.output("y")
        return builder.file
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
        let pads = [Int](repeating: kernel / 2, count: 2 * spatialAxes)
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
