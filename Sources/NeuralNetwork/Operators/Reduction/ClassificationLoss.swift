#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `NegativeLogLikelihoodLoss` and `SoftmaxCrossEntropyLoss` (opset 12 and later): how unlikely the right class of each place is.
///
/// Scores (batch, classes, places…), classes (batch, places…), a weight for each class; a class may be ignored. The mean is over the
/// weights. In double precision, in order.
struct ClassificationLoss: Operator {
    private enum Joining: String { case none, mean, sum }

    private let node: Node
    private let takesLogarithm: Bool
    private let ignored: Int?
    private let joining: Joining

    init(_ node: Node) throws(NetworkError) {
        takesLogarithm = node.operatorType == "SoftmaxCrossEntropyLoss"
        try node.expect(inputs: 2...3, outputs: 1...(takesLogarithm ? 2 : 1))
        try node.allow("ignore_index", "reduction")
        self.node = node
        ignored = try node.int("ignore_index")
        let text = try node.string("reduction") ?? "mean"
        guard let joining = Joining(rawValue: text) else {
            throw node.error(.attribute, "reduction is '\(text)'; expected none, mean or sum")
        }
        self.joining = joining
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let scores = try node.required(inputs, 0), classes = try node.required(inputs, 1)
        guard scores.elementType.isReal, classes.elementType == .int64 || classes.elementType == .int32 else {
            throw node.error(
                .unsupported, "scores and classes have the types \(scores.elementType.rawValue) and \(classes.elementType.rawValue)")
        }
        guard scores.rank >= 2, classes.shape == [scores.shape[0]] + scores.shape[2...] else {
            throw node.error(.shape, "classes of the shape \(classes.shape) for scores of the shape \(scores.shape)")
        }
        if inputs.count > 2, let weights = inputs[2], weights.shape != [scores.shape[1]] || weights.elementType != scores.elementType {
            throw node.error(.shape, "weights of the shape \(weights.shape) for \(scores.shape[1]) classes")
        }
        let loss = Signature(joining == .none ? classes.shape : [], scores.elementType)
        return [loss] + (node.outputs.count > 1 ? [Signature(type: scores.type)] : [])
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let scores = try node.given(inputs, 0), classes = try node.given(inputs, 1).integers ?? [], count = scores.shape[1]
        let weights = inputs.count > 2 ? inputs[2]?.doubles : nil, places = scores.shape[2...].reduce(1, *)
        var values = scores.doubles
        if takesLogarithm { normalise(&values, count, places) }
        var losses: [Double] = [], factors: [Double] = []
        for (place, own) in classes.enumerated() {
            if own == ignored {
                losses.append(0)
                factors.append(0)
                continue
            }
            guard own >= 0, own < count else { throw node.error(.shape, "class \(own) of \(count)") }
            let factor = weights?[own] ?? 1
            losses.append(-values[(place / places * count + own) * places + place % places] * factor)
            factors.append(factor)
        }
        let type = outputs[0].elementType
        let loss: Tensor
        switch joining {
        case .none: loss = Tensor(outputs[0].shape, doubles: losses, as: type)
        case .sum: loss = Tensor([], doubles: [losses.reduce(0, +)], as: type)
        case .mean: loss = Tensor([], doubles: [losses.reduce(0, +) / factors.reduce(0, +)], as: type)
        }
        return [loss] + (outputs.count > 1 ? [Tensor(scores.shape, doubles: values, as: type)] : [])
    }

    /// Scores to logarithms of probabilities.
    private func normalise(_ values: inout [Double], _ classes: Int, _ places: Int) {
        guard classes > 0, places > 0 else { return }
        for group in 0..<values.count / classes {
            let start = group / places * classes * places + group % places
            let own = (0..<classes).map { start + $0 * places }
            let largest = own.reduce(-Double.infinity) { max($0, values[$1]) }
            let sum = log(own.reduce(0.0) { $0 + exp(values[$1] - largest) })
            for place in own { values[place] -= largest + sum }
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).indices.map { axis in
            if joining != .none || index == 2 { return .whole }
            if index == 1 { return .same(axis) }
            return axis == 0 ? .same(0) : axis == 1 ? .whole : .same(axis - 1)
        }
    }
}
