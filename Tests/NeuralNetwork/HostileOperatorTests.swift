import NeuralNetwork
import Testing

/// Small files that ask the newer operators for years of work or terabytes: an error before any of it.
@Suite("Operators refuse what would take years or terabytes") struct HostileOperatorTests {
    private static func model(_ shape: [Int], opset: Int = 21, _ change: (inout ModelBuilder) -> Void) -> [UInt8] {
        var builder = ModelBuilder()
        builder.opset = opset
        builder.input("x", shape)
        builder.output("y")
        change(&builder)
        return builder.file
    }

    /// A node whose other inputs are whole numbers.
    private static func node(_ type: String, _ shape: [Int], _ numbers: [[Int]], opset: Int = 21) -> [UInt8] {
        model(shape, opset: opset) {
            for (index, list) in numbers.enumerated() { $0.initializer(ModelBuilder.tensor("n\(index)", integers: list)) }
            $0.node(type, ["x"] + numbers.indices.map { "n\($0)" }, ["y"])
        }
    }

    /// A graph that leaves a value as it is, over and over.
    private static func endless(_ depth: Int) -> [UInt8] {
        var body = ModelBuilder()
        body.input("i", [])
        body.input("c", [])
        body.input("v", [1])
        body.output("d")
        body.output("w")
        body.node("Identity", ["c"], ["d"])
        if depth == 0 {
            body.node("Identity", ["v"], ["w"])
        } else {
            body.initializer(ModelBuilder.tensor("n", integers: [1 << 62]))
            body.node("Loop", ["n", "", "v"], ["w"], [("body", .graph(endless(depth - 1)))])
        }
        return body.graph
    }

    private static func loop(_ depth: Int) -> [UInt8] {
        model([1]) {
            $0.initializer(ModelBuilder.tensor("n", integers: [1 << 62]))
            $0.weights("v", [1], [1])
            $0.node("Loop", ["n", "", "v"], ["w"], [("body", .graph(endless(depth)))])
            $0.node("Add", ["w", "x"], ["y"])
        }
    }

    private static func einsum(_ equation: String, _ shape: [Int], operands: Int) -> [UInt8] {
        model(shape) {
            $0.node("Einsum", [String](repeating: "x", count: operands), ["y"], [("equation", .string(equation))])
        }
    }

    static let all: [HostileModelTests.Hostile] = [
        .init(
            "Einsum with 52 indices",
            einsum("abcdefgh,ijklmnop,qrstuvwx,yzABCDEF,GHIJKLMN,OPQRSTUV,WXYZabcd", [2, 2, 2, 2, 2, 2, 2, 2], operands: 7)),
        .init("Einsum to terabytes", einsum("ab,cd->abcd", [4096, 4096], operands: 2)),
        .init("Einsum with terabytes in between", einsum("ab,cd,ac,bd->", [4096, 4096], operands: 4)),
        .init("Einsum with an endless equation", einsum(String(repeating: "a", count: 1 << 16), [2], operands: 1)),
        .init("Attention that takes years", model([1, 64, 1 << 20, 4], opset: 23) { $0.node("Attention", ["x", "x", "x"], ["y"]) }),
        .init(
            "Attention that gives out terabytes",
            model([1, 1, 1 << 20, 1], opset: 23) { $0.node("Attention", ["x", "x", "x"], ["y", "", "", "s"]) }),
        .init(
            "NonMaxSuppression of a million boxes",
            model([1]) {
                $0.initializer(ModelBuilder.tensor("a", integers: [1, 1 << 20, 4]))
                $0.initializer(ModelBuilder.tensor("b", integers: [1, 1, 1 << 20]))
                $0.initializer(ModelBuilder.tensor("n", integers: [1 << 40]))
                $0.node("ConstantOfShape", ["a"], ["boxes"])
                $0.node("ConstantOfShape", ["b"], ["scores"])
                $0.node("NonMaxSuppression", ["boxes", "scores", "n"], ["y"])
            }),
        .init(
            "MaxUnpool to terabytes",
            model([1, 1, 1, 1]) {
                $0.initializer(ModelBuilder.tensor("s", integers: [1, 1, 1 << 20, 1 << 20]))
                $0.node("Cast", ["x"], ["i"], [("to", .int(7))])
                $0.node("MaxUnpool", ["x", "i", "s"], ["y"], [("kernel_shape", .ints([1, 1]))])
            }),
        .init("AffineGrid to terabytes", node("AffineGrid", [1, 2, 3], [[1, 1, 1 << 20, 1 << 20]])),
        .init("Col2Im to terabytes", node("Col2Im", [1, 1, 1 << 10], [[1 << 20, 1 << 20], [1, 1]])),
        .init("DFT of a huge length", node("DFT", [1, 4, 1], [[1 << 40]])),
        .init(
            "A window of a huge length",
            model([1]) {
                $0.initializer(ModelBuilder.tensor("n", integers: [1 << 40]))
                $0.node("HannWindow", ["n"], ["w"])
                $0.node("Add", ["w", "x"], ["y"])
            }),
        .init("A loop without end over constants", loop(0)), .init("Loops in loops without end over constants", loop(3)),
        .init(
            "An LSTM to terabytes",
            model([1 << 14, 1 << 13, 1]) {
                $0.initializer(ModelBuilder.tensor("s", integers: [1, 1 << 13, 1]))
                $0.initializer(ModelBuilder.tensor("t", integers: [1, 1 << 13, 1 << 11]))
                $0.node("ConstantOfShape", ["s"], ["w"])
                $0.node("ConstantOfShape", ["t"], ["r"])
                $0.node("LSTM", ["x", "w", "r"], ["y"], [("hidden_size", .int(1 << 11))])
            }),
        .init("Det of a huge matrix", model([46_336, 46_336]) { $0.node("Det", ["x"], ["y"]) }),
    ]

    @Test("It is an error", arguments: all)
    func refused(_ hostile: HostileModelTests.Hostile) {
        #expect(throws: NetworkError.self) {
            let network = try Network(onnx: hostile.file)
            let shapes = network.inputs.map { port in
                (port.name, port.shape.map { dimension -> Int in if case .fixed(let extent) = dimension { extent } else { 1 } })
            }
            _ = try network.workingSetBytes(inputShapes: [String: [Int]](shapes) { first, _ in first })
        }
    }

    @Test("A loop without end is an error when it runs")
    func endlessRun() throws {
        let file = HostileOperatorTests.model([1]) {
            $0.initializer(ModelBuilder.tensor("n", integers: [1 << 62]))
            $0.node("Loop", ["n", "", "x"], ["y"], [("body", .graph(HostileOperatorTests.endless(1)))])
        }
        let network = try Network(onnx: file), one = try #require(Tensor(shape: [1], storage: .float32([1])))
        let error = try #require(throws: NetworkError.self) { try network.run(["x": one]) }
        #expect(error.kind == .limit && error.message.contains("that is 1000001, and at most 1000000 are allowed"), "\(error)")
    }

    @Test("Regions that ask for endless samples are errors")
    func regions() throws {
        let file = HostileOperatorTests.model([1, 1, 8, 8]) {
            $0.weights("r", [1, 4], [0, 0, 1e30, 1e30])
            $0.initializer(ModelBuilder.tensor("i", integers: [0]))
            $0.node("RoiAlign", ["x", "r", "i"], ["y"])
        }
        let image = try #require(Tensor(shape: [1, 1, 8, 8], storage: .float32([Float](repeating: 1, count: 64))))
        #expect { try Network(onnx: file).run(["x": image]) } throws: { ($0 as? NetworkError)?.kind == .limit }
    }

    @Test("Places that are no numbers, or lie far outside, are read as outside", arguments: ["zeros", "border", "reflection"])
    func places(padding: String) throws {
        let file = HostileOperatorTests.model([1, 1, 4, 4]) {
            $0.weights("g", [1, 1, 6, 2], [.nan, 0, .infinity, 0, -.infinity, .nan, 1e38, -1e38, 3e9, 0, 0, 0])
            $0.node("GridSample", ["x", "g"], ["y"], [("padding_mode", .string(padding))])
        }
        let image = try #require(Tensor(shape: [1, 1, 4, 4], storage: .float32([Float](repeating: 2, count: 16))))
        let values = try #require(try Network(onnx: file).run(["x": image])["y"]?.floats)
        #expect(values == (padding == "zeros" ? [0, 0, 0, 0, 0, 2] : [2, 2, 2, 2, 2, 2]))
    }

    @Test("A stride that would take long to analyse is an error", arguments: [(0, true), (8, false)])
    func strides(further: Int, isAnalysed: Bool) throws {
        let file = HostileOperatorTests.model([1, 1, -1, 1]) {
            $0.weights("s", [4], [1, 1, Float(1 << 20), 1])
            $0.node("MaxPool", ["x"], ["p0"], [("kernel_shape", .ints([1, 1])), ("strides", .ints([1 << 20, 1]))])
            for index in 0..<further { $0.node("Neg", ["p\(index)"], ["p\(index + 1)"]) }
            $0.node(
                "Resize", ["p\(further)", "", "s"], ["y"],
                [("mode", .string("nearest")), ("coordinate_transformation_mode", .string("asymmetric"))])
        }
        let network = try Network(onnx: file), shapes = ["x": [1, 1, 1 << 22, 1]]
        if isAnalysed {
            #expect(try network.reach(inputShapes: shapes)["y"]?.axes.first?.stride == 1 << 20)
        } else {
            #expect { try network.reach(inputShapes: shapes) } throws: { ($0 as? NetworkError)?.kind == .limit }
        }
    }

    @Test("A type that an operator does not compute with is named with node and opset before anything runs")
    func types() throws {
        let file = HostileOperatorTests.model([1, 1, 4, 4]) {
            $0.node("Cast", ["x"], ["n"], [("to", .int(17))])
            $0.node("Relu", ["n"], ["y"], name: "narrow")
        }
        #expect { try ONNXModel(ByteSource(file)) } throws: { error in
            let error = error as? NetworkError
            return error?.kind == .unsupported && error?.node == "narrow" && error?.opset == 21
                && error?.message.contains("float8e4m3fn") == true
        }
        let complex = HostileOperatorTests.model([1, 1, 4, 4]) { $0.node("Cast", ["x"], ["y"], name: "complex", [("to", .int(14))]) }
        #expect { try Network(onnx: complex) } throws: { error in
            let error = error as? NetworkError
            return error?.kind == .unsupported && error?.node == "complex" && error?.message.contains("complex64") == true
        }
    }
}
