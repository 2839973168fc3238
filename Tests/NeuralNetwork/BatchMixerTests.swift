import NeuralNetwork
import Testing

/// Which networks mix the images of a batch, against what a changed image really changes.
@Suite("The images of a batch") struct BatchMixerTests {
    /// A network around some nodes.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: [UInt8]
        /// The operators that mix, by type.
        let mixers: [String]

        init(_ name: String, mixing mixers: [String] = [], _ build: (inout ModelBuilder) -> Void) {
            testDescription = name
            self.mixers = mixers
            file = ModelBuilder.model(input: [-1, 4, 8, 8], build)
        }
    }

    private static func weights(_ count: Int) -> [Float] {
        var numbers = Numbers(seed: 3)
        return numbers.next(count)
    }

    private static func reshape(_ builder: inout ModelBuilder, _ input: String, _ output: String, _ shape: [Int]) {
        builder.initializer(ModelBuilder.tensor("shape of \(output)", integers: shape))
        builder.node("Reshape", [input, "shape of \(output)"], [output], name: output)
    }

    /// Windows of four by four beside the batch, as transformers have them.
    private static func windows(_ builder: inout ModelBuilder) {
        reshape(&builder, "x", "cut", [-1, 4, 2, 4, 2, 4])
        builder.node("Transpose", ["cut"], ["turned"], [("perm", .ints([0, 2, 4, 3, 5, 1]))])
        reshape(&builder, "turned", "windows", [-1, 16, 4])
    }

    static let cases: [Case] = [
        Case("convolution and normalisation") {
            $0.weights("w", [4, 4, 3, 3], weights(144))
            for name in ["s", "b", "m", "v"] { $0.weights(name, [4], [1, 2, 0.5, 1.5]) }
            $0.node("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("Relu", ["c"], ["r"])
            $0.node("BatchNormalization", ["r", "s", "b", "m", "v"], ["n"])
            $0.node("InstanceNormalization", ["n", "s", "b"], ["y"])
        },
        Case("groups of channels") {
            $0.weights("s", [2], [1, 2])
            $0.weights("b", [2], [0.5, 1])
            reshape(&$0, "x", "groups", [0, 2, -1])
            $0.node("InstanceNormalization", ["groups", "s", "b"], ["n"])
            reshape(&$0, "n", "y", [-1, 4, 8, 8])
        },
        Case("attention in windows") {
            windows(&$0)
            $0.node("Transpose", ["windows"], ["keys"], [("perm", .ints([0, 2, 1]))])
            $0.node("MatMul", ["windows", "keys"], ["scores"])
            $0.node("Softmax", ["scores"], ["shares"], [("axis", .int(-1))])
            $0.node("MatMul", ["shares", "windows"], ["values"])
            reshape(&$0, "values", "parts", [-1, 2, 2, 4, 4, 4])
            $0.node("Transpose", ["parts"], ["back"], [("perm", .ints([0, 5, 1, 3, 2, 4]))])
            reshape(&$0, "back", "y", [-1, 4, 8, 8])
        },
        Case("channels in front of the batch, merged and parted") {
            $0.node("Transpose", ["x"], ["t"], [("perm", .ints([1, 0, 2, 3]))])
            reshape(&$0, "t", "m", [-1, 64])
            $0.node("Sigmoid", ["m"], ["g"])
            reshape(&$0, "g", "p", [4, -1, 8, 8])
            $0.node("Transpose", ["p"], ["y"], [("perm", .ints([1, 0, 2, 3]))])
        },
        Case("a part without elements") {
            for (name, value) in [("from", 0), ("axis", 2)] { $0.initializer(ModelBuilder.tensor(name, integers: [value])) }
            $0.node("Slice", ["x", "from", "from", "axis"], ["nothing"])
            reshape(&$0, "nothing", "rows", [-1, 8])
            $0.node("ReduceSum", ["rows"], ["zero"], [("keepdims", .int(0))])
            $0.node("Add", ["x", "zero"], ["y"])
        },
        Case("mean over the batch", mixing: ["ReduceMean"]) {
            $0.node("ReduceMean", ["x"], ["m"], [("axes", .ints([0]))])
            $0.node("Sub", ["x", "m"], ["y"])
        },
        Case("softmax over the batch", mixing: ["Softmax"]) { $0.node("Softmax", ["x"], ["y"], [("axis", .int(0))]) },
        Case("softmax over the windows of all images", mixing: ["Softmax"]) {
            windows(&$0)
            $0.node("Softmax", ["windows"], ["y"], [("axis", .int(0))])
        },
        Case("normalisation by the batch's statistics", mixing: ["BatchNormalization"]) {
            $0.opset = 15
            for name in ["s", "b", "m", "v"] { $0.weights(name, [4], [1, 2, 0.5, 1.5]) }
            $0.node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "mean", "variance"], [("training_mode", .int(1))])
        },
        Case("batch and channels exchanged by a reshape", mixing: ["Conv"]) {
            $0.weights("w", [4, 8, 3, 3], weights(288))
            reshape(&$0, "x", "merged", [1, -1, 8, 8])
            $0.node("Conv", ["merged", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        },
        Case("one image against another", mixing: ["Mul"]) {
            $0.initializer(ModelBuilder.tensor("shape of a", integers: [-1, 1, 4, 8, 8]))
            $0.node("Reshape", ["x", "shape of a"], ["a"])
            $0.initializer(ModelBuilder.tensor("shape of b", integers: [1, -1, 4, 8, 8]))
            $0.node("Reshape", ["x", "shape of b"], ["b"])
            $0.node("Mul", ["a", "b"], ["y"])
        },
        Case("the first image for all", mixing: ["Slice"]) {
            for (name, value) in [("from", 0), ("to", 1), ("axis", 0)] {
                $0.initializer(ModelBuilder.tensor(name, integers: [value]))
            }
            $0.node("Slice", ["x", "from", "to", "axis"], ["first"])
            $0.node("Add", ["x", "first"], ["y"])
        },
    ]

    @Test("Operators that mix them are named, and none of a network that does not", arguments: cases)
    func mixers(_ own: Case) throws {
        let network = try Network(onnx: own.file)
        let found = try network.batchMixers(inputShapes: ["x": [2, 4, 8, 8]], batchAxes: ["x": 0])
        #expect(found.map { String($0.drop { $0 != "(" }.dropFirst().dropLast()) } == own.mixers)
        // Each image changes what comes of the other, or it does not.
        let values = Self.weights(512), others = values.map { $0 * 3 + 1 }
        let second = Array(values[..<256]) + Array(others[256...]), first = Array(others[..<256]) + Array(values[256...])
        var results: [[Float]] = []
        for values in [values, second, first] {
            let images = try #require(Tensor(shape: [2, 4, 8, 8], storage: .float32(values)))
            results.append(try #require(try network.run(["x": images])["y"]?.floats))
        }
        let half = results[0].count / 2
        let isApart = results[0][..<half] == results[1][..<half] && results[0][half...] == results[2][half...]
        #expect(isApart == own.mixers.isEmpty)
    }
}
