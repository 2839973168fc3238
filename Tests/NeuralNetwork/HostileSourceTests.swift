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
        input: [Int] = [1, 1, 8, 8], extents: [Int] = [1 << 25, 1, 1, 8], _ change: (inout ModelBuilder) -> Void
    ) -> LongFile {
        var builder = ModelBuilder()
        builder.input("x", input)
        builder.output("y")
        change(&builder)
        let elements = 1 << 28
        let tensor =
            extents.flatMap { Wire.number(1, $0) } + Wire.number(2, 1) + Wire.text(8, "w") + Wire.varint(9 << 3 | 2)
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
            if input.contains(-1) {
                // What depends on free extents is judged when they are known.
                #expect(try ONNXModel(file.source).inputs.count == 1)
            } else {
                let error = try #require(throws: NetworkError.self) { try ONNXModel(file.source) }
                #expect(error.kind == .shape && error.operatorType == node)
            }
            #expect(file.read <= 1 << 20)
        }
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
