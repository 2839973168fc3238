import NeuralNetwork
import Testing

@Suite("Execution")
struct ExecutionTests {
    @Test("The working set is the widest cut, not the sum of all activations")
    func workingSet() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 64, 64])
        builder.output("y")
        for index in 0..<20 { builder.node("Tanh", [index == 0 ? "x" : "v\(index)"], [index == 19 ? "y" : "v\(index + 1)"]) }
        let plane = 64 * 64 * 4
        // The caller's input, and a step's input and output.
        #expect(try Network(onnx: builder.file).workingSetBytes(inputShapes: ["x": [1, 1, 64, 64]]) == 3 * plane)
    }

    @Test("A skip connection is held until it is read")
    func skip() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 64, 64])
        builder.output("y")
        builder.node("Tanh", ["x"], ["skip"])
        builder.node("Tanh", ["skip"], ["a"])
        builder.node("Tanh", ["a"], ["b"])
        builder.node("Add", ["b", "skip"], ["y"])
        #expect(try Network(onnx: builder.file).workingSetBytes(inputShapes: ["x": [1, 1, 64, 64]]) == 4 * 64 * 64 * 4)
    }

    @Test("A run beyond the limit is refused before it starts")
    func limit() throws {
        let network = try Network(
            onnx: UNet(depth: 1, channels: 2, upsampling: .nearest).file(), limits: NetworkLimits(maxWorkingSetBytes: 1 << 20))
        #expect(throws: NetworkError.self) { try network.workingSetBytes(inputShapes: ["x": [1, 1, 1024, 1024]]) }
        #expect(try network.workingSetBytes(inputShapes: ["x": [1, 1, 64, 64]]) > 0)
    }

    @Test("Nodes may stand in any order")
    func order() throws {
        var builder = ModelBuilder()
        builder.input("x", [2])
        builder.output("y")
        builder.node("Relu", ["b"], ["y"])
        builder.node("Add", ["a", "x"], ["b"])
        builder.node("Mul", ["x", "x"], ["a"])
        let input = try #require(Tensor(shape: [2], storage: .float32([2, -0.5])))
        #expect(try Network(onnx: builder.file).run(["x": input])["y"]?.floats == [6, 0])
    }

    @Test("A value that is read twice is not changed in place")
    func inPlace() throws {
        var builder = ModelBuilder()
        builder.input("x", [2])
        builder.output("y")
        builder.output("a")
        builder.node("Exp", ["x"], ["a"])
        builder.node("Relu", ["a"], ["b"])
        builder.node("Sqrt", ["a"], ["c"])
        builder.node("Sub", ["b", "c"], ["y"])
        let input = try #require(Tensor(shape: [2], storage: .float32([0, 0])))
        let result = try Network(onnx: builder.file).run(["x": input])
        #expect(result["y"]?.floats == [0, 0] && result["a"]?.floats == [1, 1])
        #expect(input.floats == [0, 0])
    }

    @Test("Threads change no bit of a U-Net, and neither does a second run", arguments: UNet.Upsampling.allCases)
    func threads(upsampling: UNet.Upsampling) throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 6, upsampling: upsampling).file())
        var numbers = Numbers(seed: 1)
        let image = try #require(Tensor(shape: [1, 1, 64, 88], storage: .float32(numbers.next(64 * 88))))
        let first = try network.run(["x": image])
        for threads in [1, 2, 5] { #expect(try network.run(["x": image], options: RunOptions(threads: threads)) == first) }
    }

    @Test("An image that does not fit the network's stride is an error that says so")
    func stride() throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 2, upsampling: .nearest).file())
        let image = try #require(Tensor(shape: [1, 1, 30, 32], storage: .float32([Float](repeating: 0, count: 960))))
        let error = #expect(throws: NetworkError.self) { try network.run(["x": image]) }
        #expect(error?.kind == .shape && error?.message.contains("multiple") == true)
    }

    @Test("OpenBLAS's kernels and the wanted ones are known")
    func openBLAS() {
        #expect(!OpenBLASCore.chosen.isEmpty)
        if InstructionSet.best == .avx512 { #expect(OpenBLASCore.wanted == "SkylakeX") }
    }
}
