import NeuralNetwork
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

@Suite("Attention in float64") struct DoubleAttentionTests {
    private static func tensor(_ shape: [Int], _ numbers: inout Numbers) throws -> Tensor {
        try #require(Tensor(shape: shape, storage: .float64(numbers.next(shape.reduce(1, *)).map(Double.init))))
    }

    /// Runs the node on float64, or on the same numbers as float32.
    private static func run(
        _ inputs: [String: Tensor], _ attributes: [(String, ModelBuilder.Value)], narrow: Bool
    ) throws -> [String: Tensor] {
        var builder = ModelBuilder()
        builder.opset = 24
        let names = ["q", "k", "v", "m", "pk", "pv"]
        for name in names {
            guard let tensor = inputs[name] else { continue }
            builder.input(name, tensor.shape, type: narrow || tensor.elementType == .bool ? tensor.elementType == .bool ? 9 : 1 : 11)
        }
        for name in ["y", "key", "value", "s"] { builder.output(name) }
        let given = inputs["pk"] == nil ? names.dropLast(2) : names[...]
        builder.node("Attention", given.map { inputs[$0] == nil ? "" : $0 }, ["y", "key", "value", "s"], attributes)
        let network = try Network(onnx: builder.file)
        var values = inputs
        if narrow {
            for (name, tensor) in inputs where tensor.elementType == .float64 {
                values[name] = Tensor(shape: tensor.shape, storage: .float32(tensor.doubles.map { Float($0) }))
            }
        }
        return try network.run(values)
    }

    @Test(
        "It is the float32 one up to float32's rounding, and keeps the type",
        arguments: [
            [("is_causal", ModelBuilder.Value.int(1))], [("softcap", .float(0.5)), ("qk_matmul_output_mode", .int(1))],
            [("scale", .float(0.3)), ("qk_matmul_output_mode", .int(2))], [("qk_matmul_output_mode", .int(3))],
        ])
    func agreement(attributes: [(String, ModelBuilder.Value)]) throws {
        var numbers = Numbers(seed: 7)
        var inputs = [
            "q": try Self.tensor([2, 4, 5, 3], &numbers), "k": try Self.tensor([2, 2, 6, 3], &numbers),
            "v": try Self.tensor([2, 2, 6, 7], &numbers),
        ]
        let hidden = Tensor(shape: [2, 1, 1, 7], storage: .bool((0..<14).map { $0 % 3 != 1 }))
        for mask in [nil, try Self.tensor([5, 8], &numbers), hidden] {
            inputs["m"] = mask
            inputs["pk"] = try Self.tensor([2, 2, 2, 3], &numbers)
            inputs["pv"] = try Self.tensor([2, 2, 2, 7], &numbers)
            let wide = try Self.run(inputs, attributes, narrow: false), narrow = try Self.run(inputs, attributes, narrow: true)
            for name in ["y", "key", "value", "s"] {
                let found = try #require(wide[name]), expected = try #require(narrow[name])
                #expect(found.elementType == .float64 && found.shape == expected.shape)
                for (one, other) in zip(found.doubles, expected.doubles) where one != other {
                    #expect(abs(one - other) <= 3e-6, "\(name): \(one), \(other)")
                }
            }
        }
    }

    @Test("It is as exact as its type: a softmax of three scores, heads side by side")
    func exactness() throws {
        let one = try #require(Tensor(shape: [1, 1, 1], storage: .float64([1])))
        let keys = try #require(Tensor(shape: [1, 3, 1], storage: .float64([0.1, 0.2, 0.4])))
        let values = try #require(Tensor(shape: [1, 3, 1], storage: .float64([1, 10, 100])))
        let heads = [("q_num_heads", ModelBuilder.Value.int(1)), ("kv_num_heads", .int(1))]
        let found = try #require(try Self.run(["q": one, "k": keys, "v": values], heads, narrow: false)["y"]?.doubles)
        let powers = [exp(0.1), exp(0.2), exp(0.4)]
        let expected = (powers[0] + 10 * powers[1] + 100 * powers[2]) / powers.reduce(0, +)
        #expect(found.count == 1 && abs(found[0] - expected) < 1e-13)
    }

    @Test("Inputs of two types are refused with the node")
    func types() throws {
        var numbers = Numbers(seed: 1)
        let wide = try Self.tensor([1, 1, 2, 2], &numbers)
        let bits = try #require(Tensor(shape: [1, 1, 2, 2], storage: .bool([true, true, true, true])))
        #expect { try Self.run(["q": wide, "k": wide, "v": bits], [], narrow: false) } throws: {
            ($0 as? NetworkError)?.kind == .unsupported && ($0 as? NetworkError)?.operatorType == "Attention"
        }
    }
}
