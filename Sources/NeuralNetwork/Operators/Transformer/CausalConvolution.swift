#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `CausalConvWithState` (opset 27): each channel's convolution with its own kernel over what came before, with the last inputs as its
/// state. Input (batch, channels, length), weights (channels, 1, k), state (batch, channels, k - 1). In double precision.
struct CausalConvolution: Operator {
    private let node: Node
    private let isActivated: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...4, outputs: 1...2)
        try node.allow("activation")
        self.node = node
        let activation = try node.string("activation") ?? "none"
        guard ["none", "silu", "swish"].contains(activation) else {
            throw node.error(.attribute, "activation is '\(activation)'; expected none, silu or swish")
        }
        isActivated = activation != "none"
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.floatSignature(inputs, 0).shape, weights = try node.floatSignature(inputs, 1).shape
        guard input.count == 3, weights.count == 3, weights[..<2] == [input[1], 1], weights[2] > 0 else {
            throw node.error(.shape, "weights \(weights) do not fit an input of the shape \(input)")
        }
        let state = [input[0], input[1], weights[2] - 1]
        for (index, expected) in [(2, [input[1]]), (3, state)] where index < inputs.count && inputs[index] != nil {
            let shape = try node.floatSignature(inputs, index).shape
            guard shape == expected else { throw node.error(.shape, "input \(index) has the shape \(shape); expected \(expected)") }
        }
        return [Signature(input, .float32), Signature(state, .float32)].prefix(node.outputs.count).map(\.self)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        func values(_ index: Int) -> [Float]? { index < inputs.count ? inputs[index]?.floats : nil }
        let shape = outputs[0].shape, input = values(0) ?? [], weights = values(1) ?? [], bias = values(2), past = values(3)
        let taps = weights.count / max(1, shape[1]), before = taps - 1, length = shape[2]
        var results: [Float] = [], states: [Float] = []
        results.reserveCapacity(input.count)
        for line in 0..<shape[0] * shape[1] {
            let earlier = past.map { Array($0[line * before..<(line + 1) * before]) } ?? [Float](repeating: 0, count: before)
            let padded = earlier + input[line * length..<(line + 1) * length], channel = line % shape[1]
            for place in 0..<length {
                var sum = Double(bias?[channel] ?? 0)
                for tap in 0..<taps { sum += Double(padded[place + tap]) * Double(weights[channel * taps + tap]) }
                results.append(Float(isActivated ? sum / (1 + exp(-sum)) : sum))
            }
            states += padded.suffix(before)
        }
        let state = Tensor([shape[0], shape[1], before], .float32(states))
        return [Tensor(shape, .float32(results)), state].prefix(outputs.count).map(\.self)
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, node.outputs.count == 1, !(node.inputs.count > 3 && !node.inputs[3].isEmpty), let taps = inputs[1]?.shape.last
        else {
            return index == 1 || index == 2 ? AxisView.parameter(inputs[index]) : (inputs[index]?.shape ?? []).map { _ in .whole }
        }
        return [.same(0), .same(1), .window(2, AxisWindow(scale: .one) { $0.lowerBound - (taps - 1)...$0.upperBound })]
    }
}
