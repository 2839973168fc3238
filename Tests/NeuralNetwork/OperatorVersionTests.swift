import NeuralNetwork
import Testing

/// Operators in versions of the operator set that do not have them; the first versions are those of ONNX 1.22 (`onnx.defs`).
@Suite struct OperatorVersionTests {
    private func network(_ type: String, _ inputs: [[Int]], opset: Int) throws -> Network {
        var builder = ModelBuilder()
        builder.opset = opset
        for (index, shape) in inputs.enumerated() { builder.input("x\(index)", shape) }
        builder.output("y")
        builder.node(type, inputs.indices.map { "x\($0)" }, ["y"], name: "late")
        return try Network(onnx: builder.file)
    }

    @Test(
        "An operator that the file's operator set does not have yet is named with the versions that have it",
        arguments: [("Tan", 7), ("Erf", 9), ("Round", 11), ("HardSwish", 14), ("Mish", 18), ("Gelu", 20), ("Swish", 24)])
    func early(type: String, first: Int) throws {
        let error = try #require(throws: NetworkError.self) { try network(type, [[4]], opset: first - 1) }
        #expect(error.kind == .unsupported && error.node == "late" && error.opset == first - 1)
        #expect(error.message.contains("operator set \(first - 1) does not have this operator"), "\(error)")
        #expect(error.message.contains("expected \(first) to 27"), "\(error)")
        #expect(try network(type, [[4]], opset: first).opset == first)
    }

    @Test("What exporters wrote before the standard had it is taken")
    func before() throws {
        #expect(try network("LayerNormalization", [[2, 4], [4]], opset: 11).opset == 11)
        #expect(try network("ThresholdedRelu", [[4]], opset: 9).opset == 9)
    }

    @Test("An operator that later operator sets dropped is refused there")
    func late() throws {
        let error = try #require(throws: NetworkError.self) { try network("Upsample", [[1, 1, 4, 4], [4]], opset: 10) }
        #expect(error.message.contains("expected 7 to 9"), "\(error)")
    }
}
