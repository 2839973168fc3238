import NeuralNetwork
import Testing

@Suite("Files and tensors are taken up to their limits and not beyond") struct NetworkLimitTests {
    /// The error of reading, loading and planning; `nil` if there is none.
    private func failure(_ file: [UInt8], _ limits: NetworkLimits = .init()) -> NetworkError? {
        do throws(NetworkError) {
            let network = try Network(onnx: file, limits: limits)
            let shapes = network.inputs.map { port in
                (port.name, port.shape.map { dimension -> Int in if case .fixed(let extent) = dimension { extent } else { 1 } })
            }
            _ = try network.workingSetBytes(inputShapes: [String: [Int]](shapes) { first, _ in first })
            return nil
        } catch {
            return error
        }
    }

    private func isBeyond(_ file: [UInt8], _ words: String, _ limits: NetworkLimits = .init()) -> Bool {
        guard let error = failure(file, limits) else { return false }
        return error.kind == .limit && error.message.contains(words)
    }

    @Test("Two gibibytes of a file")
    func fileBytes() throws {
        for (count, isBeyond) in [(1 << 31, false), (1 << 31 + 1, true)] {
            let source = ByteSource(count: count) { _, _ in false }
            let error = try #require(throws: NetworkError.self) { try ONNXModel(source) }
            #expect((error.kind == .limit) == isBeyond, "\(error)")
        }
    }

    @Test("16 MiB of a graph's names and attributes")
    func graphBytes() {
        func file(_ count: Int) -> [UInt8] {
            ModelBuilder.model { $0.node("Relu", ["x"], ["y"], [("a", .string(String(repeating: "x", count: count)))]) }
        }
        #expect(failure(file(16 << 20 - 1 << 10))?.kind == .unsupported)
        #expect(isBeyond(file(16 << 20), "names, attributes"))
    }

    @Test("20,000 nodes, and eight times as many attributes and twice as many weights as nodes")
    func nodes() {
        func chain(_ count: Int, attributes: Int = 0) -> [UInt8] {
            ModelBuilder.model {
                for index in 0..<count {
                    $0.node(
                        "Identity", [index == 0 ? "x" : "v\(index)"], [index == count - 1 ? "y" : "v\(index + 1)"],
                        (0..<attributes).map { ("a\($0)", .int(1)) })
                }
            }
        }
        #expect(failure(chain(20_000)) == nil && isBeyond(chain(20_001), "20000 nodes"))
        let few = NetworkLimits(maxNodes: 10)
        #expect(failure(chain(10, attributes: 8), few)?.kind == .unsupported && isBeyond(chain(10, attributes: 9), "attributes", few))
        func weights(_ count: Int) -> [UInt8] {
            ModelBuilder.model {
                for index in 0..<count { $0.weights("w\(index)", [1], [0]) }
                $0.node("Relu", ["x"], ["y"])
            }
        }
        #expect(failure(weights(20), few) == nil && isBeyond(weights(21), "weights", few))
    }

    @Test("A million records")
    func records() {
        // Names of the graph, which are dropped; the graph itself is a record too.
        func file(_ count: Int) -> [UInt8] { Wire.bytes(7, (0..<count).flatMap { _ in [0x12, 0x00] as [UInt8] }) }
        #expect(failure(file(999_999))?.kind == .graph && isBeyond(file(1_000_000), "records"))
    }

    @Test("1024 inputs of a graph and 4096 of a node")
    func inputs() {
        func ports(_ count: Int) -> [UInt8] {
            ModelBuilder.model {
                for index in 1..<count { $0.input("x\(index)", [1]) }
                $0.node("Relu", ["x"], ["y"])
            }
        }
        #expect(failure(ports(1024)) == nil && isBeyond(ports(1025), "1025 inputs"))
        func sum(_ count: Int) -> [UInt8] { ModelBuilder.model { $0.node("Sum", [String](repeating: "x", count: count), ["y"]) } }
        #expect(failure(sum(4096)) == nil && isBeyond(sum(4097), "4097 inputs"))
    }

    @Test("A mebibyte of listed whole numbers, and eight axes of a weight, an input or a result")
    func numbers() {
        func packed(_ count: Int) -> [UInt8] {
            ModelBuilder.model {
                $0.initializer(Wire.bytes(1, [UInt8](repeating: 1, count: count)) + Wire.number(2, 1) + Wire.text(8, "w"))
                $0.node("Relu", ["x"], ["y"])
            }
        }
        #expect(isBeyond(packed(1 << 20), "axes") && isBeyond(packed(1 << 20 + 1), "whole numbers"))
        func weight(_ axes: Int) -> [UInt8] {
            ModelBuilder.model {
                $0.weights("w", [Int](repeating: 1, count: axes), [1])
                $0.node("Relu", ["x"], ["y"])
            }
        }
        #expect(failure(weight(8)) == nil && isBeyond(weight(9), "axes"))
        func input(_ axes: Int) -> [UInt8] { ModelBuilder.model(input: [Int](repeating: 1, count: axes)) { $0.node("Relu", ["x"], ["y"]) } }
        #expect(failure(input(8)) == nil && isBeyond(input(9), "axes"))
        func result(_ axes: Int) -> [UInt8] {
            ModelBuilder.model {
                $0.initializer(ModelBuilder.tensor("a", integers: Array(0..<axes - 4)))
                $0.node("Unsqueeze", ["x", "a"], ["y"])
            }
        }
        #expect(failure(result(8)) == nil && isBeyond(result(9), "axes"))
    }

    @Test("Graphs in nodes in graphs, eleven deep")
    func nesting() {
        func nested(_ depth: Int) -> [UInt8] {
            var graph = Wire.bytes(1, Wire.text(1, "x") + Wire.text(2, "y") + Wire.text(4, "Relu"))
            for _ in 0..<depth {
                let attribute = Wire.text(1, "then_branch") + Wire.bytes(6, graph) + Wire.number(20, 5)
                graph = Wire.bytes(1, Wire.text(1, "x") + Wire.text(2, "y") + Wire.text(4, "If") + Wire.bytes(5, attribute))
            }
            return Wire.bytes(7, graph)
        }
        #expect(failure(nested(10))?.message.contains("deeper") == false && isBeyond(nested(11), "deeper"))
    }

    /// Results of so many bytes, all of which the network gives out.
    private static func results(_ bytes: [Int]) -> [UInt8] {
        ModelBuilder.model(input: [1, 1]) {
            for (index, count) in bytes.enumerated() {
                $0.initializer(ModelBuilder.tensor("s\(index)", integers: [2, count / 8]))
                $0.node("Expand", ["x", "s\(index)"], [index == 0 ? "y" : "y\(index)"])
                if index > 0 { $0.output("y\(index)") }
            }
        }
    }

    @Test("8 GiB of a tensor and 64 GiB of a run, or what is allowed")
    func memory() {
        let most = 8 << 30
        #expect(failure(Self.results([most])) == nil && isBeyond(Self.results([most + 8]), "\(most) bytes"))
        #expect(failure(Self.results([Int](repeating: most, count: 7))) == nil)
        #expect(isBeyond(Self.results([Int](repeating: most, count: 8)), "\(64 << 30) are allowed"))
        let small = NetworkLimits(maxTensorBytes: 1024, maxWorkingSetBytes: 4096)
        #expect(failure(Self.results([1024]), small) == nil && isBeyond(Self.results([1032]), "1024 bytes", small))
        #expect(failure(Self.results([1024, 1024, 1024]), small) == nil)
        #expect(isBeyond(Self.results([1024, 1024, 1024, 1024]), "4096 are allowed", small))
        let process = NetworkLimits(memoryBytes: 1 << 20)
        #expect(process.maxTensorBytes == 1 << 20 && process.maxWorkingSetBytes == 1 << 20)
        #expect(NetworkLimits(memoryBytes: 1 << 40).maxTensorBytes == most)
    }

    @Test("A kibibyte of an input's name, and 4096 numbers where extents are asked for")
    func names() {
        func named(_ count: Int) -> [UInt8] {
            ModelBuilder.model {
                $0.input(String(repeating: "n", count: count), [1])
                $0.node("Relu", ["x"], ["y"])
            }
        }
        #expect(failure(named(1024)) == nil && isBeyond(named(1025), "1025 bytes"))
        func reshaped(_ doublings: Int) -> [UInt8] {
            ModelBuilder.model {
                $0.initializer(ModelBuilder.tensor("c0", integers: [1, 1]))
                for index in 0..<doublings { $0.node("Concat", ["c\(index)", "c\(index)"], ["c\(index + 1)"], [("axis", .int(0))]) }
                $0.node("Reshape", ["x", "c\(doublings)"], ["y"])
            }
        }
        #expect(failure(reshaped(11))?.kind == .shape && failure(reshaped(28))?.kind == .attribute)
    }
}
