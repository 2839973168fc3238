import NeuralNetwork
import Testing

@Suite("Extents that no input fits are errors when a network is loaded") struct ExtentCheckTests {
    /// A network, and what it does.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: [UInt8]

        /// - Parameter input: extents below 0 are free; `nil` declares no shape.
        init(_ name: String, _ input: [Int]?, opset: Int = 17, _ change: (inout ModelBuilder) -> Void) {
            testDescription = name
            var builder = ModelBuilder()
            builder.opset = opset
            builder.input("x", input)
            builder.output("y")
            change(&builder)
            file = builder.file
        }
    }

    private static func resize(_ scale: Float) -> Case {
        Case("Resize by \(scale)", [1, 1, -1, -1]) {
            $0.weights("s", [4], [1, 1, scale, scale])
            $0.node("Resize", ["x", "", "s"], ["y"], name: "wrong")
        }
    }

    private static func expand(_ input: [Int], _ extents: [Int]) -> Case {
        Case("Expand \(input) to \(extents)", input) {
            $0.initializer(ModelBuilder.tensor("s", integers: extents))
            $0.node("Expand", ["x", "s"], ["y"], name: "wrong")
        }
    }

    private static func reshape(_ input: [Int], _ extents: [Int]) -> Case {
        Case("Reshape \(input) to \(extents)", input) {
            $0.initializer(ModelBuilder.tensor("s", integers: extents))
            $0.node("Reshape", ["x", "s"], ["y"], name: "wrong")
        }
    }

    private static func convolution(_ input: [Int], _ weights: [Int]) -> Case {
        Case("Conv of \(input) with \(weights)", input) {
            $0.weights("w", weights, [Float](repeating: 1, count: weights.reduce(1, *)))
            $0.node("Relu", ["x"], ["r"])
            $0.node("Conv", ["r", "w"], ["y"], name: "wrong")
        }
    }

    private static func sum(_ input: [Int], _ weights: [Int]) -> Case {
        Case("Add \(weights) to \(input)", input) {
            $0.weights("w", weights, [Float](repeating: 1, count: weights.reduce(1, *)))
            $0.node("Add", ["x", "w"], ["y"], name: "wrong")
        }
    }

    private static func pool(_ input: [Int], _ kernel: Int) -> Case {
        Case("MaxPool of \(kernel) pixels over \(input)", input) {
            $0.node("MaxPool", ["x"], ["y"], name: "wrong", [("kernel_shape", .ints([kernel, kernel]))])
        }
    }

    private static func split(_ input: [Int], _ parts: [Int]) -> Case {
        Case("Split \(input) into \(parts)", input, opset: 11) {
            $0.node("Split", ["x"], ["y", "z"], name: "wrong", [("axis", .int(2)), ("split", .ints(parts))])
        }
    }

    private static func concat(_ input: [Int], _ weights: [Int]) -> Case {
        Case("Concat of \(weights) to \(input)", input) {
            $0.weights("w", weights, [Float](repeating: 1, count: weights.reduce(1, *)))
            $0.node("Concat", ["x", "w"], ["y"], name: "wrong", [("axis", .int(1))])
        }
    }

    /// A sum of two constants that do not fit, beside an image of any size.
    private static let constants = Case("Sum of constants", [1, 1, -1, -1]) {
        $0.weights("a", [3], [1, 2, 3])
        $0.weights("b", [4], [1, 2, 3, 4])
        $0.node("Add", ["a", "b"], ["s"], name: "wrong")
        $0.node("ReduceSum", ["s"], ["t"])
        $0.node("Add", ["x", "t"], ["y"])
    }

    /// An operator that reads the image and weights of an extent each.
    private static func weighted(
        _ type: String, _ input: [Int], _ weights: [[Int]], before: [String] = [], _ attributes: [(String, ModelBuilder.Value)] = []
    ) -> Case {
        Case("\(type) of \(input) with \(weights) \(attributes)", input) {
            for (index, shape) in weights.enumerated() {
                $0.weights("w\(index)", shape, [Float](repeating: 1, count: shape.reduce(1, *)))
            }
            $0.node(type, ["x"] + before + weights.indices.map { "w\($0)" }, ["y"], name: "wrong", attributes)
        }
    }

    private static let eight = [[Int]](repeating: [8], count: 4)

    /// A Conv for four channels, of the first rows of an image, eight at most.
    private static let cut = Case("Conv of cut rows", [1, 1, -1, -1]) {
        $0.weights("w", [4, 4, 1, 1], [Float](repeating: 1, count: 16))
        for (name, number) in [("from", 0), ("to", 8), ("rows", 2)] { $0.initializer(ModelBuilder.tensor(name, integers: [number])) }
        $0.node("Slice", ["x", "from", "to", "rows"], ["s"])
        $0.node("Transpose", ["s"], ["t"], [("perm", .ints([0, 2, 1, 3]))])
        $0.node("Conv", ["t", "w"], ["y"], name: "wrong")
    }

    static let impossible = [
        convolution([1, 1, -1, -1], [8, 7, 3, 3]), convolution([-1, 1, -1, -1, -1], [8, 1, 3, 3]),
        weighted("ConvTranspose", [1, 1, -1, -1], [[3, 3]]), weighted("ConvTranspose", [1, 2, -1, -1], [[3, 1, 2, 2]]),
        weighted("BatchNormalization", [-1, 1, -1, -1], eight), weighted("Resize", [1, 1, -1, -1], [[5]], before: [""]),
        weighted("Conv", [-1, -1, -1, -1], [[64]]), weighted("Conv", [-1, -1, -1, -1], [[4, 2, 3, 3], [5]]),
        weighted("ConvTranspose", [1, -1, -1, -1], [[3, 3]]), weighted("BatchNormalization", [-1, -1, -1, -1], [[8], [8], [8], [7]]),
        weighted("Transpose", [1, 1, -1, -1], [], [("perm", .ints([0, 0, 0, 0]))]),
        weighted("Transpose", [1, -1, -1, 3], [], [("perm", .ints([0, 1, 2]))]),
        resize(1e30), resize(0), resize(-2), resize(.nan), constants, expand([1, 1, 8, 8], [1, 1, 7, 9]), reshape([1, 1, 8, 8], [1, 65]),
        convolution([1, 3, 9, 9], [4, 2, 3, 3]), convolution([1, 3, 9, 9, 9], [4, 3, 3, 3]), sum([1, 1, 8, 8], [7]),
        sum([2, 3, 5, 5], [4, 1, 1]), pool([1, 1, 8, 8], 9), split([1, 1, 100, 1], [60, 41]),
    ]

    @Test("No size of the image runs it: the node is named", arguments: impossible)
    func refused(_ network: Case) throws {
        let error = try #require(throws: NetworkError.self) { try ONNXModel(ByteSource(network.file)) }
        #expect(error.node == "wrong" && (error.kind == .shape || error.kind == .attribute), "\(error)")
    }

    static let possible = [
        expand([1, 1, -1, -1], [1, 1, 7, 9]), expand([1, -1, -1, -1], [1, 3, 1, 1]), reshape([1, 512, -1, -1], [1, 512 * 30 * 50]),
        convolution([1, -1, -1, -1], [4, 2, 3, 3]), convolution([1, 3, -1, -1], [4, 3, 77, 91]), sum([1, 1, -1, -1], [200]),
        pool([1, 1, -1, -1], 300), split([1, 1, -1, 1], [60, 41]), concat([1, 1, -1, -1], [1, 2, 48, 64]),
        concat([1, 1, -1, -1], [1, 0, 61, 45]), convolution([-1, -1, -1, -1], [8, 3, 16, 16]), expand([1, 2, -1, -1], [1, 3, 1, 1]),
        weighted("BatchNormalization", [1, -1, -1, -1], eight), weighted("ConvTranspose", [1, -1, -1, -1], [[3, 1, 2, 2]]),
        weighted("ConvTranspose", [1, 1, -1, -1], [[1, 1, 2, 2]], [("pads", .ints([2000, 2000, 2000, 2000]))]),
        weighted("Conv", [1, 1, -1, -1], [[1, 1, 1, 3000]]), cut,
        weighted("Conv", [-1, -1, -1, -1], [[4, 5, 3, 3], [4]], [("group", .int(2))]),
    ]

    @Test("Some size of the image may run it: the network is loaded", arguments: possible)
    func accepted(_ network: Case) throws {
        #expect(try Network(onnx: network.file).outputs[0].name == "y")
    }

    /// Convolutions in a row, of an image that declares no shape or one of free extents.
    private static func chain(_ weights: [[Int]], input: [Int]?, _ before: (inout ModelBuilder) -> Void = { $0.node("Relu", ["x"], ["0"]) })
        -> Case
    {
        Case("Conv with \(weights) of \(input.map { "\($0)" } ?? "no declared shape")", input) {
            before(&$0)
            for (index, shape) in weights.enumerated() {
                $0.weights("w\(index)", shape, [Float](repeating: 1, count: shape.reduce(1, *)))
                let isLast = index == weights.count - 1
                $0.node("Conv", ["\(index)", "w\(index)"], [isLast ? "y" : "\(index + 1)"], name: isLast ? "wrong" : "")
            }
        }
    }

    /// As many channels as twice the input's.
    private static func doubled(_ builder: inout ModelBuilder) { builder.node("Concat", ["x", "x"], ["0"], [("axis", .int(1))]) }
    /// At most three of the channels.
    private static func cutChannels(_ builder: inout ModelBuilder) {
        for (name, number) in [("from", 0), ("to", 3), ("axis", 1)] { builder.initializer(ModelBuilder.tensor(name, integers: [number])) }
        builder.node("Slice", ["x", "from", "to", "axis"], ["0"])
    }

    static let hopeless = [
        chain([[4, 3, 3, 3], [4, 4, 3, 3, 3]], input: nil), chain([[4, 3, 3, 3], [4, 4, 3], [4, 4, 3, 3]], input: nil),
        chain([[4, 3, 3, 3], [4, 5, 3, 3]], input: nil), chain([[4, 3, 3, 3], [4, 5, 3, 3]], input: [-1, -1, -1, -1]),
        chain([[4, 3, 3, 3, 3], [4, 5, 3, 3, 3]], input: [-1, -1, -1, -1, -1]),
        chain([[4, 3, 3], [4, 5, 3]], input: nil), chain([[4, 3], [4, 4]], input: nil),
    ]

    @Test("No number of axes and channels runs it: a node is named", arguments: hopeless)
    func refusedAtAnyRank(_ network: Case) throws {
        let error = try #require(throws: NetworkError.self) { try ONNXModel(ByteSource(network.file)) }
        #expect(error.kind == .shape && error.node != nil, "\(error)")
    }

    static let hopeful = [
        chain([[4, 3, 3, 3], [4, 4, 3, 3]], input: nil), chain([[4, 3, 3, 3, 3], [4, 4, 3, 3, 3]], input: nil),
        chain([[4, 3, 3], [4, 4, 3]], input: nil), chain([[4, 6, 3, 3], [4, 4, 3, 3]], input: nil, doubled),
        chain([[4, 3, 3, 3], [4, 4, 3, 3]], input: [-1, -1, -1, -1], cutChannels),
        chain([[4, 3, 3, 3], [4, 4, 3, 3]], input: nil, cutChannels),
    ]

    @Test("Some number of axes and channels may run it: the network is loaded", arguments: hopeful)
    func acceptedAtSomeRank(_ network: Case) throws {
        #expect(try Network(onnx: network.file).outputs[0].name == "y")
    }

    @Test("The error of an input without a shape names it") func openInput() throws {
        let network = ExtentCheckTests.chain([[4, 3, 3, 3], [4, 4, 3, 3, 3]], input: nil)
        let error = try #require(throws: NetworkError.self) { try ONNXModel(ByteSource(network.file)) }
        #expect(error.node == "wrong" && error.message.contains("'x' declares no shape"), "\(error)")
    }

    @Test("An extent of -1 is free, as one of 0; other extents below 1 are errors", arguments: [(-1, true), (0, true), (-2, false)])
    func negative(extent: Int, isFree: Bool) throws {
        func port(_ name: String) -> [UInt8] {
            let shape = [1, extent].flatMap { Wire.bytes(1, Wire.number(1, $0)) }
            return Wire.text(1, name) + Wire.bytes(2, Wire.bytes(1, Wire.number(1, 1) + Wire.bytes(2, shape)))
        }
        let node = Wire.text(1, "x") + Wire.text(2, "y") + Wire.text(4, "Relu")
        let graph = Wire.bytes(1, node) + Wire.bytes(11, port("x")) + Wire.bytes(12, port("y"))
        let file = Wire.bytes(7, graph) + Wire.bytes(8, Wire.number(2, 17))
        guard isFree else {
            #expect { try Network(onnx: file) } throws: { ($0 as? NetworkError)?.message.contains("extent of -2") == true }
            return
        }
        #expect(try Network(onnx: file).inputs[0].shape == [.fixed(1), .unknown])
    }

    @Test("Equal names are equal extents, wherever they are")
    func symbols() throws {
        func network(_ shift: Int) -> [UInt8] {
            var builder = ModelBuilder()
            builder.input("x", [1, -1])
            builder.input("z", [1, -1])
            builder.output("y")
            builder.initializer(ModelBuilder.tensor("one", integers: [1]))
            builder.initializer(ModelBuilder.tensor("shift", integers: [shift]))
            // The extent of the one, as numbers, is that of the other.
            builder.node("Shape", ["x"], ["e"])
            builder.node("Gather", ["e", "one"], ["w"], [("axis", .int(0))])
            builder.node("Add", ["w", "shift"], ["v"])
            builder.node("Concat", ["one", "v"], ["s"], [("axis", .int(0))])
            builder.node("Reshape", ["z", "s"], ["y"])
            return builder.file
        }
        #expect(try Network(onnx: network(0)).inputs.count == 2)
        // What follows from a size as a number is not judged before the size is known.
        let late = try Network(onnx: network(1))
        #expect(throws: NetworkError.self) { try late.workingSetBytes(inputShapes: ["x": [1, 5], "z": [1, 5]]) }
    }
}
