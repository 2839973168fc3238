import NeuralNetwork
import Testing

/// Functions that exporters take apart are computed as one.
@Suite("Functions in parts")
struct FunctionPatternTests {
    struct Pattern: CustomTestStringConvertible, Sendable {
        let name: String
        /// The names of values on the way; the first ones keep the function from being put together where they are outputs too.
        let inner: [String]
        let build: @Sendable (inout ModelBuilder) -> Void
        var testDescription: String { name }

        func network(givingInner: Bool) throws -> Network {
            var builder = ModelBuilder()
            builder.opset = 17
            builder.input("x", [FunctionPatternTests.rows, FunctionPatternTests.size])
            builder.output("y")
            if givingInner { for name in inner { builder.output(name) } }
            build(&builder)
            return try Network(onnx: builder.file)
        }
    }

    static let rows = 7, size = 37

    static let patterns = [
        Pattern(name: "Swish", inner: ["g"]) {
            $0.node("Sigmoid", ["x"], ["g"])
            $0.node("Mul", ["g", "x"], ["y"])
        },
        Pattern(name: "Gelu", inner: ["e"]) {
            number("root", 2.0.squareRoot(), &$0)
            number("one", 1, &$0)
            number("half", 0.5, &$0)
            $0.node("Div", ["x", "root"], ["d"])
            $0.node("Erf", ["d"], ["e"])
            $0.node("Add", ["e", "one"], ["s"])
            $0.node("Mul", ["x", "s"], ["p"])
            $0.node("Mul", ["p", "half"], ["y"])
        },
        Pattern(name: "Gelu, halved first", inner: ["e"]) {
            number("root", 0.5.squareRoot(), &$0)
            number("one", 1, &$0)
            number("half", 0.5, &$0)
            $0.node("Mul", ["x", "root"], ["d"])
            $0.node("Erf", ["d"], ["e"])
            $0.node("Add", ["one", "e"], ["s"])
            $0.node("Mul", ["half", "x"], ["p"])
            $0.node("Mul", ["p", "s"], ["y"])
        },
        Pattern(name: "Gelu by tanh", inner: ["t"]) {
            for (name, value) in [("three", 3), ("part", 0.044715), ("root", (2 / Double.pi).squareRoot()), ("one", 1), ("half", 0.5)] {
                number(name, value, &$0)
            }
            $0.node("Pow", ["x", "three"], ["c"])
            $0.node("Mul", ["c", "part"], ["m"])
            $0.node("Add", ["x", "m"], ["a"])
            $0.node("Mul", ["a", "root"], ["u"])
            $0.node("Tanh", ["u"], ["t"])
            $0.node("Add", ["t", "one"], ["s"])
            $0.node("Mul", ["x", "s"], ["p"])
            $0.node("Mul", ["p", "half"], ["y"])
        },
        Pattern(name: "layer normalisation", inner: ["v"]) {
            number("two", 2, &$0)
            number("epsilon", 0.5, &$0)
            var numbers = Numbers(seed: 12)
            $0.weights("scale", [size], numbers.next(size))
            $0.weights("shift", [size], numbers.next(size))
            $0.node("ReduceMean", ["x"], ["m"], [("axes", .ints([-1]))])
            $0.node("Sub", ["x", "m"], ["d"])
            $0.node("Pow", ["d", "two"], ["q"])
            $0.node("ReduceMean", ["q"], ["v"], [("axes", .ints([-1]))])
            $0.node("Add", ["v", "epsilon"], ["w"])
            $0.node("Sqrt", ["w"], ["r"])
            $0.node("Div", ["d", "r"], ["n"])
            $0.node("Mul", ["n", "scale"], ["p"])
            $0.node("Add", ["p", "shift"], ["y"])
        },
    ]

    private static func number(_ name: String, _ value: Double, _ builder: inout ModelBuilder) { builder.weights(name, [], [Float(value)]) }

    @Test("A function in parts has the values of its parts one by one, and holds none of them", arguments: patterns)
    func parts(_ pattern: Pattern) throws {
        var numbers = Numbers(seed: 3)
        let shape = [Self.rows, Self.size], values = numbers.next(Self.rows * Self.size).map { $0 * 4 }
        let input = try #require(Tensor(shape: shape, storage: .float32(values)))
        let whole = try pattern.network(givingInner: false), apart = try pattern.network(givingInner: true)
        let result = try #require(try whole.run(["x": input])["y"]?.floats),
            expected = try #require(try apart.run(["x": input])["y"]?.floats)
        for (own, other) in zip(result, expected) { #expect(abs(own - other) <= 2e-6 * max(1, abs(other)), "\(own) and \(other)") }
        #expect(try whole.workingSetBytes(inputShapes: ["x": shape]) == 2 * Self.rows * Self.size * 4)
        #expect(try apart.workingSetBytes(inputShapes: ["x": shape]) > 2 * Self.rows * Self.size * 4)
    }

    @Test("Other numbers make other functions: parts of no Gelu stay as they are", arguments: [(0.75, 1.0), (0.5, 2.0)])
    func otherNumbers(half: Double, one: Double) throws {
        let network = try Network(
            onnx: ModelBuilder.model(input: [3]) {
                Self.number("root", 2.0.squareRoot(), &$0)
                Self.number("one", one, &$0)
                Self.number("half", half, &$0)
                $0.node("Div", ["x", "root"], ["d"])
                $0.node("Erf", ["d"], ["e"])
                $0.node("Add", ["e", "one"], ["s"])
                $0.node("Mul", ["x", "s"], ["p"])
                $0.node("Mul", ["p", "half"], ["y"])
            })
        let results = try FunctionKernelTests.run(network, [0, 8, 16])
        // The error function is 1 there.
        for (result, value) in zip(results, [0, 8, 16.0]) { #expect(result == Float(value * (1 + one) * half)) }
    }
}
