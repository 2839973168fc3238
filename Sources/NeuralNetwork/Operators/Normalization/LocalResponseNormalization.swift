#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `LRN`: each value divided by a power of the mean square of its neighbours along the channels.
struct LocalResponseNormalization: Operator {
    private let node: Node
    private let alpha, beta, bias: Double
    private let size: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow("alpha", "beta", "bias", "size")
        self.node = node
        alpha = Double(try node.float("alpha") ?? 1e-4)
        beta = Double(try node.float("beta") ?? 0.75)
        bias = Double(try node.float("bias") ?? 1)
        guard let size = try node.int("size"), size >= 1 else { throw node.error(.attribute, "size is missing or not positive") }
        self.size = size
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.floatSignature(inputs)
        guard input.rank >= 2 else { throw node.error(.shape, "the input has the shape \(input.shape)") }
        return [Signature(type: input.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = input.shape, values = input.doubles
        let channels = shape[1], plane = shape[2...].reduce(1, *)
        var results = values
        for place in values.indices {
            let channel = place / plane % channels
            let low = max(0, channel - (size - 1) / 2), high = min(channels - 1, channel + size / 2)
            var sum = 0.0
            for other in low...high {
                let value = values[place + (other - channel) * plane]
                sum += value * value
            }
            results[place] = values[place] / pow(bias + alpha / Double(size) * sum, beta)
        }
        return [Tensor(shape, doubles: results, as: .float32)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        outputs[0].shape.indices.map { $0 == 1 ? .whole : .same($0) }
    }
}
