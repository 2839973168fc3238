import NeuralNetwork
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

/// Kernels on rows of numbers: functions of one value, normalised rows, products by panels.
@Suite("Kernels on rows")
struct FunctionKernelTests {
    struct Function: CustomTestStringConvertible, Sendable {
        let type: String
        var attributes: [(String, ModelBuilder.Value)] = []
        var opset = 17
        /// Whether errors are counted in parts of the input, as the result may be much smaller than it.
        var isScaled = false
        let exact: @Sendable (Double) -> Double
        var testDescription: String { type + attributes.map(\.0).joined() }

        func network(_ count: Int) throws -> Network {
            try Network(
                onnx: ModelBuilder.model(input: [count]) {
                    $0.opset = opset
                    $0.node(type, ["x"], ["y"], attributes)
                })
        }
    }

    static let functions = [
        Function(type: "Exp") { exp($0) },
        Function(type: "Sigmoid") { 1 / (1 + exp(-$0)) },
        Function(type: "Tanh") { tanh($0) },
        Function(type: "Erf") { erf($0) },
        Function(type: "Gelu", opset: 20, isScaled: true) { 0.5 * $0 * erfc(-$0 * 0.5.squareRoot()) },
        Function(type: "Gelu", attributes: [("approximate", .string("tanh"))], opset: 20, isScaled: true) {
            $0 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
        },
        Function(type: "Swish", attributes: [("alpha", .float(1.5))], opset: 24, isScaled: true) { $0 / (1 + exp(-1.5 * $0)) },
    ]

    static func run(_ network: Network, _ values: [Float], _ shape: [Int]? = nil, _ options: RunOptions = .init()) throws -> [Float] {
        let input = try #require(Tensor(shape: shape ?? [values.count], storage: .float32(values)))
        return try #require(try network.run(["x": input], options: options)["y"]?.floats)
    }

    /// Small ones, large ones and the borders of the kernels' cases; a number that fills no vector.
    static let values: [Float] =
        (-1500...1500).map { Float($0) / 100 } + (-500...500).map { Float($0) / 40000 } + [0.625, 1, 4, -1, -4, 85, -85]

    @Test("A function is within 3e-7 of double precision, on every set of instructions", arguments: functions)
    func precision(_ function: Function) throws {
        let network = try function.network(Self.values.count)
        for instructions in InstructionSet.allCases where instructions <= .best {
            let results = try Self.run(network, Self.values, nil, RunOptions(instructions: instructions))
            for (value, result) in zip(Self.values, results) {
                let exact = function.exact(Double(value)), scale = function.isScaled ? Double(value) : exact
                #expect(abs(Double(result) - exact) <= 3e-7 * abs(scale), "f(\(value)) = \(result) instead of \(exact)")
            }
        }
    }

    @Test("A value's result has the same bits wherever it lies, on AVX2 and AVX-512 alike", arguments: functions)
    func bits(_ function: Function) throws {
        let network = try function.network(Self.values.count), results = try Self.run(network, Self.values)
        let rest = Array(Self.values.dropFirst(3))
        #expect(try Self.run(function.network(rest.count), rest) == Array(results.dropFirst(3)))
        guard InstructionSet.best == .avx512 else { return }
        #expect(try Self.run(network, Self.values, nil, RunOptions(instructions: .avx2)) == results)
    }

    @Test("NaN stays NaN, and infinities have the limits of a function")
    func special() throws {
        let limits: [(String, Float, Float)] = [("Exp", 0, .infinity), ("Sigmoid", 0, 1), ("Tanh", -1, 1), ("Erf", -1, 1)]
        for (type, low, high) in limits {
            let function = try #require(Self.functions.first { $0.type == type })
            let results = try Self.run(function.network(3), [.nan, -.infinity, .infinity])
            #expect(results[0].isNaN && results[1] == low && results[2] == high, "\(type): \(results)")
        }
    }

    @Test("NaN stays NaN in functions that cut off", arguments: ["Celu", "HardSigmoid", "HardSwish", "Relu", "Selu"])
    func cutOffs(type: String) throws {
        let network = try Network(onnx: ModelBuilder.model(input: [2]) { $0.node(type, ["x"], ["y"]) })
        let results = try Self.run(network, [.nan, 2])
        #expect(results[0].isNaN && !results[1].isNaN, "\(results)")
    }

    @Test("Rows are normalised and weighted as in double precision, with a mean much larger than what varies", arguments: [5, 16, 37])
    func layerNormalization(size: Int) throws {
        var numbers = Numbers(seed: 3)
        let rows = 3, values = numbers.next(rows * size).map { $0 + 100 }, scale = numbers.next(size), shift = numbers.next(size)
        let network = try Network(
            onnx: ModelBuilder.model(input: [rows, size]) {
                $0.weights("s", [size], scale)
                $0.weights("b", [size], shift)
                $0.node("LayerNormalization", ["x", "s", "b"], ["y"])
            })
        let results = try Self.run(network, values, [rows, size])
        for row in 0..<rows {
            let own = values[row * size..<(row + 1) * size].map(Double.init), mean = own.reduce(0, +) / Double(size)
            let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
            for place in 0..<size {
                let exact = (own[place] - mean) / (variance + 1e-5).squareRoot() * Double(scale[place]) + Double(shift[place])
                #expect(abs(Double(results[row * size + place]) - exact) <= 1e-6)
            }
        }
        for instructions in [InstructionSet.avx2, .avx512] where instructions <= .best {
            #expect(try Self.run(network, values, [rows, size], RunOptions(threads: 2, instructions: instructions)) == results)
        }
    }

    @Test("The softmax of a column has the same bits in a tile that has no other column")
    func softmaxOfColumn() throws {
        var numbers = Numbers(seed: 4)
        let values = numbers.next(20 * 33).map { $0 * 5 }
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) { $0.node("Softmax", ["x"], ["y"], [("axis", .int(2))]) }
        let network = try Network(onnx: file)
        let whole = try Self.run(network, values, [1, 1, 20, 33])
        for column in [0, 7, 32] {
            let places = (0..<20).map { $0 * 33 + column }
            #expect(try Self.run(network, places.map { values[$0] }, [1, 1, 20, 1]) == places.map { whole[$0] })
        }
    }

    @Test("The softmax of a row adds up to one and keeps its ratios", arguments: [1, 16, 45])
    func softmax(size: Int) throws {
        var numbers = Numbers(seed: 3)
        let values = numbers.next(size).map { $0 * 5 + 80 }
        let network = try Network(onnx: ModelBuilder.model(input: [1, size]) { $0.node("Softmax", ["x"], ["y"]) })
        let results = try Self.run(network, values, [1, size]), sum = values.reduce(0.0) { $0 + exp(Double($1)) }
        for (value, result) in zip(values, results) {
            let exact = exp(Double(value)) / sum
            #expect(abs(Double(result) - exact) <= 5e-7 * exact)
        }
        guard InstructionSet.best == .avx512 else { return }
        #expect(try Self.run(network, values, [1, size], RunOptions(instructions: .avx2)) == results)
    }

    @Test("A product by panels has the bits of its rows one by one", arguments: [(32, 37, 48), (61, 16, 16), (200, 130, 64)])
    func panels(_ extents: (rows: Int, depth: Int, columns: Int)) throws {
        let (rows, depth, columns) = extents
        var numbers = Numbers(seed: 5)
        let weights = numbers.next(depth * columns), values = numbers.next(rows * depth)
        func network(_ rows: Int) throws -> Network {
            try Network(
                onnx: ModelBuilder.model(input: [rows, depth]) {
                    $0.weights("w", [depth, columns], weights)
                    $0.node("MatMul", ["x", "w"], ["y"])
                })
        }
        let whole = try network(rows), one = try network(1)
        var expected: [Float] = []
        for row in 0..<rows { expected += try Self.run(one, Array(values[row * depth..<(row + 1) * depth]), [1, depth]) }
        for threads in [1, 3] { #expect(try Self.run(whole, values, [rows, depth], RunOptions(threads: threads)) == expected) }
        guard InstructionSet.best == .avx512 else { return }
        #expect(try Self.run(whole, values, [rows, depth], RunOptions(instructions: .avx2)) == expected)
    }
}
