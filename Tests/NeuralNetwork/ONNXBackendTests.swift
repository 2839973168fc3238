import Foundation
import NeuralNetwork
import Testing

/// ONNX's own backend tests, where `make onnx-tests` has put the Python package.
@Suite("ONNX's own tests") struct ONNXBackendTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let data = root.appending(path: ".venv/onnx/onnx/backend/test/data")
    private static let areThere = FileManager.default.fileExists(atPath: data.path)

    private static func lines(_ name: String) throws -> [String] {
        let text = try String(contentsOf: root.appending(path: "Tests/Oracles/" + name), encoding: .utf8)
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test("Every exception is listed with its reason, and is one of the tier")
    func list() throws {
        let tier = Set(try ONNXBackendTests.lines("onnx_v2.txt"))
        for line in try ONNXBackendTests.lines("onnx_exceptions.txt") {
            let parts = line.split(separator: " ", maxSplits: 1)
            #expect(parts.count == 2 && tier.contains(String(parts[0])), "\(line)")
        }
        #expect(tier.isSuperset(of: try ONNXBackendTests.lines("onnx_v1.txt")))
    }

    @Test("All of the first tier pass, and of the second all but the exceptions", .enabled(if: areThere))
    func tiers() throws {
        var failed: Set<String> = []
        for name in try ONNXBackendTests.lines("onnx_v2.txt") where try !passes(ONNXBackendTests.data.appending(path: name)) {
            failed.insert(name)
        }
        let listed = try ONNXBackendTests.lines("onnx_exceptions.txt").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(failed == Set(listed), "differ: \(failed.symmetricDifference(listed).sorted())")
        #expect(failed.isDisjoint(with: try ONNXBackendTests.lines("onnx_v1.txt")))
    }

    /// Whether a test passes with the tolerance of ONNX's own runner. An operator or type that the core does not have is named at load;
    /// no other error may be thrown.
    private func passes(_ folder: URL) throws -> Bool {
        func tensor(_ stem: String, _ index: Int) throws -> Tensor? {
            guard let bytes = try? Data(contentsOf: folder.appending(path: "test_data_set_0/\(stem)_\(index).pb")) else { return nil }
            return try Tensor(onnxTensor: [UInt8](bytes))
        }
        let network: Network
        do throws(NetworkError) {
            guard let bytes = try? Data(contentsOf: folder.appending(path: "model.onnx")) else { return false }
            network = try Network(onnx: [UInt8](bytes))
        } catch {
            #expect(error.kind == .unsupported, "\(folder.lastPathComponent): \(error)")
            return false
        }
        var inputs: [String: Tensor] = [:]
        for (index, port) in network.inputs.enumerated() { inputs[port.name] = try tensor("input", index) }
        let results = try network.run(inputs)
        return try network.outputs.enumerated().allSatisfy { index, port in
            let result = try #require(results[port.name]), expected = try #require(try tensor("output", index))
            guard result.shape == expected.shape, result.elementType == expected.elementType else { return false }
            return zip(result.doubles, expected.doubles).allSatisfy { value, wanted in
                value == wanted || value.isNaN && wanted.isNaN || abs(value - wanted) <= 1e-7 + 1e-3 * abs(wanted)
            }
        }
    }
}
