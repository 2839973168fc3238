import Foundation
import NeuralNetwork
import Testing

/// Each operator against onnxruntime 1.23.2 or ONNX's reference evaluator; `Tests/Oracles/network_operators.py` made the cases.
@Suite("Operators agree with onnxruntime")
struct OperatorTests {
    static let cases: [String] = {
        guard let folder = Bundle.module.url(forResource: "Golden", withExtension: nil) else { return [] }
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }()

    @Test("Golden cases are there")
    func casesAreThere() {
        #expect(OperatorTests.cases.count > 150)
    }

    @Test("Kernels give onnxruntime's values", arguments: cases)
    func kernels(name: String) throws {
        let golden = try GoldenCase(name)
        for instructions in InstructionSet.allCases where instructions <= .best {
            try golden.compare(RunOptions(threads: 1, instructions: instructions), tolerance: 1e-5)
        }
    }

    @Test(
        "OpenBLAS gives the same values", arguments: cases.filter { $0.hasPrefix("conv") || $0.hasPrefix("gemm") || $0.hasPrefix("matmul") }
    )
    func openBLAS(name: String) throws {
        try GoldenCase(name).compare(RunOptions(threads: 2, products: .openBLAS), tolerance: 1e-5)
    }

    @Test("The number of threads changes no bit", arguments: cases)
    func threads(name: String) throws {
        let golden = try GoldenCase(name)
        let one = try golden.network.run(golden.inputs, options: RunOptions(threads: 1))
        for threads in [2, 3, 7] {
            #expect(try golden.network.run(golden.inputs, options: RunOptions(threads: threads)) == one)
        }
    }

    @Test("AVX2 and AVX-512 give the same bits", .enabled(if: InstructionSet.best == .avx512), arguments: cases)
    func instructions(name: String) throws {
        let golden = try GoldenCase(name)
        let wide = try golden.network.run(golden.inputs, options: RunOptions(instructions: .avx512))
        #expect(try golden.network.run(golden.inputs, options: RunOptions(instructions: .avx2)) == wide)
    }

    @Test("Planned output shapes are those of the run", arguments: cases.filter { !$0.hasPrefix("loop") })
    func shapes(name: String) throws {
        let golden = try GoldenCase(name)
        let planned = try golden.network.outputShapes(inputShapes: golden.inputs.mapValues(\.shape))
        #expect(planned == golden.outputs.mapValues(\.shape))
    }
}

/// A network with inputs and expected outputs.
struct GoldenCase {
    let name: String
    let network: Network
    let inputs: [String: Tensor]
    let outputs: [String: Tensor]

    init(_ name: String) throws {
        self.name = name
        let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil)).appending(path: name)
        network = try Network(onnx: [UInt8](Data(contentsOf: folder.appending(path: "model.onnx"))))
        func tensors(_ ports: [NeuralNetwork.Port], _ stem: String) throws -> [String: Tensor] {
            var tensors: [String: Tensor] = [:]
            for (index, port) in ports.enumerated() {
                tensors[port.name] = try Tensor(onnxTensor: [UInt8](Data(contentsOf: folder.appending(path: "\(stem)_\(index).pb"))))
            }
            return tensors
        }
        inputs = try tensors(network.inputs, "input")
        outputs = try tensors(network.outputs, "output")
    }

    func compare(_ options: RunOptions, tolerance: Float) throws {
        let results = try network.run(inputs, options: options)
        #expect(results.count == outputs.count)
        for (port, expected) in outputs {
            let result = try #require(results[port])
            #expect(result.shape == expected.shape && result.elementType == expected.elementType, "\(name) \(port)")
            guard let values = result.floats, let wanted = expected.floats else {
                #expect(result == expected, "\(name) \(port)")
                continue
            }
            let scale = max(1, wanted.lazy.map(abs).max() ?? 1)
            let worst = zip(values, wanted).lazy.map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= tolerance * scale, "\(name) \(port): differs by \(worst)")
        }
    }
}
