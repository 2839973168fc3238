/// Writes small ONNX files byte by byte, independently of the reader.
struct ModelBuilder {
    private var nodes: [[UInt8]] = []
    private var initializers: [[UInt8]] = []
    private var inputs: [[UInt8]] = []
    private var outputs: [[UInt8]] = []
    private var functions: [[UInt8]] = []
    var opset = 17

    /// The file of a network from x to y.
    static func model(input: [Int] = [1, 1, 8, 8], _ change: (inout ModelBuilder) -> Void) -> [UInt8] {
        var builder = ModelBuilder()
        builder.input("x", input)
        builder.output("y")
        change(&builder)
        return builder.file
    }

    enum Value {
        case int(Int)
        case ints([Int])
        case float(Float)
        case string(String)
        case tensor([UInt8])
        /// Several under one name, as no exporter writes them.
        case tensors([[UInt8]])
        case graph([UInt8])
        /// A number that the call of a function gives under this name.
        case reference(String)
    }

    mutating func node(
        _ type: String, _ inputs: [String], _ outputs: [String], name: String = "", domain: String = "",
        _ attributes: [(String, Value)] = []
    ) {
        var bytes: [UInt8] = []
        for input in inputs { bytes += Wire.text(1, input) }
        for output in outputs { bytes += Wire.text(2, output) }
        if !name.isEmpty { bytes += Wire.text(3, name) }
        bytes += Wire.text(4, type)
        for (name, value) in attributes { bytes += Wire.bytes(5, ModelBuilder.attribute(name, value)) }
        if !domain.isEmpty { bytes += Wire.text(7, domain) }
        nodes.append(bytes)
    }

    private static func attribute(_ name: String, _ value: Value) -> [UInt8] {
        var bytes = Wire.text(1, name)
        switch value {
        case .float(let number): bytes += Wire.fixed32(2, number.bitPattern) + Wire.number(20, 1)
        case .int(let number): bytes += Wire.number(3, number) + Wire.number(20, 2)
        case .string(let text): bytes += Wire.text(4, text) + Wire.number(20, 3)
        case .tensor(let tensor): bytes += Wire.bytes(5, tensor) + Wire.number(20, 4)
        case .tensors(let tensors): bytes += tensors.flatMap { Wire.bytes(5, $0) } + Wire.number(20, 4)
        case .reference(let name): bytes += Wire.number(20, 1) + Wire.text(21, name)
        case .graph(let graph): bytes += Wire.bytes(6, graph) + Wire.number(20, 5)
        case .ints(let numbers): bytes += numbers.flatMap { Wire.number(8, $0) } + Wire.number(20, 7)
        }
        return bytes
    }

    /// A float32 tensor; `bytes` replaces its data.
    static func tensor(_ name: String, _ dims: [Int], _ values: [Float] = [], bytes: [UInt8]? = nil, external: Bool = false) -> [UInt8] {
        var result = dims.flatMap { Wire.number(1, $0) } + Wire.number(2, 1) + Wire.text(8, name)
        if external {
            result += Wire.bytes(13, Wire.text(1, "location") + Wire.text(2, "weights.bin")) + Wire.number(14, 1)
        } else {
            result += Wire.bytes(9, bytes ?? values.flatMap { Wire.little($0.bitPattern) })
        }
        return result
    }

    /// An int64 tensor.
    static func tensor(_ name: String, integers: [Int]) -> [UInt8] {
        Wire.number(1, integers.count) + Wire.number(2, 7) + Wire.text(8, name)
            + Wire.bytes(9, integers.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } })
    }

    mutating func initializer(_ tensor: [UInt8]) { initializers.append(tensor) }

    mutating func weights(_ name: String, _ dims: [Int], _ values: [Float]) { initializer(ModelBuilder.tensor(name, dims, values)) }

    /// - Parameter type: ONNX's number of the element type; float32 if left out.
    mutating func input(_ name: String, _ dims: [Int]?, type: Int = 1) { inputs.append(ModelBuilder.port(name, dims, type)) }

    /// - Parameter type: ONNX's number of the element type; float32 if left out.
    mutating func output(_ name: String, type: Int = 1) { outputs.append(ModelBuilder.port(name, nil, type)) }

    /// A port; extents below 0 are free, and those of one number below -1 are the same.
    private static func port(_ name: String, _ dims: [Int]?, _ element: Int = 1) -> [UInt8] {
        var type = Wire.number(1, element)
        if let dims {
            let shape = dims.enumerated().flatMap { index, extent in
                Wire.bytes(1, extent < 0 ? Wire.text(2, extent == -1 ? "d\(index)" : "n\(-extent)") : Wire.number(1, extent))
            }
            type += Wire.bytes(2, shape)
        }
        return Wire.text(1, name) + Wire.bytes(2, Wire.bytes(1, type))
    }

    /// A function of the domain `own`; its body has the opset of the graph.
    mutating func function(
        _ name: String, _ inputs: [String], _ outputs: [String], attributes: [String] = [], _ body: (inout ModelBuilder) -> Void
    ) {
        var inner = ModelBuilder()
        body(&inner)
        var bytes = Wire.text(1, name)
        for input in inputs { bytes += Wire.text(4, input) }
        for output in outputs { bytes += Wire.text(5, output) }
        for attribute in attributes { bytes += Wire.text(6, attribute) }
        bytes += inner.nodes.flatMap { Wire.bytes(7, $0) } + Wire.bytes(9, Wire.number(2, opset)) + Wire.text(10, "own")
        functions.append(bytes)
    }

    var file: [UInt8] {
        Wire.number(1, 8) + Wire.bytes(7, graph) + Wire.bytes(8, Wire.number(2, opset)) + functions.flatMap { Wire.bytes(25, $0) }
    }

    /// The graph alone, as the attribute of a node.
    var graph: [UInt8] {
        var graph = nodes.flatMap { Wire.bytes(1, $0) }
        graph += initializers.flatMap { Wire.bytes(5, $0) }
        graph += inputs.flatMap { Wire.bytes(11, $0) } + outputs.flatMap { Wire.bytes(12, $0) }
        return graph
    }
}

/// Protocol buffers' wire format.
enum Wire {
    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [], rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(UInt64(field) << 3) + varint(UInt64(bitPattern: Int64(value))) }
    static func bytes(_ field: Int, _ bytes: [UInt8]) -> [UInt8] { varint(UInt64(field) << 3 | 2) + varint(UInt64(bytes.count)) + bytes }
    static func text(_ field: Int, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }
    static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    static func fixed32(_ field: Int, _ value: UInt32) -> [UInt8] { varint(UInt64(field) << 3 | 5) + little(value) }
}

/// Reproducible numbers in -1..<1.
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }

    mutating func next(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}
