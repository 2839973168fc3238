import NeuralNetwork
import Synchronization
import Testing

/// Long files, of which only the first bytes are written; all others are one value. What is read of them is counted.
private final class LongFile: Sendable {
    private let head: [UInt8]
    private let filler: UInt8
    private let count: Int
    private let bytesRead = Mutex(0)

    init(_ head: [UInt8], filler: UInt8 = 0, count: Int = 1 << 31) {
        self.head = head
        self.filler = filler
        self.count = count
    }

    var read: Int { bytesRead.withLock { $0 } }

    var source: ByteSource {
        ByteSource(count: count) { [self] start, buffer in
            bytesRead.withLock { $0 += buffer.count }
            for index in buffer.indices { buffer[index] = start + index < head.count ? head[start + index] : filler }
            return true
        }
    }

    /// A model whose weight `w`, of a gigabyte, takes all the rest of the file.
    static func weight(
        input: [Int] = [1, 1, 8, 8], extents: [Int] = [1 << 25, 1, 1, 8], type: Int = 1, field: Int = 9,
        _ change: (inout ModelBuilder) -> Void
    ) -> LongFile {
        var builder = ModelBuilder()
        builder.input("x", input)
        builder.output("y")
        change(&builder)
        let elements = 1 << 28
        let tensor =
            extents.flatMap { Wire.number(1, $0) } + Wire.number(2, type) + Wire.text(8, "w") + Wire.varint(UInt64(field) << 3 | 2)
            + Wire.varint(UInt64(4 * elements))
        let initializer = Wire.varint(5 << 3 | 2) + Wire.varint(UInt64(tensor.count + 4 * elements)) + tensor
        let graph = builder.graph + initializer
        let head =
            Wire.number(1, 8) + Wire.bytes(8, Wire.number(2, 17)) + Wire.varint(7 << 3 | 2)
            + Wire.varint(UInt64(graph.count + 4 * elements))
            + graph
        return LongFile(head, count: head.count + 4 * elements)
    }
}

@Suite("Long files are judged by what little of them is read") struct HostileSourceTests {
    @Test(
        "Two gigabytes that are no network", arguments: [(0, NetworkError.Kind.limit, "records"), (0xFF, .malformed, "not an ONNX file")])
    func garbage(filler: UInt8, kind: NetworkError.Kind, words: String) throws {
        let file = LongFile([], filler: filler)
        let error = try #require(throws: NetworkError.self) { try ONNXModel(file.source) }
        #expect(error.kind == kind && error.message.contains(words))
        #expect(file.read <= 4 << 20)
    }

    @Test("A fault beside a gigabyte of weights is found without reading them")
    func faults() throws {
        let unknown = LongFile.weight { $0.node("Fancy", ["x", "w"], ["y"]) }
        let cycle = LongFile.weight {
            $0.node("Add", ["x", "b"], ["a"])
            $0.node("Add", ["a", "w"], ["b"])
            $0.node("Relu", ["b"], ["y"])
        }
        for (file, kind) in [(unknown, NetworkError.Kind.unsupported), (cycle, .graph)] {
            let error = try #require(throws: NetworkError.self) { try ONNXModel(file.source) }
            #expect(error.kind == kind)
            #expect(file.read <= 1 << 20)
        }
    }

    @Test("A gigabyte is judged by its extents without reading it", arguments: [[1, 1, 8, 8], [1, 3, -1, -1]])
    func extents(input: [Int]) throws {
        for (extents, node) in [([1 << 20, 2, 8, 16], "Conv"), ([1 << 28], "MatMul"), ([1 << 27, 2], "Concat")] {
            let file = LongFile.weight(input: input, extents: extents) {
                $0.node(node, ["x", "w"], ["y"], node == "Concat" ? [("axis", .int(0))] : [])
            }
            if input.contains(-1), node != "Conv" {
                // Channels are not free. What depends on free extents is judged when they are known.
                #expect(try ONNXModel(file.source).inputs.count == 1)
            } else {
                let error = try #require(throws: NetworkError.self) { try ONNXModel(file.source) }
                #expect(error.kind == .shape && error.operatorType == node)
            }
            #expect(file.read <= 1 << 20)
        }
    }

    @Test("Lists of axes of a gigabyte are too long for an image of any size", arguments: ["Squeeze", "ReduceSum", "Unsqueeze", "Reshape"])
    func lists(node: String) throws {
        let file = LongFile.weight(input: [1, 1, -1, -1], extents: [1 << 27], type: 7) { $0.node(node, ["x", "w"], ["y"]) }
        let error = try #require(throws: NetworkError.self) { try ONNXModel(file.source) }
        #expect(error.kind == .attribute && error.message.contains("\(1 << 27) numbers"), "\(error)")
        #expect(file.read <= 1 << 20)
    }

    @Test("What the shape of an image shows is found without reading a gigabyte; another image is told apart")
    func judged() throws {
        let sum = LongFile.weight(input: [1, 1, -1, -1], extents: [1, 1 << 15, 1, 1 << 13]) { $0.node("Add", ["x", "w"], ["y"]) }
        let double = LongFile.weight(input: [1, 1, -1, -1], extents: [1 << 25, 1, 2, 2], type: 11) {
            $0.node("Conv", ["x", "w"], ["y"])
        }
        for (file, kind) in [(sum, NetworkError.Kind.shape), (double, .unsupported)] {
            let model = try ONNXModel(file.source)
            let error = try #require(throws: NetworkError.self) { try model.judge(inputShapes: ["x": [1, 1, 512, 512]]) }
            #expect(error.kind == kind && error.node == "#0", "\(error)")
            let axes = try #require(throws: NetworkError.self) { try model.judge(inputShapes: ["x": [1, 1, 512]]) }
            #expect(axes.kind == .input)
            #expect(file.read <= 1 << 20)
        }
        try ONNXModel(sum.source).judge(inputShapes: ["x": [1, 1, 1, 1 << 13]])
        #expect(try ONNXModel(sum.source).weightBytes == 1 << 30)
    }

    @Test("A list that is wrong is found before another weight of a gigabyte is read")
    func wrongListFirst() throws {
        let file = LongFile.weight(extents: [1 << 28]) {
            // Six hundred numbers, the last without an end.
            let bytes = [UInt8](repeating: 1, count: 600) + [0x81]
            $0.initializer(Wire.number(1, 600) + Wire.number(2, 6) + Wire.text(8, "v") + Wire.bytes(5, bytes))
            $0.node("Cast", ["v"], ["f"], [("to", .int(1))])
            $0.node("Concat", ["w", "f"], ["y"], [("axis", .int(0))])
        }
        let error = try #require(throws: NetworkError.self) { try Network(ONNXModel(file.source)) }
        #expect(error.kind == .malformed && error.message.contains("does not end"), "\(error)")
        #expect(file.read <= 1 << 20)
    }

    @Test("Weights that nothing reads are not read from the file either")
    func unused() throws {
        let file = LongFile.weight { $0.node("Relu", ["x"], ["y"]) }
        #expect(try Network(ONNXModel(file.source)).constantBytes == 0)
        #expect(file.read <= 1 << 20)
    }

    @Test("A place outside of a second file of two gigabytes is found without reading it", arguments: [1 << 40, 1 << 31, -1])
    func external(offset: Int) throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 8, 8])
        builder.output("y")
        let entries = [("location", "w.data"), ("offset", "\(offset)"), ("length", "16")]
        let places = entries.flatMap { Wire.bytes(13, Wire.text(1, $0.0) + Wire.text(2, $0.1)) }
        builder.initializer(Wire.number(1, 4) + Wire.number(2, 1) + Wire.text(8, "w") + places + Wire.number(14, 1))
        builder.node("Add", ["x", "w"], ["y"])
        let file = LongFile([])
        let error = try #require(throws: NetworkError.self) {
            try ONNXModel(ByteSource(builder.file), externalData: ExternalData(location: "w.data", source: file.source))
        }
        #expect(error.kind == .malformed && error.message.contains("\(offset)"))
        #expect(file.read == 0)
    }

    @Test("Weights are the same from a file as from memory, raw or listed as floats or doubles", arguments: [9, 4, 10])
    func forms(field: Int) throws {
        let numbers = (0..<512).map { Float($0) / 8 - 20 }
        let isDouble = field == 10
        let bytes = numbers.flatMap { number -> [UInt8] in
            guard isDouble else { return Wire.little(number.bitPattern) }
            let bits = Double(number).bitPattern
            return (0..<8).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        }
        var builder = ModelBuilder()
        builder.input("x", [512])
        builder.output("y")
        builder.initializer(Wire.number(1, 512) + Wire.number(2, isDouble ? 11 : 1) + Wire.text(8, "w") + Wire.bytes(field, bytes))
        builder.node("Cast", ["w"], ["f"], [("to", .int(1))])
        builder.node("Add", ["x", "f"], ["y"])
        let file = LongFile(builder.file, count: builder.file.count)
        let ones = try #require(Tensor(shape: [512], storage: .float32([Float](repeating: 1, count: 512))))
        for network in [try Network(ONNXModel(file.source)), try Network(onnx: builder.file)] {
            #expect(try network.run(["x": ones])["y"]?.floats == numbers.map { $0 + 1 })
        }
    }

    @Test("Large tensors of Constant nodes are weights like others, whatever they have in all", arguments: [9, 4])
    func constants(field: Int) throws {
        let count = 3 << 20
        let bytes = (0..<count).flatMap { Wire.little(Float($0 % 1000).bitPattern) }
        let tensor = Wire.number(1, count) + Wire.number(2, 1) + Wire.bytes(field, bytes)
        var builder = ModelBuilder()
        builder.input("x", [1])
        builder.output("y")
        builder.node("Constant", [], ["unused"], [("value", .tensor(tensor))])
        builder.node("Constant", [], ["w"], [("value", .tensor(tensor))])
        builder.node("Add", ["w", "x"], ["y"])
        let file = LongFile(builder.file, count: builder.file.count)
        let model = try ONNXModel(file.source)
        #expect(file.read <= 1 << 20)
        let network = try Network(model)
        #expect(network.constantBytes == 4 * count && file.read <= 4 * count + 1 << 20)
        let one = try #require(Tensor(shape: [1], storage: .float32([1])))
        #expect(try network.run(["x": one])["y"]?.floats == (0..<count).map { Float($0 % 1000) + 1 })
    }

    /// Types with ONNX's numbers, the fields that list their numbers, and the bytes of an element.
    static let listed = [
        (10, 5, 2), (16, 5, 2), (2, 5, 1), (3, 5, 1), (4, 5, 2), (5, 5, 2), (6, 5, 4), (9, 5, 1), (7, 7, 8), (12, 11, 4), (13, 11, 8),
    ]

    /// A weight `w` added to the input as float32.
    private static func summed(_ count: Int, type: Int, field: Int, _ bytes: [UInt8]) -> [UInt8] {
        var builder = ModelBuilder()
        builder.opset = 21
        builder.input("x", [count])
        builder.output("y")
        builder.initializer(Wire.number(1, count) + Wire.number(2, type) + Wire.text(8, "w") + Wire.bytes(field, bytes))
        builder.node("Cast", ["w"], ["f"], [("to", .int(1))])
        builder.node("Add", ["x", "f"], ["y"])
        return builder.file
    }

    @Test("Numbers of any type are the same listed as raw, from a file as from memory", arguments: listed)
    func listedNumbers(type: Int, field: Int, bytes: Int) throws {
        // Negative numbers are listed with all 64 bits; what a type does not have is cut off.
        let numbers = (0..<70_000).map { $0 % 7 == 0 ? -($0 % 128) : $0 * 257 % 30_000 }
        let raw = numbers.flatMap { number -> [UInt8] in
            type == 9 ? [number == 0 ? 0 : 1] : (0..<bytes).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        let list = Self.summed(numbers.count, type: type, field: field, numbers.flatMap { Wire.varint(UInt64(bitPattern: Int64($0))) })
        let zeros = try #require(Tensor(shape: [numbers.count], storage: .float32([Float](repeating: 0, count: numbers.count))))
        func result(_ network: Network) throws -> [UInt32]? { try network.run(["x": zeros])["y"]?.floats?.map(\.bitPattern) }
        let expected = try result(Network(onnx: Self.summed(numbers.count, type: type, field: 9, raw)))
        #expect(try expected?.count == numbers.count && result(Network(onnx: list)) == expected)
        #expect(try result(Network(ONNXModel(LongFile(list, count: list.count).source))) == expected)
    }

    @Test("Listed pairs of four bits are read as raw ones")
    func listedPairs() throws {
        let bytes = (0..<500).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let list = Self.summed(1000, type: 21, field: 5, bytes.flatMap { Wire.varint(UInt64($0)) })
        let zeros = try #require(Tensor(shape: [1000], storage: .float32([Float](repeating: 0, count: 1000))))
        #expect(try Network(onnx: list).run(["x": zeros])["y"]?.floats == bytes.flatMap { [Float($0 & 15), Float($0 >> 4)] })
    }

    @Test("Megabytes of listed numbers stay in the file until the structure is judged")
    func manyListed() throws {
        let count = 3 << 20
        let bytes = (0..<count).map { UInt8($0 % 100) }, file = Self.summed(count, type: 2, field: 5, bytes)
        let long = LongFile(file, count: file.count), model = try ONNXModel(long.source)
        #expect(long.read <= 1 << 20)
        let zeros = try #require(Tensor(shape: [count], storage: .float32([Float](repeating: 0, count: count))))
        #expect(try Network(model).run(["x": zeros])["y"]?.floats == bytes.map { Float($0) })
    }

    @Test("Fewer or more listed numbers than the extents ask for are an error before any takes memory", arguments: [1 << 26, 1 << 30 + 1])
    func lyingLists(count: Int) throws {
        let file = LongFile.weight(extents: [count], type: 2, field: 5) { $0.node("Cast", ["w"], ["y"], [("to", .int(1))]) }
        let error = try #require(throws: NetworkError.self) { try ONNXModel(file.source) }
        #expect(error.kind == .malformed && error.message.contains("ask for \(count)"), "\(error)")
        #expect(file.read <= 1 << 20)
    }

    @Test("Lists of another count, without an end, or of another type than the weight's are errors")
    func wrongLists() throws {
        let pairs = (0..<600).flatMap { _ in [0x81, 0x01] as [UInt8] }, endless = [UInt8](repeating: 0x80, count: 599) + [1]
        for (file, words) in [
            (Self.summed(599, type: 7, field: 7, pairs), "lists 600 whole numbers"),
            (Self.summed(601, type: 7, field: 7, pairs), "lists 600 whole numbers"),
            (Self.summed(600, type: 7, field: 7, Array(pairs.dropLast()) + [0x81]), "lists 599 whole numbers"),
            (Self.summed(600, type: 7, field: 7, pairs + [0x81]), "does not end"),
            (Self.summed(100, type: 7, field: 7, endless + pairs.prefix(198)), "does not end"),
            (Self.summed(600, type: 1, field: 5, pairs), "another type"), (Self.summed(600, type: 7, field: 5, pairs), "another type"),
            (Self.summed(600, type: 10, field: 7, pairs), "another type"), (Self.summed(600, type: 12, field: 5, pairs), "another type"),
        ] {
            let error = try #require(throws: NetworkError.self) { try Network(onnx: file) }
            #expect(error.kind == .malformed && error.message.contains(words), "\(error)")
        }
    }

    /// A Constant that lies, or another node that holds so much.
    private static func lies(_ change: (inout ModelBuilder, [UInt8]) -> Void) -> [UInt8] {
        var builder = ModelBuilder()
        builder.input("x", [512])
        builder.output("y")
        let data = Wire.bytes(9, [UInt8](repeating: 0, count: 2048))
        change(&builder, Wire.number(2, 1) + data)
        builder.node("Add", ["x", "w"], ["y"])
        return builder.file
    }

    @Test("Constants that lie about their size, their place or their name are refused")
    func lyingConstants() throws {
        let whole = Wire.number(1, 512)
        func node(
            _ builder: inout ModelBuilder, _ tensor: [UInt8], type: String = "Constant", _ name: String = "value", to output: String = "w"
        ) {
            builder.node(type, [], [output], [(name, .tensor(tensor))])
        }
        let small = Wire.number(1, 512) + Wire.number(2, 1) + Wire.bytes(9, [UInt8](repeating: 0, count: 8))
        for (file, kind) in [
            (Self.lies { node(&$0, Wire.number(1, 513) + $1) }, NetworkError.Kind.malformed), (Self.lies { node(&$0, $1) }, .malformed),
            (Self.lies { node(&$0, whole + $1, type: "ConstantOfShape") }, .unsupported),
            (Self.lies { node(&$0, whole + $1, "sparse_value") }, .unsupported),
            (
                Self.lies {
                    node(&$0, whole + $1)
                    node(&$0, whole + $1)
                }, .graph
            ),
            (
                Self.lies {
                    node(&$0, whole + $1)
                    node(&$0, whole + $1, to: "x")
                }, .graph
            ),
            (
                Self.lies {
                    node(&$0, whole + $1)
                    $0.weights("w", [512], [Float](repeating: 1, count: 512))
                }, .graph
            ),
            (Self.lies { $0.node("Constant", [], ["w"], [("a", .tensor(whole + $1)), ("value", .tensor(whole + $1))]) }, .unsupported),
            // Two tensors under one attribute would become one of both.
            (Self.lies { $0.node("Constant", [], ["w"], [("value", .tensors([small, whole + $1]))]) }, .malformed),
        ] {
            let error = try #require(throws: NetworkError.self) { try ONNXModel(ByteSource(file)) }
            #expect(error.kind == kind, "\(error)")
        }
        #expect(try ONNXModel(ByteSource(Self.lies { node(&$0, whole + $1) })).inputs.count == 1)
    }

    @Test("A file that ends while its weights are read is an error, not zeros")
    func shortened() throws {
        var builder = ModelBuilder()
        builder.input("x", [512])
        builder.output("y")
        builder.weights("w", [512], [Float](repeating: 1, count: 512))
        builder.node("Add", ["x", "w"], ["y"])
        let bytes = builder.file
        let source = ByteSource(count: bytes.count) { start, buffer in
            // The elements of the weight are read at once, into their place.
            guard buffer.count != 2048 else { return false }
            for index in buffer.indices { buffer[index] = bytes[start + index] }
            return true
        }
        let error = try #require(throws: NetworkError.self) { try Network(ONNXModel(source)) }
        #expect(error.kind == .malformed && error.message.contains("'w'"))
    }
}
