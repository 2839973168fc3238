import NeuralNetwork
import Testing

/// Values and extents at the edges of what operators take.
@Suite("Values at the edges") struct EdgeValueTests {
    private func run(_ file: [UInt8], _ input: TensorStorage, _ shape: [Int]) throws -> [String: Tensor] {
        try Network(onnx: file).run(["x": try #require(Tensor(shape: shape, storage: input))])
    }

    /// A network around one node of a list of numbers, with further outputs.
    private func list(
        _ count: Int, type: Int, _ operatorType: String, _ outputs: [String], _ attributes: [(String, ModelBuilder.Value)] = [],
        k: Int? = nil
    ) -> [UInt8] {
        var builder = ModelBuilder()
        builder.input("x", [count], type: type)
        for output in outputs { builder.output(output) }
        if let k { builder.initializer(ModelBuilder.tensor("k", integers: [k])) }
        builder.node(operatorType, ["x"] + (k == nil ? [] : ["k"]), outputs, attributes)
        return builder.file
    }

    @Test("TopK counts NaN as larger than all numbers, and of equal elements takes the first")
    func topWithNaN() throws {
        let values: [Float] = [3, .nan, 1, Float(nan: 7, signaling: false), 5, 1, -0.0, 0, 2, 7]
        for (largest, expected) in [(1, [1, 3, 9, 4]), (0, [6, 7, 2, 5])] {
            let file = list(10, type: 1, "TopK", ["v", "i"], [("largest", .int(largest))], k: 4)
            #expect(try run(file, .float32(values), [10])["i"]?.storage == .int64(expected.map { Int64($0) }))
        }
        let all = list(4, type: 1, "TopK", ["v", "i"], [("largest", .int(0))], k: 4)
        #expect(try run(all, .float32([3, .nan, 1, 7]), [4])["i"]?.storage == .int64([2, 0, 3, 1]))
    }

    @Test("Whole numbers beyond 2^53 are told apart, the largest unsigned ones too")
    func wideIntegers() throws {
        let wide: [Int64] = [1 << 53, 1 << 53 + 1, 1 << 53 + 2, 5, -1]
        let top = list(5, type: 7, "TopK", ["v", "i"], k: 2)
        #expect(try run(top, .int64(wide), [5])["i"]?.storage == .int64([2, 1]))
        let unsigned = list(3, type: 13, "TopK", ["v", "i"], k: 1)
        #expect(try run(unsigned, .uint64([.max - 1, .max, 3]), [3])["i"]?.storage == .int64([1]))
        let unique = list(5, type: 7, "Unique", ["u"])
        #expect(try run(unique, .int64(wide), [5])["u"]?.storage == .int64([-1, 5, 1 << 53, 1 << 53 + 1, 1 << 53 + 2]))
    }

    @Test("Sums and products that are scattered wrap around, and whole numbers beyond 2^53 are exact", arguments: ["add", "mul", "max"])
    func scattered(_ reduction: String) throws {
        func scatter<Number: FixedWidthInteger>(
            _ operatorType: String, _ type: Int, _ numbers: [Number], _ storage: ([Number]) -> TensorStorage
        ) throws {
            var builder = ModelBuilder()
            builder.input("x", [2], type: type)
            builder.input("u", [2], type: type)
            builder.output("y")
            let isND = operatorType == "ScatterND"
            builder.initializer(ModelBuilder.tensor("places", integers: [1, 1]))
            builder.initializer(ModelBuilder.tensor("shape", integers: isND ? [2, 1] : [2]))
            builder.node("Reshape", ["places", "shape"], ["i"])
            builder.node(operatorType, ["x", "i", "u"], ["y"], [("reduction", .string(reduction))])
            builder.opset = 18
            let expected =
                switch reduction {
                case "add": numbers[1] &+ numbers[2] &+ numbers[3]
                case "mul": numbers[1] &* numbers[2] &* numbers[3]
                default: max(numbers[1], numbers[2], numbers[3])
                }
            let inputs = [
                "x": try #require(Tensor(shape: [2], storage: storage(Array(numbers.prefix(2))))),
                "u": try #require(Tensor(shape: [2], storage: storage(Array(numbers.suffix(2))))),
            ]
            #expect(try Network(onnx: builder.file).run(inputs)["y"]?.storage == storage([numbers[0], expected]))
        }
        for name in ["ScatterElements", "ScatterND"] {
            try scatter(name, 7, [5, 1 << 53 + 1, 1 << 53 + 3, Int64.max]) { .int64($0) }
            try scatter(name, 13, [5, 1 << 53 + 1, 1 << 53 + 3, UInt64.max]) { .uint64($0) }
            try scatter(name, 6, [5, 1 << 30 + 1, -(1 << 30) - 7, Int32.min]) { .int32($0) }
            try scatter(name, 2, [5, 200, 100, UInt8(77)]) { .uint8($0) }
            try scatter(name, 3, [5, 100, -100, Int8.min]) { .int8($0) }
        }
    }

    @Test("Unique takes NaN for one value behind all others")
    func uniqueWithNaN() throws {
        let numbers: [Float] = [1, Float(nan: 7, signaling: false), 1, .nan, 0]
        let result = try run(list(5, type: 1, "Unique", ["u", "f", "n", "c"]), .float32(numbers), [5])
        let values = try #require(result["u"]?.floats)
        #expect(values.count == 3 && values[0] == 0 && values[1] == 1 && values[2].isNaN)
        #expect(result["n"]?.storage == .int64([1, 2, 1, 2, 0]) && result["c"]?.storage == .int64([1, 2, 2]))
    }

    @Test(
        "Pooling that rounds up takes extents below the kernel's, as long as one window begins in them",
        arguments: [
            (2, 3, 2, 1), (3, 4, 2, 1), (1, 2, 2, 1), (2, 3, 3, 1), (1, 3, 2, nil), (7, 3, 2, 3), (8, 3, 2, 4), (4, 1, 2, 2),
        ]
            as [(
                Int, Int, Int, Int?
            )])
    func roundedUp(_ extent: Int, _ kernel: Int, _ stride: Int, _ expected: Int?) throws {
        for operatorType in ["MaxPool", "AveragePool"] {
            let file = ModelBuilder.model(input: [1, 1, extent, extent]) {
                $0.node(
                    operatorType, ["x"], ["y"],
                    [("kernel_shape", .ints([kernel, kernel])), ("strides", .ints([stride, stride])), ("ceil_mode", .int(1))])
            }
            let count = extent * extent, values = (0..<count).map { Float($0) }
            guard let expected else {
                #expect(throws: NetworkError.self) { try run(file, .float32(values), [1, 1, extent, extent]) }
                continue
            }
            let result = try #require(try run(file, .float32(values), [1, 1, extent, extent])["y"])
            #expect(result.shape == [1, 1, expected, expected])
            if expected == 1 {
                let whole = operatorType == "MaxPool" ? Float(count - 1) : values.reduce(0, +) / Float(count)
                #expect(result.floats == [whole])
            }
        }
    }

    @Test(
        "Pooling that rounds down refuses extents below the kernel's, as nothing lies whole in them",
        arguments: [(2, 3, 2, nil), (1, 2, 2, nil), (1, 3, 4, nil), (3, 3, 2, 1), (4, 3, 2, 1), (5, 3, 2, 2)] as [(Int, Int, Int, Int?)])
    func roundedDown(_ extent: Int, _ kernel: Int, _ stride: Int, _ expected: Int?) throws {
        let network = try Network(
            onnx: ModelBuilder.model(input: [1, 1, -1, -1]) {
                $0.node("MaxPool", ["x"], ["y"], [("kernel_shape", .ints([kernel, kernel])), ("strides", .ints([stride, stride]))])
            })
        let shapes = try? network.outputShapes(inputShapes: ["x": [1, 1, extent, extent]])
        #expect(shapes == expected.map { ["y": [1, 1, $0, $0]] })
    }

    @Test(
        "A normalised plane of one value is the shift, whatever the value, and small differences on a high ground keep their digits",
        arguments: ["InstanceNormalization", "GroupNormalization"], [1, 16])
    func constantPlanes(_ operatorType: String, _ channels: Int) throws {
        let side = 40, places = side * side
        var builder = ModelBuilder()
        builder.opset = 21
        builder.input("x", [1, channels, side, side])
        builder.output("y")
        builder.weights("scale", [channels], [Float](repeating: 1.7, count: channels))
        builder.weights("shift", [channels], [Float](repeating: 0.5, count: channels))
        let groups: [(String, ModelBuilder.Value)] = operatorType == "GroupNormalization" ? [("num_groups", .int(channels))] : []
        builder.node(operatorType, ["x", "scale", "shift"], ["y"], groups)
        let file = builder.file
        for value in [Float(1234.5), 30000] {
            let image = [Float](repeating: value, count: channels * places)
            let result = try #require(try run(file, .float32(image), [1, channels, side, side])["y"]?.floats)
            #expect(result.allSatisfy { $0 == 0.5 })
        }
        var numbers = Numbers(seed: 11)
        let image = numbers.next(channels * places).map { 30000 + ($0 * 6).rounded() }
        let result = try #require(try run(file, .float32(image), [1, channels, side, side])["y"]?.floats)
        let plane = image.prefix(places).map(Double.init), mean = plane.reduce(0, +) / Double(places)
        let variance = plane.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(places)
        let worst = zip(plane, result).map { abs(($0 - mean) / (variance + 1e-5).squareRoot() * 1.7 + 0.5 - Double($1)) }.max() ?? 1
        #expect(worst < 2e-6)
    }

    @Test("Operators of float32 alone take float64, and give it")
    func doubles() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 4, 4], type: 11)
        builder.output("y")
        builder.weights("single", [2, 1, 3, 3], (0..<18).map { Float($0) / 8 })
        builder.node("Cast", ["single"], ["w"], [("to", .int(11))])
        builder.node("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
        builder.node("AveragePool", ["c"], ["p"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        builder.node("Relu", ["p"], ["y"])
        let values = (0..<16).map { Double($0) / 4 }
        let result = try #require(try run(builder.file, .float64(values), [1, 1, 4, 4])["y"])
        #expect(result.elementType == .float64 && result.shape == [1, 2, 2, 2])
        let single = ModelBuilder.model(input: [1, 1, 4, 4]) {
            $0.weights("w", [2, 1, 3, 3], (0..<18).map { Float($0) / 8 })
            $0.node("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("AveragePool", ["c"], ["y"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        }
        let expected = try #require(try run(single, .float32(values.map(Float.init)), [1, 1, 4, 4])["y"]?.floats)
        #expect(result.storage == .float64(expected.map(Double.init)))
        let mixed = ModelBuilder.model(input: [1, 1, 4, 4]) {
            $0.weights("single", [1, 1, 1, 1], [2])
            $0.node("Cast", ["single"], ["w"], [("to", .int(11))])
            $0.node("Conv", ["x", "w"], ["y"])
        }
        let error = #expect(throws: NetworkError.self) { try run(mixed, .float32([Float](repeating: 1, count: 16)), [1, 1, 4, 4]) }
        #expect(error?.kind == .unsupported && "\(error, default: "")".contains("float32 and of float64"))
    }

    @Test("Padding that cuts one axis away pads no other one, however far")
    func paddedToNothing() throws {
        let file = ModelBuilder.model(input: [1, 1, 3, 4]) {
            $0.initializer(ModelBuilder.tensor("p", integers: [0, 0, 1025, 0, 655_360, -1, 1 << 29, 1 << 17]))
            $0.node("Pad", ["x", "p"], ["y"])
        }
        let result = try run(file, .float32([Float](repeating: 1, count: 12)), [1, 1, 3, 4])["y"]
        #expect(result?.shape == [655_361, 0, 1 << 29 + 1028, 1 << 17 + 4])
        let cut = ModelBuilder.model(input: [2, 3]) {
            $0.initializer(ModelBuilder.tensor("p", integers: [1, -1, 0, -1]))
            $0.node("Pad", ["x", "p"], ["y"])
        }
        #expect(try run(cut, .float32([1, 2, 3, 4, 5, 6]), [2, 3])["y"]?.floats == [0, 2, 5])
    }

    @Test("A transform of lines that are not there is nothing, however long they would be")
    func noLines() throws {
        let file = ModelBuilder.model(input: [1]) {
            $0.initializer(ModelBuilder.tensor("s", integers: [0, 1 << 22, 1]))
            $0.node("ConstantOfShape", ["s"], ["c"])
            $0.node("DFT", ["c"], ["d"])
            $0.node("ReduceSum", ["d"], ["sum"], [("keepdims", .int(0))])
            $0.node("Add", ["x", "sum"], ["y"])
        }
        #expect(try run(file, .float32([3]), [1])["y"]?.floats == [3])
    }
}
