import NeuralNetwork
import Testing

/// Files that strangers may hand in as a model: every one is an error before any kernel runs.
@Suite("Hostile models are refused when they are loaded or planned") struct HostileModelTests {
    /// A file that is wrong, and what it tries.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: [UInt8]

        init(_ name: String, _ file: [UInt8]) {
            testDescription = name
            self.file = file
        }
    }

    /// A model whose weights lie in another file.
    private static func external(_ location: String, _ entries: [(String, String)] = []) -> [UInt8] {
        let pairs = ([("location", location)] + entries).flatMap { Wire.bytes(13, Wire.text(1, $0.0) + Wire.text(2, $0.1)) }
        let tensor = Wire.number(1, 4) + Wire.number(2, 1) + Wire.text(8, "w") + pairs + Wire.number(14, 1)
        return ModelBuilder.model {
            $0.initializer(tensor)
            $0.node("Add", ["x", "w"], ["y"])
        }
    }

    private static func weights(_ dims: [Int], type: Int = 1, byteCount: Int) -> [UInt8] {
        let tensor = dims.flatMap { Wire.number(1, $0) } + Wire.number(2, type) + Wire.text(8, "w")
        return ModelBuilder.model {
            $0.initializer(tensor + Wire.bytes(9, [UInt8](repeating: 0, count: byteCount)))
            $0.node("Add", ["x", "w"], ["y"])
        }
    }

    /// An operator whose result is said by numbers of the file.
    private static func enlarging(_ type: String, _ numbers: [Int], input: [Int] = [1, 1, 1, 1]) -> [UInt8] {
        ModelBuilder.model(input: input) {
            $0.initializer(ModelBuilder.tensor("s", integers: numbers))
            $0.node(type, type == "ConstantOfShape" ? ["s"] : ["x", "s"], ["y"])
        }
    }

    /// Graphs inside the attributes of nodes, inside of each other.
    private static func nested(_ depth: Int) -> [UInt8] {
        var graph = Wire.bytes(1, Wire.text(1, "x") + Wire.text(2, "y") + Wire.text(4, "Relu"))
        for _ in 0..<depth {
            let attribute = Wire.text(1, "then_branch") + Wire.bytes(6, graph) + Wire.number(20, 5)
            graph = Wire.bytes(1, Wire.text(1, "x") + Wire.text(2, "y") + Wire.text(4, "If") + Wire.bytes(5, attribute))
        }
        return Wire.number(1, 8) + Wire.bytes(7, graph) + Wire.bytes(8, Wire.number(2, 17))
    }

    private static let plain = ModelBuilder.model { $0.node("Relu", ["x"], ["y"]) }

    static let all: [Hostile] = [
        Hostile("weights above the package", external("../../etc/passwd")),
        Hostile("weights at an absolute path", external("/etc/passwd")),
        Hostile("weights in /proc", external("/proc/self/environ")),
        Hostile("weights in a folder", external(".")),
        Hostile("weights at an offset that overflows", external("w.bin", [("offset", "\(Int.max)"), ("length", "16")])),
        Hostile("weights of negative length", external("w.bin", [("offset", "-8"), ("length", "-1")])),
        Hostile("huge extents", weights([1 << 40, 1 << 20], byteCount: 16)),
        Hostile("extents whose product wraps around", weights([1 << 32, 1 << 32], byteCount: 16)),
        Hostile("negative extents", weights([-1, 4], byteCount: 16)),
        Hostile("huge extents of the input", ModelBuilder.model(input: [1 << 62, 1 << 62, 4, 4]) { $0.node("Relu", ["x"], ["y"]) }),
        Hostile("too few bytes", weights([64], byteCount: 16)),
        Hostile("an unknown type", weights([4], type: 77, byteCount: 16)),
        Hostile("a number without end", plain + [UInt8](repeating: 0x80, count: 64)),
        Hostile("a record longer than the file", plain + Wire.varint(7 << 3 | 2) + Wire.varint(UInt64(Int.max))),
        Hostile("groups that are opened", plain + (0..<5000).flatMap { _ in Wire.varint(3 << 3 | 3) }),
        Hostile("2,000 graphs inside each other", nested(2000)),
        Hostile("50,000 graphs inside each other", nested(50_000)),
        Hostile("half of a file", Array(plain[..<(plain.count / 2)])),
        Hostile("nothing", []),
        Hostile("a pickle", [0x80, 2] + Array("cposix\nsystem\nX\u{4}\0\0\0trueq\0\u{1}R.".utf8)),
        Hostile("a PyTorch archive", Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26) + Array("archive/data.pkl".utf8)),
        Hostile(
            "safetensors", [60, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,99]}}".utf8)),
        Hostile("Expand to a terabyte", enlarging("Expand", [1, 1, 1 << 19, 1 << 19])),
        Hostile("Tile to a terabyte", enlarging("Tile", [1, 1, 1 << 19, 1 << 19])),
        Hostile("ConstantOfShape to a terabyte", enlarging("ConstantOfShape", [1 << 19, 1 << 19])),
        Hostile("Reshape beyond all numbers", enlarging("Reshape", [1 << 62, 1 << 62])),
        Hostile(
            "Range to a terabyte",
            ModelBuilder.model {
                $0.initializer(Wire.number(2, 7) + Wire.text(8, "a") + Wire.bytes(9, [UInt8](repeating: 0, count: 8)))
                $0.initializer(Wire.number(2, 7) + Wire.text(8, "b") + Wire.bytes(9, [0, 0, 0, 0, 64, 0, 0, 0]))
                $0.initializer(Wire.number(2, 7) + Wire.text(8, "c") + Wire.bytes(9, [1, 0, 0, 0, 0, 0, 0, 0]))
                $0.node("Range", ["a", "b", "c"], ["y"])
            }),
    ]

    @Test("It is an error", arguments: all)
    func refused(_ hostile: Hostile) {
        #expect(throws: NetworkError.self) {
            let network = try Network(onnx: hostile.file)
            // What cannot be known at load is known when the extents are: nothing is computed for it.
            let shapes = network.inputs.map { port in
                (port.name, port.shape.map { dimension -> Int in if case .fixed(let extent) = dimension { extent } else { 1 } })
            }
            _ = try network.workingSetBytes(inputShapes: [String: [Int]](shapes) { first, _ in first })
        }
    }

    @Test("The same file without the fault is read")
    func control() throws {
        #expect(try Network(onnx: HostileModelTests.plain).inputs.count == 1)
        #expect(try Network(onnx: HostileModelTests.weights([8], byteCount: 32)).outputs.count == 1)
        let small = try Network(onnx: HostileModelTests.enlarging("ConstantOfShape", [1, 1]))
        #expect(try small.workingSetBytes(inputShapes: ["x": [1, 1, 1, 1]]) >= 0)
    }
}
