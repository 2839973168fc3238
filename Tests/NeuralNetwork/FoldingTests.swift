import NeuralNetwork
import Testing

@Suite("What is large or takes long is left to the run") struct FoldingTests {
    private static func network(_ shape: [Int], limits: NetworkLimits = .init(), _ change: (inout ModelBuilder) -> Void) throws -> Network {
        var builder = ModelBuilder()
        builder.input("x", shape)
        builder.output("y")
        change(&builder)
        return try Network(onnx: builder.file, limits: limits)
    }

    @Test("A constant of more than 16 MiB that follows from a few numbers is made at each run")
    func largeConstant() throws {
        let network = try Self.network([1, 1, 1, 1]) {
            $0.initializer(ModelBuilder.tensor("s", integers: [1, 1, 2049, 2049]))
            $0.node("ConstantOfShape", ["s"], ["c"])
            $0.node("Add", ["x", "c"], ["y"])
        }
        #expect(network.constantBytes < 1 << 10)
        #expect(try network.workingSetBytes(inputShapes: ["x": [1, 1, 1, 1]]) >= 2049 * 2049 * 8)
        let one = try #require(Tensor(shape: [1, 1, 1, 1], storage: .float32([1])))
        #expect(try network.run(["x": one])["y"]?.floats?.allSatisfy { $0 == 1 } == true)
    }

    @Test(
        "What takes more than half a gigabyte of weights and results is left to the run, and the weights are counted",
        arguments: [(1 << 20, 4), (257 << 20, 257 << 20)])
    func largeWeight(bytes: Int, held: Int) throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 1, 1])
        builder.output("y")
        builder.initializer(ModelBuilder.tensor("w", [bytes / 4], external: true))
        builder.node("Relu", ["w"], ["a"])
        builder.node("ReduceSum", ["a"], ["s"], [("keepdims", .int(0))])
        builder.node("Add", ["x", "s"], ["y"])
        let zeros = ByteSource(count: bytes) { _, buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            return true
        }
        let model = try ONNXModel(ByteSource(builder.file), externalData: ExternalData(location: "weights.bin", source: zeros))
        #expect(try Network(model).constantBytes == held)
    }

    @Test("Many small constants become 16 MiB together and no more")
    func manyConstants() throws {
        let network = try Self.network([1, 1, 1, 1]) {
            $0.initializer(ModelBuilder.tensor("s", integers: [1, 1, 512, 512]))
            for index in 0..<40 {
                $0.node("ConstantOfShape", ["s"], ["c\(index)"])
                $0.node("Add", [index == 0 ? "x" : "v\(index)", "c\(index)"], [index == 39 ? "y" : "v\(index + 1)"])
            }
        }
        #expect(network.constantBytes > 12 << 20)
        #expect(network.constantBytes <= 17 << 20)
    }

    @Test("A transform of prime length over constants is not computed at load")
    func longWork() throws {
        let network = try Self.network([1, 1, 1]) {
            $0.initializer(ModelBuilder.tensor("s", integers: [1, 16_381, 1]))
            $0.node("ConstantOfShape", ["s"], ["c"])
            $0.node("DFT", ["c"], ["d"])
            $0.node("Add", ["x", "d"], ["y"])
        }
        // The constant itself, of one number each; the transform would have two.
        #expect(network.constantBytes == 16_381 * 4)
    }

    @Test("A transform over constants is computed at load if it takes 2^27 steps at most", arguments: [(8191, true), (8209, false)])
    func work(length: Int, isComputed: Bool) throws {
        let network = try Self.network([1, 1, 1]) {
            $0.initializer(ModelBuilder.tensor("s", integers: [1, length, 1]))
            $0.node("ConstantOfShape", ["s"], ["c"])
            $0.node("DFT", ["c"], ["d"])
            $0.node("Add", ["x", "d"], ["y"])
        }
        #expect(network.constantBytes == length * (isComputed ? 8 : 4))
    }

    @Test("Weights that are stored in a narrower type become constants however large they are", arguments: [5 << 20, 34 << 20])
    func storedOtherwise(count: Int) throws {
        let network = try Self.network([1]) {
            $0.initializer(
                Wire.number(1, count) + Wire.number(2, 2) + Wire.text(8, "w") + Wire.bytes(9, [UInt8](repeating: 0, count: count)))
            $0.node("Cast", ["w"], ["f"], [("to", .int(1))])
            $0.node("Add", ["x", "f"], ["y"])
        }
        #expect(network.constantBytes == 4 * count)
    }

    @Test("A long chain over the extents of an input is computed in part only while it is planned")
    func knownChain() throws {
        let network = try Self.network([1, 1, 128, 128]) {
            $0.node("Shape", ["x"], ["extents"])
            $0.node("ReduceProd", ["extents"], ["count"], [("keepdims", .int(1))])
            $0.node("ConstantOfShape", ["count"], ["c0"])
            for index in 0..<600 { $0.node("Neg", ["c\(index)"], ["c\(index + 1)"]) }
            $0.node("ReduceSum", ["c600"], ["sum"], [("keepdims", .int(0))])
            $0.node("Add", ["x", "sum"], ["y"])
        }
        // The input and two values of the chain; were all of it known, the input and the output alone.
        #expect(try network.workingSetBytes(inputShapes: ["x": [1, 1, 128, 128]]) == 3 << 16)
    }

    @Test("A range that is too long to be known before a run is made by the run")
    func longRange() throws {
        let network = try Self.network([1]) {
            for (name, value) in [("a", 0), ("b", 2 << 20), ("c", 1)] {
                $0.initializer(
                    Wire.number(2, 7) + Wire.text(8, name) + Wire.bytes(9, (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
            }
            $0.node("Range", ["a", "b", "c"], ["r"])
            $0.node("Cast", ["r"], ["f"], [("to", .int(1))])
            $0.node("Add", ["x", "f"], ["y"])
        }
        #expect(network.constantBytes < 1 << 10)
        let zero = try #require(Tensor(shape: [1], storage: .float32([0])))
        #expect(try network.run(["x": zero])["y"]?.floats?.last == Float(2 << 20 - 1))
    }

    /// A loop that goes round a constant, or the input if `runs`, each time through `elements` numbers.
    private static func loop(_ count: Int, elements: Int, runs: Bool) throws -> Network {
        var body = ModelBuilder()
        body.input("i", [])
        body.input("c", [])
        body.input("v", [elements])
        body.output("d")
        body.output("w")
        body.node("Identity", ["c"], ["d"])
        body.node("Neg", ["v"], ["w"])
        return try network([elements]) {
            $0.initializer(ModelBuilder.tensor("n", integers: [count]))
            $0.weights("v", [elements], [Float](repeating: 1, count: elements))
            $0.node("Loop", ["n", "", runs ? "x" : "v"], ["l"], [("body", .graph(body.graph))])
            $0.node("Add", ["x", "l"], ["y"])
        }
    }

    @Test(
        "A loop over constants of more than 20,000 steps, each of up to a kibibyte, is left to the run",
        arguments: [(5500, 12_000, 1), (700, 1500, 4096)])
    func loopsAtLoad(fits: Int, isTooLong: Int, elements: Int) throws {
        #expect(try Self.loop(fits, elements: elements, runs: false).constantBytes == 4 * elements)
        let long = try Self.loop(isTooLong, elements: elements, runs: false)
        // The number of repetitions, and what goes round.
        #expect(long.constantBytes == 8 + 4 * elements)
        let ones = try #require(Tensor(shape: [elements], storage: .float32([Float](repeating: 1, count: elements))))
        #expect(try long.run(["x": ones])["y"]?.floats == [Float](repeating: 2, count: elements))
    }

    @Test("A loop takes a million steps at most when it runs")
    func loopsAtRun() throws {
        let one = try #require(Tensor(shape: [1], storage: .float32([1])))
        #expect(try Self.loop(300_000, elements: 1, runs: true).run(["x": one])["y"]?.floats == [2])
        let long = try Self.loop(600_000, elements: 1, runs: true)
        #expect { try long.run(["x": one]) } throws: { ($0 as? NetworkError)?.kind == .limit }
    }

    @Test("A run beyond the memory is refused with node, need and bound before it starts")
    func memory() throws {
        let network = try Self.network([1, 1, 256, 256], limits: NetworkLimits(memoryBytes: 1 << 20)) {
            $0.node("Relu", ["x"], ["a"], name: "first")
            $0.initializer(ModelBuilder.tensor("t", integers: [1, 1, 1, 3]))
            $0.node("Tile", ["a", "t"], ["b"], name: "wide")
            $0.node("Relu", ["b"], ["y"], name: "last")
        }
        let error = try #require(throws: NetworkError.self) { try network.workingSetBytes(inputShapes: ["x": [1, 1, 256, 256]]) }
        #expect(error.kind == .limit && error.node == "last")
        // The input, and a tensor three times as large before and after the last node.
        #expect(error.message.contains("\(7 << 18)") && error.message.contains("\(1 << 20)"), "\(error)")
    }

    @Test("What a loop collects is bounded by the memory while it is collected")
    func collectingLoop() throws {
        var body = ModelBuilder()
        body.input("i", [])
        body.input("c", [])
        body.input("v", [256])
        body.output("d")
        body.output("w")
        body.output("s")
        body.node("Identity", ["c"], ["d"])
        body.node("Identity", ["v"], ["w"])
        body.node("Neg", ["v"], ["s"])
        let network = try Self.network([256], limits: NetworkLimits(memoryBytes: 1 << 20)) {
            // How often it repeats is known to a run alone.
            $0.initializer(ModelBuilder.tensor("most", integers: [1 << 62]))
            $0.node("ReduceMax", ["x"], ["one"])
            $0.node("Cast", ["one"], ["times"], [("to", .int(7))])
            $0.node("Mul", ["times", "most"], ["n"])
            $0.node("Loop", ["n", "", "x"], ["w", "y"], [("body", .graph(body.graph))])
        }
        let image = try #require(Tensor(shape: [256], storage: .float32([Float](repeating: 1, count: 256))))
        let error = try #require(throws: NetworkError.self) { try network.run(["x": image]) }
        #expect(error.kind == .limit && error.message.contains("collect"), "\(error)")
    }
}
