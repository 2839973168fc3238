import NeuralNetwork
import Testing

/// The kernels on channel blocks against the direct ones.
@Suite("Fast kernels")
struct FastKernelTests {
    /// One convolution or pooling behind a convolution to sixteen channels and more, so that it works on blocks.
    struct Layer: CustomTestStringConvertible, Sendable {
        var name: String
        var operatorType = "Conv"
        var channels = 24
        var results = 40
        var kernel = [3, 3]
        var attributes: [String: [Int]] = [:]
        var groups = 1
        var extents = [21, 30]
        var images = 1
        /// Of a resize, for each spatial axis.
        var scales: [Float] = []
        var mode = "linear"
        /// What follows a convolution.
        var behind = "Relu"
        var testDescription: String { name }

        func file(keepingConvolution: Bool = false) -> [UInt8] {
            var builder = ModelBuilder(), numbers = Numbers(seed: 4)
            let ones = [Int](repeating: 1, count: kernel.count)
            builder.input("x", [images, channels / 2] + extents)
            builder.output("y")
            if keepingConvolution { builder.output("c") }
            // A first layer by weights of extent 1 makes the blocks.
            let before = numbers.next(channels * (channels / 2)).map { $0 / Float(channels).squareRoot() * 2 }
            builder.weights("w0", [channels, channels / 2] + ones, before)
            builder.node("Conv", ["x", "w0"], ["a"])
            let isTransposed = operatorType == "ConvTranspose"
            var list = attributes.map { ($0.key, ModelBuilder.Value.ints($0.value)) }
            if operatorType.hasPrefix("Conv") {
                let taps = kernel.reduce(1, *), depth = channels / groups * taps
                let shape = (isTransposed ? [channels, results] : [results, channels / groups]) + kernel
                builder.weights("w", shape, numbers.next(shape.reduce(1, *)).map { $0 * (3 / Float(depth)).squareRoot() })
                builder.weights("b", [results], numbers.next(results))
                if groups > 1 { list.append(("group", .int(groups))) }
                builder.node(operatorType, ["a", "w", "b"], ["c"], list)
                if behind == "Swish" {
                    builder.node("Sigmoid", ["c"], ["g"])
                    builder.node("Mul", ["c", "g"], ["y"])
                } else if behind == "Clip" {
                    builder.weights("low", [], [0])
                    builder.weights("high", [], [0.75])
                    builder.node("Clip", ["c", "low", "high"], ["y"])
                } else {
                    builder.node(behind, ["c"], ["y"])
                }
            } else if operatorType == "Resize" {
                builder.weights("s", [2 + extents.count], [1, 1] + scales)
                let places = mode == "linear" ? "half_pixel" : "asymmetric"
                builder.node(
                    "Resize", ["a", "", "s"], ["y"],
                    [("mode", .string(mode)), ("coordinate_transformation_mode", .string(places)), ("nearest_mode", .string("floor"))])
            } else if operatorType == "Concat" {
                builder.node("Relu", ["a"], ["r"])
                builder.node("Concat", ["a", "r"], ["y"], [("axis", .int(1))])
            } else if operatorType == "Residual" {
                builder.node("LeakyRelu", ["a"], ["r"], [("alpha", .float(0.25))])
                builder.weights(
                    "w", [channels, channels / groups] + kernel, numbers.next(channels * channels / groups * kernel.reduce(1, *)))
                builder.node("Conv", ["a", "w"], ["c"], list + [("group", .int(groups))])
                builder.node("Add", ["r", "c"], ["s"])
                builder.node("Relu", ["s"], ["y"])
            } else if operatorType == "BatchNormalization" {
                builder.node("Relu", ["a"], ["r"])
                for name in ["w", "b", "m"] { builder.weights(name, [channels], numbers.next(channels)) }
                builder.weights("v", [channels], numbers.next(channels).map { abs($0) + 0.5 })
                builder.node("BatchNormalization", ["r", "w", "b", "m", "v"], ["y"])
            } else if operatorType == "Gate" {
                builder.node("GlobalAveragePool", ["a"], ["m"])
                builder.weights("w", [channels, channels, 1, 1], numbers.next(channels * channels))
                builder.node("Conv", ["m", "w"], ["c"])
                builder.node("Sigmoid", ["c"], ["g"])
                if results == channels {
                    builder.node("Mul", ["a", "g"], ["y"])
                } else {
                    builder.weights("v", [results, channels, 1, 1], numbers.next(results * channels).map { $0 / 8 })
                    builder.node("Mul", ["g", "a"], ["p"])
                    builder.node("Conv", ["p", "v"], ["y"])
                }
            } else if operatorType == "ChannelsLast" {
                builder.node("Transpose", ["a"], ["t"], [("perm", .ints([0, 2, 3, 1]))])
                builder.node("Tanh", ["t"], ["r"])
                builder.node("Transpose", ["r"], ["b"], [("perm", .ints([0, 3, 1, 2]))])
                builder.node("Add", ["a", "b"], ["y"])
            } else if operatorType == "Erf" {
                builder.node("Erf", ["a"], ["y"])
            } else if operatorType.hasSuffix("Normalization") {
                builder.opset = 21
                builder.weights("w", [channels], numbers.next(channels))
                builder.weights("b", [channels], numbers.next(channels))
                builder.node(operatorType, ["a", "w", "b"], ["y"], operatorType.hasPrefix("Group") ? [("num_groups", .int(groups))] : [])
            } else if operatorType == "Add" {
                builder.node("LeakyRelu", ["a"], ["r"], [("alpha", .float(0.25))])
                builder.node("Add", ["a", "r"], ["y"])
            } else {
                builder.node(operatorType, ["a"], ["y"], list + [("kernel_shape", .ints(kernel))])
            }
            return builder.file
        }

        func input() throws -> Tensor {
            var numbers = Numbers(seed: 8)
            let shape = [images, channels / 2] + extents
            return try #require(Tensor(shape: shape, storage: .float32(numbers.next(shape.reduce(1, *)))))
        }
    }

    static let layers = [
        Layer(name: "3x3", attributes: ["pads": [1, 1, 1, 1]]),
        Layer(name: "3x3 without padding", extents: [19, 33]),
        Layer(name: "3x3 with uneven padding", attributes: ["pads": [2, 0, 1, 3]]),
        Layer(name: "3x3 smaller than a tile", attributes: ["pads": [1, 1, 1, 1]], extents: [2, 3]),
        Layer(name: "3x3 of many channels", channels: 288, results: 300, attributes: ["pads": [1, 1, 1, 1]], extents: [9, 10]),
        Layer(name: "3x3 of three images", attributes: ["pads": [1, 1, 1, 1]], images: 3),
        Layer(name: "3x3 in groups", channels: 32, results: 64, attributes: ["pads": [1, 1, 1, 1]], groups: 2),
        Layer(name: "3x3 in odd groups", channels: 24, results: 40, attributes: ["pads": [1, 1, 1, 1]], groups: 4),
        Layer(name: "3x3 with stride", attributes: ["pads": [1, 1, 1, 1], "strides": [2, 2]]),
        Layer(name: "3x3 dilated", attributes: ["pads": [3, 3, 3, 3], "dilations": [3, 3]]),
        Layer(name: "3x3 dilated beyond the image", attributes: ["pads": [20, 20, 20, 20], "dilations": [20, 20]], extents: [9, 9]),
        Layer(name: "depthwise", results: 24, attributes: ["pads": [1, 1, 1, 1]], groups: 24),
        Layer(
            name: "depthwise with stride", results: 24, kernel: [5, 5], attributes: ["pads": [2, 2, 2, 2], "strides": [2, 1]], groups: 24),
        Layer(name: "depthwise with function", results: 24, attributes: ["pads": [1, 1, 1, 1]], groups: 24, behind: "Swish"),
        Layer(name: "groups of two", channels: 40, attributes: ["pads": [1, 1, 1, 1]], groups: 20),
        Layer(name: "groups of four with stride", channels: 40, attributes: ["pads": [1, 1, 1, 1], "strides": [2, 2]], groups: 10),
        Layer(name: "groups of eight", channels: 40, kernel: [5, 3], attributes: ["pads": [2, 1, 2, 1]], groups: 5, behind: "Sigmoid"),
        Layer(name: "groups of four dilated", channels: 40, attributes: ["pads": [2, 2, 2, 2], "dilations": [2, 2]], groups: 10),
        Layer(name: "3x3 with function", attributes: ["pads": [1, 1, 1, 1]], behind: "Tanh"),
        Layer(name: "3x3 with stride and function", attributes: ["strides": [2, 2]], behind: "Swish"),
        Layer(name: "3x3 of few channels with function", channels: 4, attributes: ["strides": [2, 2]], behind: "Swish"),
        Layer(name: "3x3 cut off", attributes: ["pads": [1, 1, 1, 1]], behind: "Clip"),
        Layer(name: "1x1", kernel: [1, 1]),
        Layer(name: "1x1 with function", kernel: [1, 1], behind: "Swish"),
        Layer(name: "1x1 cut off", kernel: [1, 1], behind: "Clip"),
        // More channels than are multiplied at once.
        Layer(name: "1x1 of many channels", channels: 420, results: 72, kernel: [1, 1], images: 2, behind: "Sigmoid"),
        Layer(name: "1x1 of many channels in groups", channels: 832, results: 96, kernel: [1, 1], groups: 2),
        Layer(name: "1x1 to one channel", results: 1, kernel: [1, 1]),
        Layer(name: "5x5", kernel: [5, 5], attributes: ["pads": [2, 2, 2, 2]]),
        Layer(name: "7x7 with stride", channels: 14, kernel: [7, 7], attributes: ["pads": [3, 3, 3, 3], "strides": [2, 2]]),
        Layer(name: "few channels", channels: 4, results: 6, attributes: ["pads": [1, 1, 1, 1]]),
        Layer(name: "one axis", kernel: [3], attributes: ["pads": [1, 1]], extents: [50]),
        Layer(name: "3x3x3", attributes: ["pads": [1, 1, 1, 1, 1, 1]], extents: [5, 13, 14]).inSpace([3, 3, 3]),
        Layer(name: "1x3x3", attributes: ["pads": [0, 1, 1, 0, 1, 1]], extents: [5, 13, 14]).inSpace([1, 3, 3]),
        Layer(name: "3x3x3 without padding", extents: [6, 13, 14]).inSpace([3, 3, 3]),
        Layer(name: "3x3x3 with stride", attributes: ["strides": [1, 2, 2]], extents: [6, 13, 14]).inSpace([3, 3, 3]),
        Layer(name: "2x2 up", operatorType: "ConvTranspose", kernel: [2, 2], attributes: ["strides": [2, 2]]),
        Layer(name: "3x3 up with overlap", operatorType: "ConvTranspose", attributes: ["strides": [2, 2], "pads": [1, 1, 1, 1]]),
        Layer(
            name: "3x2 up, dilated", operatorType: "ConvTranspose", kernel: [3, 2], attributes: ["strides": [3, 1], "dilations": [2, 3]]),
        Layer(
            name: "2x2x2 up", operatorType: "ConvTranspose", kernel: [2, 2, 2], attributes: ["strides": [2, 2, 2]], extents: [3, 7, 9]),
        Layer(name: "greatest of 2x2", operatorType: "MaxPool", kernel: [2, 2], attributes: ["strides": [2, 2]]),
        Layer(name: "greatest of 3x3", operatorType: "MaxPool", attributes: ["strides": [2, 2], "pads": [1, 1, 1, 1]]),
        Layer(name: "mean of 3x3", operatorType: "AveragePool", attributes: ["strides": [2, 2], "pads": [1, 1, 1, 1]]),
        // Results are made in pieces of 32 rows along the first axis.
        Layer(name: "linear resize", operatorType: "Resize", scales: [2, 2]),
        Layer(name: "linear resize of the rows alone", operatorType: "Resize", extents: [41, 7], scales: [2, 1]),
        Layer(name: "linear resize of the columns alone", operatorType: "Resize", extents: [70, 7], scales: [1, 2]),
        Layer(name: "nearest resize of the columns alone", operatorType: "Resize", extents: [70, 7], scales: [1, 3], mode: "nearest"),
        Layer(name: "nearest resize by one and a half", operatorType: "Resize", extents: [50, 6], scales: [1.5, 0.5], mode: "nearest"),
        Layer(name: "linear resize of three axes", operatorType: "Resize", extents: [35, 5, 6], scales: [2, 2, 2]).inSpace([1, 1, 1]),
        Layer(name: "linear resize of the planes alone", operatorType: "Resize", extents: [40, 5, 6], scales: [1, 2, 2])
            .inSpace([1, 1, 1]),
        Layer(name: "nearest resize of three axes", operatorType: "Resize", extents: [35, 5, 6], scales: [2, 3, 2], mode: "nearest")
            .inSpace([1, 1, 1]),
        Layer(name: "concatenation within a block", operatorType: "Concat"),
        Layer(name: "concatenation of blocks", operatorType: "Concat", channels: 32),
        Layer(name: "sum", operatorType: "Add"),
        Layer(name: "batch normalised", operatorType: "BatchNormalization", images: 2),
        Layer(name: "channels gated", operatorType: "Gate", results: 24, images: 2),
        Layer(name: "channels gated in front of 1x1", operatorType: "Gate", images: 2),
        Layer(name: "many channels gated in front of 1x1", operatorType: "Gate", channels: 420),
        Layer(name: "channels last in between", operatorType: "ChannelsLast", images: 2),
        Layer(name: "error function", operatorType: "Erf"),
        Layer(name: "residual of 3x3", operatorType: "Residual", attributes: ["pads": [1, 1, 1, 1]], images: 2),
        Layer(name: "residual of 3x3 of many channels", operatorType: "Residual", channels: 272, attributes: ["pads": [1, 1, 1, 1]]),
        Layer(name: "residual of 1x1", operatorType: "Residual", kernel: [1, 1]),
        Layer(name: "residual of 1x1 of many channels", operatorType: "Residual", channels: 416, kernel: [1, 1]),
        Layer(name: "residual in groups", operatorType: "Residual", channels: 64, attributes: ["pads": [1, 1, 1, 1]], groups: 2),
        Layer(name: "residual of depthwise", operatorType: "Residual", attributes: ["pads": [1, 1, 1, 1]], groups: 24),
        Layer(name: "residual of 3x3x3", operatorType: "Residual", attributes: ["pads": [1, 1, 1, 1, 1, 1]], extents: [4, 9, 10])
            .inSpace([3, 3, 3]),
        Layer(name: "channels normalised", operatorType: "InstanceNormalization", images: 2),
        Layer(name: "groups of channels normalised", operatorType: "GroupNormalization", groups: 3, images: 2),
    ]

    static let winograd: [RunOptions.Convolutions] = [.winograd4, .winograd2]

    static func floats(_ network: Network, _ input: Tensor, _ options: RunOptions) throws -> [Float] {
        try #require(try network.run(["x": input], options: options)["y"]?.floats)
    }

    /// The greatest difference, in parts of the greatest value.
    static func difference(_ first: [Float], _ second: [Float]) -> Float {
        let largest = second.map(abs).max() ?? 0
        return (zip(first, second).map { $0 == $1 ? 0 : abs($0 - $1) }.max() ?? 0) / largest
    }

    /// The convolutions of plain tensors through OpenBLAS: none of our kernels on blocks.
    static let plain = RunOptions(products: .openBLAS)

    @Test(
        "A layer is within 1e-5 of OpenBLAS on plain tensors, on every set of instructions", arguments: layers,
        RunOptions.Convolutions.allCases)
    func layer(_ layer: Layer, convolutions: RunOptions.Convolutions) throws {
        let network = try Network(onnx: layer.file()), input = try layer.input()
        let exact = try FastKernelTests.floats(network, input, FastKernelTests.plain)
        #expect(exact.contains { $0 != 0 })
        for instructions in InstructionSet.allCases where instructions <= .best {
            let fast = try FastKernelTests.floats(network, input, RunOptions(instructions: instructions, convolutions: convolutions))
            #expect(fast.count == exact.count)
            #expect(FastKernelTests.difference(fast, exact) <= 1e-5)
        }
    }

    @Test("AVX2 and AVX-512 give the same bits, and so does any number of threads", arguments: layers, RunOptions.Convolutions.allCases)
    func sameBits(_ layer: Layer, convolutions: RunOptions.Convolutions) throws {
        let network = try Network(onnx: layer.file()), input = try layer.input()
        let one = try FastKernelTests.floats(network, input, RunOptions(convolutions: convolutions))
        for threads in [2, 5] {
            #expect(try FastKernelTests.floats(network, input, RunOptions(threads: threads, convolutions: convolutions)) == one)
        }
        guard InstructionSet.best == .avx512 else { return }
        #expect(try FastKernelTests.floats(network, input, RunOptions(instructions: .avx2, convolutions: convolutions)) == one)
    }

    @Test("A sum behind a convolution gives the bits of a convolution and a sum")
    func residual() throws {
        let layer = try #require(FastKernelTests.layers.first { $0.operatorType == "Residual" })
        // Read twice, the convolution's result is stored and the sum is a step of its own.
        let apart = try Network(onnx: layer.file(keepingConvolution: true)), input = try layer.input()
        let fused = try FastKernelTests.floats(Network(onnx: layer.file()), input, RunOptions())
        #expect(try fused == FastKernelTests.floats(apart, input, RunOptions()))
    }

    @Test("A sum behind a convolution holds no result of the convolution alone")
    func residualMemory() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 4)
        builder.input("x", [1, 16, -1, -1])
        builder.output("y")
        builder.weights("v", [32, 16, 1, 1], numbers.next(32 * 16))
        builder.node("Conv", ["x", "v"], ["a"])
        builder.weights("w", [32, 32, 3, 3], numbers.next(32 * 32 * 9))
        builder.node("Conv", ["a", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
        builder.node("Add", ["c", "a"], ["y"])
        // In blocks the first result and the sum, 32 channels each; as plain tensors the input and the output.
        let bytes = try Network(onnx: builder.file).workingSetBytes(inputShapes: ["x": [1, 16, 64, 64]])
        #expect(bytes <= (2 * 32 + 16 + 32) * 64 * 64 * 4)
    }

    @Test("A gate in front of a convolution holds no product of its own")
    func gateMemory() throws {
        let layer = Layer(name: "", operatorType: "Gate", results: 32, extents: [64, 64])
        // In blocks 24 channels, filled up to 32, and the 32 results; as plain tensors the input, the results, and the gate's few numbers.
        let bytes = try Network(onnx: layer.file()).workingSetBytes(inputShapes: ["x": [1, 12, 64, 64]])
        #expect(bytes < (32 + 32 + 12 + 32 + 1) * 64 * 64 * 4)
    }

    @Test("Winograd's kernels of both tiles and the direct one compute 3x3 convolutions as the options say")
    func isUsed() throws {
        let layer = FastKernelTests.layers[0]
        let network = try Network(onnx: layer.file()), input = try layer.input()
        let results = try RunOptions.Convolutions.allCases.map {
            try FastKernelTests.floats(network, input, RunOptions(convolutions: $0))
        }
        #expect(Set(results).count == 3)
    }

    @Test(
        "A U-Net is within 1e-4 of OpenBLAS on plain tensors",
        arguments: UNet.Upsampling.allCases.flatMap { upsampling in [2, 3].map { (upsampling, $0) } }, RunOptions.Convolutions.allCases)
    func network(_ kind: (upsampling: UNet.Upsampling, axes: Int), convolutions: RunOptions.Convolutions) throws {
        let (upsampling, axes) = kind
        let network = try Network(onnx: UNet(depth: 2, channels: 16, upsampling: upsampling, spatialAxes: axes).file())
        var numbers = Numbers(seed: 6)
        let shape = axes == 2 ? [1, 1, 60, 76] : [1, 1, 8, 20, 28]
        let image = try #require(Tensor(shape: shape, storage: .float32(numbers.next(shape.reduce(1, *)))))
        let exact = try FastKernelTests.floats(network, image, FastKernelTests.plain)
        let fast = try FastKernelTests.floats(network, image, RunOptions(convolutions: convolutions))
        #expect(FastKernelTests.difference(fast, exact) <= 1e-4)
        #expect(fast != exact)
    }

    @Test("A network's blocks take no more memory than its widest cut needs")
    func memory() throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 16, upsampling: .deconvolution).file())
        // The skip connection, what comes from below and the result at full resolution, sixteen channels each; input and output.
        let plane = 256 * 256 * 4
        #expect(try network.workingSetBytes(inputShapes: ["x": [1, 1, 256, 256]]) <= (3 * 16 + 16 + 3) * plane)
    }
}

extension FastKernelTests.Layer {
    /// The layer over three axes.
    fileprivate func inSpace(_ kernel: [Int]) -> Self {
        var layer = self
        layer.kernel = kernel
        return layer
    }
}
