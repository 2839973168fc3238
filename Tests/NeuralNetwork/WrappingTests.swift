import NeuralNetwork
import Testing

@Suite struct WrappingTests {
    private func result(_ values: [Float], _ change: (inout ModelBuilder) -> Void) throws -> [Float] {
        let network = try Network(onnx: ModelBuilder.model(input: [values.count], change))
        let tensor = try #require(Tensor(shape: [values.count], storage: .float32(values)))
        return try #require(network.run(["x": tensor])["y"]?.floats)
    }

    @Test("Running sums of whole numbers wrap around", arguments: [6, 12])
    func sums(_ type: Int) throws {
        // The largest numbers of these types that float32 holds.
        let first: Float = type == 6 ? 2_147_483_520 : 4_294_967_040
        let sums = try result([first, 512, 512]) {
            $0.initializer(ModelBuilder.tensor("axis", integers: [0]))
            $0.node("Cast", ["x"], ["whole"], [("to", .int(type))])
            $0.node("CumSum", ["whole", "axis"], ["sums"])
            $0.node("Cast", ["sums"], ["y"], [("to", .int(1))])
        }
        #expect(sums == (type == 6 ? [first, -2_147_483_264, -2_147_482_752] : [first, 256, 768]))
    }

    @Test("What is not a number stays in sums of exponentials, wherever it stands")
    func exponentials() throws {
        for values in [[Float.infinity, .nan, 1], [.nan, .infinity, 1], [1, .infinity, .nan]] {
            let sum = try result(values) { $0.node("ReduceLogSumExp", ["x"], ["y"], [("axes", .ints([0])), ("keepdims", .int(0))]) }
            #expect(sum.count == 1 && sum[0].isNaN)
        }
    }

    @Test("What is not a number stays in scattered extremes", arguments: ["max", "min"])
    func extremes(_ reduction: String) throws {
        let values = try result([1, .nan, 2]) {
            $0.opset = 18
            $0.initializer(ModelBuilder.tensor("places", integers: [0, 1, 2]))
            $0.weights("updates", [3], [.nan, 3, 2])
            $0.node("ScatterElements", ["x", "places", "updates"], ["y"], [("reduction", .string(reduction))])
        }
        #expect(values[0].isNaN && values[1].isNaN && values[2] == 2)
    }
}
