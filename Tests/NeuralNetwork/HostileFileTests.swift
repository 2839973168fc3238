import NeuralNetwork
import Testing

@Suite("Files that are wrong are errors, quickly and without taking memory")
struct HostileFileTests {
    /// The error of loading and then running a file; `nil` if there is none.
    private func failure(_ bytes: [UInt8], _ limits: NetworkLimits = .init()) -> NetworkError? {
        do throws(NetworkError) {
            let network = try Network(onnx: bytes, limits: limits)
            let shape = (network.inputs.first?.shape ?? []).map { (dimension: Dimension) -> Int in
                if case .fixed(let extent) = dimension { extent } else { 8 }
            }
            // A changed file may declare a huge input; the caller would not have such an image.
            guard (Tensor.elementCount(of: shape) ?? .max) < 1 << 20 else { return nil }
            guard let image = Tensor(shape: shape, storage: .float32([Float](repeating: 1, count: shape.reduce(1, *)))) else { return nil }
            _ = try network.run(network.inputs.isEmpty ? [:] : ["x": image])
            return nil
        } catch {
            return error
        }
    }

    @Test("Every cut of a file is an error or a smaller network, never a crash")
    func truncated() throws {
        let file = UNet(depth: 1, channels: 1, upsampling: .linear).file()
        for length in 0..<file.count { #expect(failure(Array(file[..<length])) != nil) }
    }

    @Test("Changed bytes never crash")
    func garbage() throws {
        let limits = NetworkLimits(maxTensorBytes: 1 << 20, maxWorkingSetBytes: 1 << 22)
        let file = UNet(depth: 1, channels: 1, upsampling: .deconvolution).file()
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<3000 {
            var changed = file
            for _ in 0...random(4) { changed[random(file.count)] = UInt8(random(256)) }
            _ = failure(changed, limits)
        }
        #expect(failure((0..<1000).map { _ in UInt8(random(256)) }) != nil)
    }

    @Test("Files that are no network", arguments: [[], [0x0A], [UInt8](repeating: 0xFF, count: 64), Array("not a network".utf8)])
    func noNetwork(bytes: [UInt8]) {
        #expect(failure(bytes)?.kind == .malformed)
    }

    @Test("Files of other formats are named, with the way to ONNX; none is opened")
    func otherFormats() {
        for (bytes, words) in [
            (Array("PK\u{3}\u{4}....".utf8), "torch.onnx.export"), ([0x89] + Array("HDF\r\n\u{1A}\n".utf8), "tf2onnx"),
            (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "git lfs pull"), (Array("<!DOCTYPE html>".utf8), "web page"),
            ([0x80, 0x02, 0x63], "pickle, which is never opened"), ([28, 0, 0, 0] + Array("TFL3".utf8), "TensorFlow Lite"),
        ] {
            let error = failure(bytes)
            #expect(error?.kind == .malformed && error?.message.contains(words) == true, "\(words)")
        }
    }

    @Test("An unknown operator is named with node, operator and opset")
    func unknownOperator() {
        let error = failure(ModelBuilder.model { $0.node("FancyOp", ["x"], ["y"], name: "layer7") })
        #expect(error?.kind == .unsupported)
        #expect(error?.description.contains("layer7") == true && error?.operatorType == "FancyOp" && error?.opset == 17)
    }

    @Test("An operator of a foreign domain, an unknown attribute, an unknown mode")
    func unsupported() {
        #expect(failure(ModelBuilder.model { $0.node("Relu", ["x"], ["y"], domain: "com.example") })?.kind == .unsupported)
        #expect(failure(ModelBuilder.model { $0.node("Relu", ["x"], ["y"], [("speed", .int(1))]) })?.kind == .unsupported)
        #expect(failure(ModelBuilder.model { $0.node("Resize", ["x"], ["y"], [("mode", .string("quintic"))]) })?.kind == .attribute)
    }

    @Test("Cycles, missing producers and double names")
    func graphs() {
        let cycle = ModelBuilder.model {
            $0.node("Add", ["x", "b"], ["a"])
            $0.node("Relu", ["a"], ["b"])
            $0.node("Relu", ["b"], ["y"])
        }
        #expect(failure(cycle)?.kind == .graph && failure(cycle)?.operatorType == "Add")
        #expect(failure(ModelBuilder.model { $0.node("Relu", ["nothing"], ["y"]) })?.kind == .graph)
        #expect(failure(ModelBuilder.model { _ in })?.kind == .graph)
        let twice = ModelBuilder.model {
            $0.node("Relu", ["x"], ["y"])
            $0.node("Relu", ["x"], ["y"])
        }
        #expect(failure(twice)?.kind == .graph)
        #expect(failure(ModelBuilder.model { $0.node("Relu", ["x", "x"], ["y"]) })?.kind == .graph)
    }

    @Test("20000 nodes are read, 200000 are refused; so are more than a given limit")
    func manyNodes() {
        func chain(_ count: Int) -> [UInt8] {
            ModelBuilder.model {
                for index in 0..<count {
                    $0.node("Identity", [index == 0 ? "x" : "v\(index)"], [index == count - 1 ? "y" : "v\(index + 1)"])
                }
            }
        }
        let file = chain(20_000)
        #expect(failure(file) == nil)
        #expect(failure(chain(200_000))?.kind == .limit)
        #expect(failure(file, NetworkLimits(maxNodes: 1000))?.kind == .limit)
        #expect(failure(file, NetworkLimits(maxRecords: 1000))?.kind == .limit)
        #expect(failure(file, NetworkLimits(maxFileBytes: 1000))?.kind == .limit)
    }

    @Test("Attributes, names and lists without measure are refused before they are decoded")
    func attributes() throws {
        func node(_ attributes: [(String, ModelBuilder.Value)]) -> [UInt8] {
            ModelBuilder.model { $0.node("Relu", ["x"], ["y"], attributes) }
        }
        let many = failure(node((0..<65).map { ("a\($0)", .int($0)) }))
        #expect(many?.kind == .limit && many?.message.contains("more than 64 attributes") == true)
        let long = failure(node([("a", .string(String(repeating: "x", count: 17 << 20)))]))
        #expect(long?.kind == .limit && long?.message.contains("\(16 << 20) bytes") == true)
        let packed = ModelBuilder.model {
            $0.initializer(Wire.bytes(1, [UInt8](repeating: 0, count: 5 << 20)) + Wire.number(2, 1) + Wire.text(8, "w"))
        }
        #expect(failure(packed)?.message.contains("\(1 << 20) bytes") == true)
        let weights = ModelBuilder.model {
            for index in 0..<21 { $0.weights("w\(index)", [1], [0]) }
            $0.node("Relu", ["x"], ["y"])
        }
        #expect(failure(weights, NetworkLimits(maxNodes: 10))?.message.contains("more than 20 weights") == true)
        let inputs = ModelBuilder.model {
            for index in 0..<1024 { $0.input("x\(index)", [1]) }
            $0.node("Relu", ["x"], ["y"])
        }
        #expect(failure(inputs)?.message.contains("1025 inputs") == true)
    }

    @Test("Messages say what was found, and are never longer than a page")
    func messages() {
        let extents = failure(
            ModelBuilder.model {
                $0.initializer(ModelBuilder.tensor("s", integers: [1, 1, 1 << 40, 1]))
                $0.node("Expand", ["x", "s"], ["y"])
            })
        #expect(extents?.message.contains("\(1 << 40)") == true)
        var builder = ModelBuilder()
        builder.opset = 99
        builder.input("x", [1])
        builder.output("y")
        builder.node("Relu", ["x"], ["y"])
        let opset = failure(builder.file)
        let message = opset?.message ?? ""
        #expect(message.contains("operator set 99 is newer") && message.contains("1 to 27"), "\(message)")
        let list = failure(
            ModelBuilder.model { $0.node("Transpose", ["x"], ["y"], [("perm", .ints([Int](repeating: 0, count: 9999)))]) })
        #expect(list?.message.hasPrefix("perm [0, 0") == true && (list?.message.utf8.count ?? 0) < 1100)
    }

    @Test("A million empty records are refused before they are decoded")
    func emptyRecords() {
        let graph = [UInt8]((0..<6_000_000).flatMap { _ in [0x0A, 0x00] as [UInt8] })
        #expect(failure(Wire.bytes(7, graph))?.kind == .limit)
    }

    @Test(
        "Weights that lie about their size",
        arguments: [
            ([1 << 40, 1 << 40], 4), ([-1, 4], 16), ([4], 15), ([4], 0), ([1 << 33], 4), ([2, 3], 20),
        ])
    func weights(dims: [Int], byteCount: Int) {
        let error = failure(
            ModelBuilder.model {
                $0.initializer(ModelBuilder.tensor("w", dims, bytes: [UInt8](repeating: 0, count: byteCount)))
                $0.node("Add", ["x", "w"], ["y"])
            })
        #expect(error?.kind == .malformed || error?.kind == .limit)
    }

    @Test("Weights in another file are refused")
    func externalData() {
        let error = failure(
            ModelBuilder.model {
                $0.initializer(ModelBuilder.tensor("w", [4], external: true))
                $0.node("Add", ["x", "w"], ["y"])
            })
        #expect(error?.kind == .elsewhere && error?.message.contains("external") == true)
    }

    @Test("Results of terabytes are refused before they are allocated")
    func terabytes() {
        let shape = ModelBuilder.model {
            $0.initializer(ModelBuilder.tensor("s", integers: [1 << 20, 1 << 20]))
            $0.node("ConstantOfShape", ["s"], ["y"])
        }
        let overflowing = ModelBuilder.model {
            $0.initializer(ModelBuilder.tensor("s", integers: [1 << 31, 1 << 31, 1 << 31, 0]))
            $0.node("ConstantOfShape", ["s"], ["y"])
        }
        let resize = ModelBuilder.model {
            $0.weights("s", [4], [1, 1, 500_000, 500_000])
            $0.node("Resize", ["x", "", "s"], ["y"])
        }
        let pad = ModelBuilder.model {
            $0.initializer(ModelBuilder.tensor("p", integers: [0, 0, 1 << 30, 1 << 30, 0, 0, 0, 0]))
            $0.node("Pad", ["x", "p"], ["y"])
        }
        let outer = ModelBuilder.model {
            $0.initializer(ModelBuilder.tensor("s", integers: [1 << 15, 1]))
            $0.initializer(ModelBuilder.tensor("t", integers: [1, 1 << 17]))
            $0.node("ConstantOfShape", ["s"], ["a"])
            $0.node("ConstantOfShape", ["t"], ["b"])
            $0.node("Add", ["a", "b"], ["y"])
        }
        for file in [shape, overflowing, resize, pad, outer] { #expect(failure(file)?.kind == .limit) }
    }

    @Test("Numbers at the ends of their range in attributes", arguments: [Int.max, Int.min, 1 << 31, -(1 << 31), 0, -1])
    func extremeAttributes(value: Int) {
        for name in ["kernel_shape", "strides", "dilations", "pads", "group"] {
            for type in ["Conv", "ConvTranspose", "MaxPool", "AveragePool"] {
                let file = ModelBuilder.model {
                    $0.weights("w", [1, 1, 3, 3], [Float](repeating: 1, count: 9))
                    var attributes: [(String, ModelBuilder.Value)] = [
                        (name, name == "group" ? .int(value) : .ints([Int](repeating: value, count: name == "pads" ? 4 : 2)))
                    ]
                    if type.hasSuffix("Pool"), name != "kernel_shape" { attributes.append(("kernel_shape", .ints([2, 2]))) }
                    $0.node(type, type.hasSuffix("Pool") ? ["x"] : ["x", "w"], ["y"], attributes)
                }
                _ = failure(file, NetworkLimits(maxTensorBytes: 1 << 20))
            }
        }
    }

    @Test("Numbers at the ends of their range in shape arithmetic")
    func extremeShapes() {
        for value in [Int.max, Int.min, 0, -1, 1 << 62] {
            for type in ["Reshape", "ConstantOfShape", "Slice", "Gather", "Unsqueeze", "Squeeze", "Pad", "Split"] {
                for count in [1, 2, 4, 8] {
                    let file = ModelBuilder.model {
                        $0.initializer(ModelBuilder.tensor("s", integers: [Int](repeating: value, count: count)))
                        let inputs = type == "ConstantOfShape" ? ["s"] : type == "Slice" ? ["x", "s", "s", "s", "s"] : ["x", "s"]
                        $0.node(type, inputs, ["y"])
                    }
                    _ = failure(file, NetworkLimits(maxTensorBytes: 1 << 20))
                }
            }
        }
        let division = ModelBuilder.model {
            $0.initializer(ModelBuilder.tensor("a", integers: [Int.min, 1]))
            $0.initializer(ModelBuilder.tensor("b", integers: [-1, 0]))
            $0.node("Div", ["a", "b"], ["y"])
        }
        #expect(failure(division)?.kind == .shape)
    }

    @Test("Inputs that do not fit are refused with the name and the expectation")
    func inputs() throws {
        let network = try Network(onnx: ModelBuilder.model { $0.node("Relu", ["x"], ["y"]) })
        let small = try #require(Tensor(shape: [1, 1, 4, 4], storage: .float32([Float](repeating: 0, count: 16))))
        let whole = try #require(Tensor(shape: [1, 1, 8, 8], storage: .int64([Int64](repeating: 0, count: 64))))
        for inputs in [[:], ["x": small], ["x": whole], ["z": small]] {
            #expect(throws: NetworkError.self) { try network.run(inputs) }
        }
        #expect(throws: NetworkError.self) { try network.reach(inputShapes: ["z": [1]]) }
    }
}
