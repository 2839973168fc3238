import NeuralNetwork
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

/// Products with a constant matrix, and what is folded into them.
@Suite("Products with a constant matrix")
struct LinearLayerTests {
    struct Layer: CustomTestStringConvertible, Sendable {
        let name: String
        var leading = [3, 5]
        var depth = 37
        var columns = 48
        var isGemm = false
        /// What follows, in this order: "Bias", "Scale", "Half", "Sum", "Tanh", "Relu".
        var behind: [String] = []
        /// The shape of what is added; that of the product if left out.
        var sumShape: [Int]?
        var testDescription: String { name }

        var inputShape: [Int] { leading + [depth] }

        var file: [UInt8] {
            var builder = ModelBuilder(), numbers = Numbers(seed: 21)
            builder.input("x", inputShape)
            builder.input("r", sumShape ?? leading + [columns])
            builder.output("y")
            let weights = numbers.next(depth * columns)
            builder.weights("w", isGemm ? [columns, depth] : [depth, columns], weights)
            for name in ["b", "s"] { builder.weights(name, [columns], numbers.next(columns)) }
            builder.weights("h", [], [0.5])
            var value = "v0"
            if isGemm {
                builder.node("Gemm", ["x", "w", "b"], [value], [("transB", .int(1))])
            } else {
                builder.node("MatMul", ["x", "w"], [value])
            }
            for (index, operation) in behind.enumerated() {
                let next = "v\(index + 1)"
                switch operation {
                case "Bias": builder.node("Add", ["b", value], [next])
                case "Scale": builder.node("Mul", [value, "s"], [next])
                case "Half": builder.node("Mul", [value, "h"], [next])
                case "Sum": builder.node("Add", ["r", value], [next])
                default: builder.node(operation, [value], [next])
                }
                value = next
            }
            builder.node("Identity", [value], ["y"])
            return builder.file
        }

        func inputs() throws -> [String: Tensor] {
            var numbers = Numbers(seed: 8)
            let sum = sumShape ?? leading + [columns]
            return [
                "x": try #require(Tensor(shape: inputShape, storage: .float32(numbers.next(inputShape.reduce(1, *))))),
                "r": try #require(Tensor(shape: sum, storage: .float32(numbers.next(sum.reduce(1, *))))),
            ]
        }

        func run(_ options: RunOptions = .init()) throws -> [Float] {
            try #require(try Network(onnx: file).run(try inputs(), options: options)["y"]?.floats)
        }

        /// The results in double precision, for sums of the product's shape.
        func exact() throws -> [Double] {
            var numbers = Numbers(seed: 21)
            let weights = numbers.next(depth * columns), bias = numbers.next(columns), scale = numbers.next(columns)
            let inputs = try inputs(), left = try #require(inputs["x"]?.floats), added = try #require(inputs["r"]?.floats)
            return (0..<leading.reduce(1, *) * columns).map { (place: Int) -> Double in
                let (row, column) = place.quotientAndRemainder(dividingBy: columns)
                var value = isGemm ? Double(bias[column]) : 0
                for index in 0..<depth {
                    let weight = isGemm ? weights[column * depth + index] : weights[index * columns + column]
                    value += Double(left[row * depth + index]) * Double(weight)
                }
                for operation in behind {
                    switch operation {
                    case "Bias": value += Double(bias[column])
                    case "Scale": value *= Double(scale[column])
                    case "Half": value *= 0.5
                    case "Sum": value += Double(added[place])
                    case "Tanh": value = tanh(value)
                    default: value = max(value, 0)
                    }
                }
                return value
            }
        }
    }

    static let layers = [
        Layer(name: "alone"),
        Layer(name: "of one row", leading: []),
        Layer(name: "with a bias", behind: ["Bias"]),
        Layer(name: "with bias and function", behind: ["Bias", "Tanh"]),
        Layer(name: "of many rows and numbers", leading: [2, 130], depth: 800, behind: ["Bias", "Relu"]),
        Layer(name: "with two biases and scales", behind: ["Bias", "Scale", "Bias", "Half"]),
        Layer(name: "with a sum", leading: [150], behind: ["Bias", "Sum"]),
        Layer(name: "with a sum of many numbers and a function", leading: [150], depth: 400, behind: ["Bias", "Sum", "Tanh"]),
        Layer(name: "with a function, then a sum", behind: ["Relu", "Sum"]),
        Layer(name: "Gemm", leading: [20], isGemm: true, behind: ["Relu"]),
        Layer(name: "of columns that fill no vectors", columns: 50, behind: ["Bias", "Tanh"]),
    ]

    @Test("A matrix that many products read is held once, also where a factor follows each")
    func sharedPanels() throws {
        var numbers = Numbers(seed: 5)
        let weights = numbers.next(64 * 64).map { $0 / 8 }
        func network(_ count: Int, factor: Bool) throws -> Network {
            try Network(
                onnx: ModelBuilder.model(input: [3, 64]) { builder in
                    builder.weights("w", [64, 64], weights)
                    builder.weights("f", [64], [Float](repeating: 1.5, count: 64))
                    var value = "x"
                    for index in 0..<count {
                        builder.node("MatMul", [value, "w"], ["m\(index)"])
                        if factor { builder.node("Mul", ["m\(index)", "f"], ["s\(index)"]) }
                        value = (factor ? "s" : "m") + "\(index)"
                    }
                    builder.node("Identity", [value], ["y"])
                })
        }
        for factor in [false, true] {
            #expect(try network(9, factor: factor).constantBytes <= network(1, factor: factor).constantBytes + 2 * 64 * 64 * 4 + 1024)
        }
        let image = try #require(Tensor(shape: [3, 64], storage: .float32(numbers.next(192))))
        var row = try #require(image.floats).map(Double.init)
        for _ in 0..<2 {
            var next = [Double](repeating: 0, count: 192)
            for place in 0..<192 {
                let start = place / 64 * 64, column = place % 64
                for depth in 0..<64 { next[place] += row[start + depth] * Double(weights[depth * 64 + column]) }
                next[place] *= 1.5
            }
            row = next
        }
        let result = try #require(try network(2, factor: true).run(["x": image])["y"]?.floats)
        #expect(zip(result, row).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test("A layer is within 1e-5 of double precision, on every set of instructions and by OpenBLAS", arguments: layers)
    func precision(_ layer: Layer) throws {
        let exact = try layer.exact(), largest = exact.map(abs).max() ?? 1
        let sets = InstructionSet.allCases.filter { $0 <= .best }.map { RunOptions(instructions: $0) }
        for options in sets + [RunOptions(products: .openBLAS)] {
            let results = try layer.run(options)
            #expect(results.count == exact.count)
            #expect(zip(results, exact).allSatisfy { abs(Double($0) - $1) <= 1e-5 * largest })
        }
    }

    @Test("Threads and AVX-512 change no bit", arguments: layers)
    func bits(_ layer: Layer) throws {
        let one = try layer.run()
        for threads in [2, 5] { #expect(try layer.run(RunOptions(threads: threads)) == one) }
        if InstructionSet.best == .avx512 { #expect(try layer.run(RunOptions(instructions: .avx2)) == one) }
    }

    @Test("Sums that repeat either operand have the bits of a sum that repeats none", arguments: [[5, 48], [4, 3, 5, 48], [1, 1, 1, 1]])
    func broadcastSums(shape: [Int]) throws {
        var layer = Layer(name: "", behind: ["Sum", "Tanh"])
        layer.sumShape = shape
        let plain = try Layer(name: "").run(), added = try #require(try layer.inputs()["r"]?.floats)
        let count = Broadcasted.count(shape, [3, 5, 48]), results = try layer.run()
        #expect(results.count == count)
        let network = try Network(onnx: ModelBuilder.model(input: [count]) { $0.node("Tanh", ["x"], ["y"]) })
        let sums = (0..<count).map { plain[$0 % plain.count] + added[added.count == 1 ? 0 : $0 % added.count] }
        #expect(try FunctionKernelTests.run(network, sums) == results)
    }

    private enum Broadcasted {
        static func count(_ first: [Int], _ second: [Int]) -> Int { max(first.reduce(1, *), second.reduce(1, *)) }
    }

    @Test("A matrix is held once, in panels")
    func memory() throws {
        let layer = Layer(name: "", depth: 256, columns: 512, behind: ["Bias", "Scale", "Relu"])
        let network = try Network(onnx: layer.file)
        #expect(network.constantBytes == (256 * 512 + 512) * 4)
    }

    @Test("A matrix that two products read is held by both, and so is one that is an output too")
    func sharedMatrix() throws {
        var numbers = Numbers(seed: 2)
        let weights = numbers.next(32 * 32), values = numbers.next(64)
        let network = try Network(
            onnx: ModelBuilder.model(input: [2, 32]) {
                $0.weights("w", [32, 32], weights)
                $0.output("w2")
                $0.node("MatMul", ["x", "w"], ["a"])
                $0.node("MatMul", ["a", "w"], ["y"])
                $0.node("Identity", ["w"], ["w2"])
            })
        let results = try network.run(["x": try #require(Tensor(shape: [2, 32], storage: .float32(values)))])
        #expect(results["w2"]?.floats == weights)
        var expected = values.map(Double.init)
        for _ in 0..<2 {
            let left = expected
            for place in expected.indices {
                var sum = 0.0
                for index in 0..<32 {
                    let weight = Double(weights[index * 32 + place % 32])
                    sum += left[place / 32 * 32 + index] * weight
                }
                expected[place] = sum
            }
        }
        let products = try #require(results["y"]?.floats)
        for (result, exact) in zip(products, expected) { #expect(abs(Double(result) - exact) <= 1e-4) }
    }

    @Test("A wrong depth is an error with both shapes")
    func wrongDepth() throws {
        let layer = Layer(name: "", leading: [], depth: 32)
        let file = ModelBuilder.model(input: [-1, -1]) {
            $0.weights("w", [32, 48], [Float](repeating: 1, count: 32 * 48))
            $0.node("MatMul", ["x", "w"], ["y"])
        }
        let error = try #require(throws: NetworkError.self) { try Network(onnx: file).workingSetBytes(inputShapes: ["x": [2, 33]]) }
        #expect(error.kind == .shape && error.message.contains("[2, 33]") && error.message.contains("[\(layer.depth), 48]"), "\(error)")
    }
}
