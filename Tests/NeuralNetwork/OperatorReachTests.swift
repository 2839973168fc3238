import NeuralNetwork
import Testing

/// The reach that each class of operators states, against what a changed pixel really changes.
@Suite("The reach of operators") struct OperatorReachTests {
    /// A network around one operator.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let shape: [Int]
        let file: [UInt8]

        init(
            _ name: String, shape: [Int] = [1, 4, 12, 12], opset: Int = 21, _ build: (inout ModelBuilder) -> Void
        ) {
            testDescription = name
            self.shape = shape
            var builder = ModelBuilder()
            builder.opset = opset
            builder.input("x", shape)
            builder.output("y")
            build(&builder)
            file = builder.file
        }
    }

    private static func bytes(_ name: String, _ dims: [Int], _ values: [UInt8]) -> [UInt8] {
        dims.flatMap { Wire.number(1, $0) } + Wire.number(2, 2) + Wire.text(8, name) + Wire.bytes(9, values)
    }

    private static func weights(_ count: Int) -> [Float] {
        var numbers = Numbers(seed: 3)
        return numbers.next(count)
    }

    /// Quantises x to the uint8 value q.
    private static func quantise(_ builder: inout ModelBuilder) {
        builder.weights("scale", [], [0.02])
        builder.initializer(bytes("zero", [], [128]))
        builder.node("QuantizeLinear", ["x", "scale", "zero"], ["q"])
    }

    /// Puts the channels last, applies a node from l to m, and puts them back.
    private static func channelsLast(_ builder: inout ModelBuilder, _ apply: (inout ModelBuilder) -> Void) {
        builder.node("Transpose", ["x"], ["l"], [("perm", .ints([0, 2, 3, 1]))])
        apply(&builder)
        builder.node("Transpose", ["m"], ["y"], [("perm", .ints([0, 3, 1, 2]))])
    }

    static let local: [Case] =
        ["Gelu", "Erf", "HardSwish", "Mish", "Softsign", "Selu", "Round", "Sign", "Neg", "Sin"].map { name in
            Case(name) { $0.node(name, ["x"], ["y"]) }
        }
        + ["Softmax", "LogSoftmax", "Hardmax"].map { name in
            Case("\(name) over channels") { $0.node(name, ["x"], ["y"], [("axis", .int(1))]) }
        }
        + ["ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceMax", "ReduceSumSquare"].map { name in
            Case("\(name) over channels") {
                $0.initializer(ModelBuilder.tensor("axes", integers: [1]))
                $0.node(name, ["x", "axes"], ["y"])
            }
        } + [
            Case("LRN") { $0.node("LRN", ["x"], ["y"], [("size", .int(3))]) },
            Case("DepthToSpace") { $0.node("DepthToSpace", ["x"], ["y"], [("blocksize", .int(2))]) },
            Case("SpaceToDepth") { $0.node("SpaceToDepth", ["x"], ["y"], [("blocksize", .int(2))]) },
            Case("LpPool") { $0.node("LpPool", ["x"], ["y"], [("kernel_shape", .ints([3, 2])), ("strides", .ints([2, 1]))]) },
            Case("Quantize and dequantize") {
                quantise(&$0)
                $0.node("DequantizeLinear", ["q", "scale", "zero"], ["y"])
            },
            Case("Quantize each channel") {
                $0.weights("scales", [4], [0.02, 0.5, 0.1, 0.03])
                $0.node("QuantizeLinear", ["x", "scales"], ["q"], [("axis", .int(1))])
                $0.node("DequantizeLinear", ["q", "scales"], ["y"], [("axis", .int(1))])
            },
            Case("ConvInteger") {
                quantise(&$0)
                $0.initializer(bytes("w", [2, 4, 3, 2], (0..<48).map { UInt8($0 * 5) }))
                $0.node("ConvInteger", ["q", "w", "zero"], ["i"], [("pads", .ints([1, 0, 1, 1])), ("dilations", .ints([2, 1]))])
                $0.node("Cast", ["i"], ["y"], [("to", .int(1))])
            },
            Case("QLinearConv") {
                quantise(&$0)
                $0.initializer(bytes("w", [2, 4, 3, 3], (0..<72).map { UInt8($0 * 3) }))
                $0.node(
                    "QLinearConv", ["q", "scale", "zero", "w", "scale", "zero", "scale", "zero"], ["r"], [("strides", .ints([2, 2]))])
                $0.node("DequantizeLinear", ["r", "scale", "zero"], ["y"])
            },
            Case("LayerNormalization over channels") {
                $0.weights("scale", [4], [1, 2, 0.5, -1])
                channelsLast(&$0) { $0.node("LayerNormalization", ["l", "scale"], ["m"]) }
            },
            Case("RMSNormalization over channels", opset: 23) {
                $0.weights("scale", [4], [1, 2, 0.5, -1])
                channelsLast(&$0) { $0.node("RMSNormalization", ["l", "scale"], ["m"]) }
            },
            Case("MatMul over channels") {
                $0.weights("w", [4, 6], weights(24))
                channelsLast(&$0) { $0.node("MatMul", ["l", "w"], ["m"]) }
            },
            Case("Einsum over channels") {
                $0.weights("w", [4, 6], weights(24))
                $0.node("Einsum", ["x", "w"], ["y"], [("equation", .string("bchw,cd->bdhw"))])
            },
            Case("BitCast", opset: 26) {
                $0.node("BitCast", ["x"], ["i"], [("to", .int(6))])
                $0.node("BitCast", ["i"], ["y"], [("to", .int(1))])
            },
            Case("CausalConvWithState", shape: [1, 2, 40], opset: 27) {
                $0.weights("w", [2, 1, 5], weights(10))
                $0.node("CausalConvWithState", ["x", "w"], ["y"])
            },
            Case("Two parts that look differently far") {
                $0.node("Split", ["x"], ["a", "b"], [("axis", .int(1)), ("num_outputs", .int(2))])
                $0.weights("w", [2, 2, 7, 7], weights(196))
                $0.node("Conv", ["b", "w"], ["c"], [("pads", .ints([3, 3, 3, 3]))])
                $0.node("Add", ["a", "c"], ["y"])
            },
            Case("Equal and Where") {
                $0.weights("c", [], [0])
                $0.node("Greater", ["x", "c"], ["g"])
                $0.node("Where", ["g", "x", "c"], ["y"])
            },
        ]

    @Test("What a pixel changes lies within the stated reach", arguments: local)
    func reach(_ test: Case) throws {
        let network = try Network(onnx: test.file), count = test.shape.reduce(1, *)
        let options = RunOptions(convolutions: .direct)
        let reach = try #require(try network.reach(inputShapes: ["x": test.shape], options: options)["y"])
        #expect(reach.isLocal, "\(reach.wholeImageOperators)")
        var numbers = Numbers(seed: 8)
        let image = numbers.next(count)
        func run(_ values: [Float]) throws -> Tensor {
            let input = try #require(Tensor(shape: test.shape, storage: .float32(values)))
            return try #require(try network.run(["x": input], options: options)["y"])
        }
        let before = try run(image), plane = test.shape[2...].reduce(1, *)
        var seen = 0
        for place in stride(from: 0, to: plane, by: 5) {
            var changed = image
            for channel in 0..<test.shape[1] { changed[channel * plane + place] += channel % 2 == 0 ? 40 : -35 }
            let after = try run(changed)
            for (index, (old, new)) in zip(before.doubles, after.doubles).enumerated() where old.bitPattern != new.bitPattern {
                seen += 1
                let from = coordinates(place, test.shape), to = coordinates(index % before.shape[2...].reduce(1, *), before.shape)
                for (axis, own) in reach.axes.enumerated() {
                    let position = own.origin + to[axis] * own.scale.denominator / own.scale.numerator
                    #expect((position - own.before...position + own.after).contains(from[axis]), "axis \(axis): \(from) changes \(to)")
                }
            }
        }
        #expect(seen > 0, "the test must be able to fail")
    }

    /// The spatial coordinates of a place in a plane.
    private func coordinates(_ place: Int, _ shape: [Int]) -> [Int] {
        var rest = place, result: [Int] = []
        for extent in shape[2...].reversed() {
            result.insert(rest % extent, at: 0)
            rest /= extent
        }
        return result
    }

    static let whole: [Case] = [
        Case("GridSample", shape: [1, 1, 6, 6]) {
            $0.weights("g", [1, 6, 6, 2], weights(72))
            $0.node("GridSample", ["x", "g"], ["y"], name: "it")
        },
        Case("Attention", opset: 23) { $0.node("Attention", ["x", "x", "x"], ["y"], name: "it") },
        Case("RotaryEmbedding", opset: 23) {
            $0.weights("c", [1, 12, 6], weights(72))
            $0.node("RotaryEmbedding", ["x", "c", "c"], ["y"], name: "it")
        },
        Case("DeformConv", shape: [1, 2, 6, 6]) {
            $0.weights("w", [2, 2, 1, 1], weights(4))
            $0.weights("o", [1, 2, 6, 6], weights(72))
            $0.node("DeformConv", ["x", "w", "o"], ["y"], name: "it")
        },
        Case("DynamicQuantizeLinear") {
            $0.node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"], name: "it")
            $0.node("DequantizeLinear", ["q", "s", "z"], ["y"])
        },
        Case("CumSum") {
            $0.initializer(ModelBuilder.tensor("axis", integers: [2]))
            $0.node("CumSum", ["x", "axis"], ["y"], name: "it")
        },
        Case("Det") { $0.node("Det", ["x"], ["y"], name: "it") },
        Case("MatMul", shape: [1, 4, 12, 12]) { $0.node("MatMul", ["x", "x"], ["y"], name: "it") },
        Case("Einsum", shape: [1, 4, 6, 6]) {
            $0.weights("w", [6, 6], weights(36))
            $0.node("Einsum", ["x", "w"], ["y"], name: "it", [("equation", .string("bchw,wv->bchv"))])
        },
        Case("LSTM", shape: [4, 3, 4]) {
            $0.weights("w", [1, 8, 4], weights(32))
            $0.weights("r", [1, 8, 2], weights(16))
            $0.node("LSTM", ["x", "w", "r"], ["y"], name: "it", [("hidden_size", .int(2))])
        },
    ]

    @Test("Operators that look anywhere in the image are named", arguments: whole)
    func named(_ test: Case) throws {
        let network = try Network(onnx: test.file)
        let reach = try #require(try network.reach(inputShapes: ["x": test.shape])["y"])
        #expect(!reach.isLocal)
        #expect(reach.wholeImageOperators.contains { $0.hasPrefix("it (") }, "\(reach.wholeImageOperators)")
    }

    @Test("Sums along the batch or the channels look nowhere else in the image", arguments: [0, 1, -3, -4])
    func cumulation(_ axis: Int) throws {
        let network = try Network(
            onnx: ModelBuilder.model(input: [2, 3, 8, 8]) {
                $0.initializer(ModelBuilder.tensor("axis", integers: [axis]))
                $0.node("CumSum", ["x", "axis"], ["y"])
            })
        #expect(try #require(try network.reach(inputShapes: ["x": [2, 3, 8, 8]])["y"]).isLocal)
    }

    @Test("A network whose shapes depend on values can only see the whole image")
    func valueDependent() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 8, 8])
        builder.output("y")
        builder.node("NonZero", ["x"], ["y"])
        let network = try Network(onnx: builder.file)
        #expect { try network.reach(inputShapes: ["x": [1, 1, 8, 8]]) } throws: { ($0 as? NetworkError)?.kind == .unknownBeforeRun }
    }
}
