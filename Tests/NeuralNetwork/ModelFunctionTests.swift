import NeuralNetwork
import Testing

/// Functions that a model defines; their values are compared with onnxruntime's in the golden cases `function-…`.
@Suite("A call of a model's function is its body") struct ModelFunctionTests {
    private func error(_ change: (inout ModelBuilder) -> Void) -> NetworkError? {
        do {
            _ = try Network(onnx: ModelBuilder.model(change))
            return nil
        } catch { return error }
    }

    private func run(_ change: (inout ModelBuilder) -> Void) throws -> [Float] {
        let network = try Network(onnx: ModelBuilder.model(input: [1, 1, 1, 3], change))
        let input = try #require(Tensor(shape: [1, 1, 1, 3], storage: .float32([-2, 0.5, 3])))
        return try #require(try network.run(["x": input])["y"]?.floats)
    }

    @Test("An output that is an input, one that is given twice and one that nobody takes")
    func outputs() throws {
        let values = try run {
            $0.function("Same", ["a", "b"], ["a", "c", "c", "d"]) {
                $0.node("Add", ["a", "a"], ["c"])
                $0.node("Exp", ["b"], ["d"])
            }
            $0.node("Same", ["x", "x"], ["p", "q", "r"], domain: "own")
            $0.node("Sum", ["p", "q", "r"], ["y"])
        }
        #expect(values == [-10, 2.5, 15])
    }

    @Test("An attribute that the call does not give is the operator's default")
    func attributes() throws {
        for (slope, expected) in [(nil, Float(-0.02)), (0.5, -1)] as [(Float?, Float)] {
            let values = try run {
                $0.function("Leak", ["v"], ["w"], attributes: ["slope"]) {
                    $0.node("LeakyRelu", ["v"], ["w"], [("alpha", .reference("slope"))])
                }
                $0.node("Leak", ["x"], ["y"], domain: "own", slope.map { [("slope", .float($0))] } ?? [])
            }
            #expect(values == [expected, 0.5, 3])
        }
    }

    @Test("A function that calls itself, also through another, is an error that names the call")
    func recursion() {
        let error = error {
            $0.function("First", ["v"], ["w"]) { $0.node("Second", ["v"], ["w"], name: "inner", domain: "own") }
            $0.function("Second", ["v"], ["w"]) { $0.node("First", ["v"], ["w"], name: "back", domain: "own") }
            $0.node("First", ["x"], ["y"], name: "outer", domain: "own")
        }
        #expect(error?.kind == .graph)
        #expect(error?.node == "outer/inner/back")
    }

    @Test("Calls that double at every level are an error, in nodes or in bytes", arguments: [0, 6000])
    func growth(bytes: Int) {
        let error = error {
            for level in 0..<40 {
                $0.function("F\(level)", ["v"], ["w"]) {
                    let next = level < 39 ? "F\(level + 1)" : "G"
                    $0.node(next, ["v"], ["u"], domain: "own")
                    $0.node(next, ["u"], ["w"], domain: "own")
                }
            }
            $0.function("G", ["v"], ["w"]) {
                $0.node("Relu", ["v"], ["w"], name: String(repeating: "n", count: bytes))
            }
            $0.node("F0", ["x"], ["y"], domain: "own")
        }
        #expect(error?.kind == .limit)
    }

    @Test("What is wrong in a body is told with the place of its call")
    func places() {
        func body(_ change: (inout ModelBuilder) -> Void) -> NetworkError? {
            error {
                $0.function("F", ["v"], ["w"], change)
                $0.node("F", ["x"], ["y"], name: "call", domain: "own")
            }
        }
        let unknown = body { $0.node("Nonsense", ["v"], ["w"], name: "n") }
        #expect(unknown?.node == "call/n" && unknown?.operatorType == "Nonsense" && unknown?.kind == .unsupported)
        let outside = body { $0.node("Add", ["v", "x"], ["w"]) }
        #expect(outside?.node == "call/#0" && outside?.kind == .graph)
        let producer = body { $0.node("Relu", ["v"], ["u"]) }
        #expect(producer?.kind == .graph)
    }

    @Test("More values than the function has, two functions of one name and a reference without a call are errors")
    func lies() {
        let values = error {
            $0.function("F", ["v"], ["w"]) { $0.node("Relu", ["v"], ["w"]) }
            $0.node("F", ["x", "x"], ["y"], domain: "own")
        }
        #expect(values?.message.contains("passes 2 inputs") == true)
        let twice = error {
            for _ in 0..<2 { $0.function("F", ["v"], ["w"]) { $0.node("Relu", ["v"], ["w"]) } }
            $0.node("F", ["x"], ["y"], domain: "own")
        }
        #expect(twice?.kind == .graph)
        let reference = error { $0.node("LeakyRelu", ["x"], ["y"], [("alpha", .reference("slope"))]) }
        #expect(reference?.kind == .attribute)
    }
}
