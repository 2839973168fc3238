#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What a recurrent network remembers, (batch, hidden) each; the cell is that of an LSTM.
struct RecurrentState {
    var hidden, cell: [Float]
}

/// One step of a recurrent network in one direction.
struct RecurrentCell: Sendable {
    enum Kind: String {
        case plain = "RNN", gated = "GRU", lstm = "LSTM"

        var gates: Int { self == .plain ? 1 : self == .gated ? 3 : 4 }
        var activations: [String] { self == .plain ? ["Tanh"] : self == .gated ? ["Sigmoid", "Tanh"] : ["Sigmoid", "Tanh", "Tanh"] }
    }

    private typealias Function = @Sendable (Double) -> Double

    private let kind: Kind
    private let functions: [Function]
    private let clip: Double
    private let hidden: Int
    private let isLinearBeforeReset, couplesForget: Bool

    /// The cells of all directions, each with its own activations.
    static func cells(_ kind: Kind, count: Int, hidden: Int, node: Node) throws(NetworkError) -> [RecurrentCell] {
        let standard = [[String]](repeating: kind.activations, count: count).flatMap(\.self)
        let names = try node.strings("activations") ?? standard
        guard names.count == standard.count else {
            throw node.error(.attribute, "\(names.count) activations; expected \(standard.count)")
        }
        var alphas = (try node.floats("activation_alpha") ?? [])[...], betas = (try node.floats("activation_beta") ?? [])[...]
        var functions: [Function] = []
        for name in names { functions.append(try function(name, &alphas, &betas, node)) }
        let clip = Double(try node.float("clip") ?? .infinity), each = kind.activations.count
        let isLinear = try node.flag("linear_before_reset"), couples = try node.flag("input_forget")
        return (0..<count).map { index in
            RecurrentCell(
                kind: kind, functions: Array(functions[index * each..<(index + 1) * each]), clip: clip, hidden: hidden,
                isLinearBeforeReset: isLinear, couplesForget: couples)
        }
    }

    /// An activation; its numbers are the next of the lists, or ONNX's own.
    private static func function(
        _ name: String, _ alphas: inout ArraySlice<Float>, _ betas: inout ArraySlice<Float>, _ node: Node
    ) throws(NetworkError) -> Function {
        func alpha(_ standard: Double) -> Double { alphas.popFirst().map(Double.init) ?? standard }
        func beta(_ standard: Double) -> Double { betas.popFirst().map(Double.init) ?? standard }
        switch name.lowercased() {
        case "sigmoid": return { 1 / (1 + exp(-$0)) }
        case "tanh": return { tanh($0) }
        case "relu": return { max(0, $0) }
        case "softsign": return { $0 / (1 + abs($0)) }
        case "softplus": return { max($0, 0) + log1p(exp(-abs($0))) }
        case "affine":
            let a = alpha(1), b = beta(0)
            return { a * $0 + b }
        case "leakyrelu":
            let a = alpha(0.01)
            return { $0 < 0 ? a * $0 : $0 }
        case "thresholdedrelu":
            let a = alpha(1)
            return { $0 > a ? $0 : 0 }
        case "scaledtanh":
            let a = alpha(1), b = beta(1)
            return { a * tanh(b * $0) }
        case "hardsigmoid":
            let a = alpha(0.2), b = beta(0.5)
            return { max(0, min(1, a * $0 + b)) }
        case "elu":
            let a = alpha(1)
            return { $0 < 0 ? a * expm1($0) : $0 }
        default: throw node.error(.unsupported, "the activation '\(name)' is not known")
        }
    }

    /// Whether the recurrent product is also needed of the state that the reset gate let through.
    var needsResetProduct: Bool { kind == .gated && !isLinearBeforeReset }

    private func activated(_ function: Int, _ value: Double) -> Double { functions[function](max(-clip, min(clip, value))) }

    /// The input's part of a gate with both biases.
    private func summand(_ projected: [Float], _ at: Int, _ bias: [Float]?, _ place: Int) -> Double {
        Double(projected[at + place]) + Double(bias?[place] ?? 0) + Double(bias?[kind.gates * hidden + place] ?? 0)
    }

    /// The state that the reset gate of a GRU lets through.
    func reset(
        _ state: [Float], _ projected: [Float], _ products: [Float], _ bias: [Float]?, _ lengths: [Int], step: Int, batch: Int,
        isBackward: Bool
    ) -> [Float] {
        var result = state
        for image in 0..<batch where step < lengths[image] {
            let place = isBackward ? lengths[image] - 1 - step : step, at = (place * batch + image) * 3 * hidden
            for unit in hidden..<2 * hidden {
                let gate = activated(0, summand(projected, at, bias, unit) + Double(products[image * 3 * hidden + unit]))
                result[image * hidden + unit - hidden] *= Float(gate)
            }
        }
        return result
    }

    /// Changes the state of one image of the batch.
    func advance(
        _ state: inout RecurrentState, image: Int, projected: [Float], at: Int, products: [Float], reset: [Float]?, bias: [Float]?,
        peepholes: [Float]?
    ) {
        let own = image * kind.gates * hidden
        for unit in 0..<hidden {
            let place = image * hidden + unit
            /// A gate's sum before its activation.
            func sum(_ gate: Int) -> Double {
                summand(projected, at, bias, gate * hidden + unit) + Double(products[own + gate * hidden + unit])
            }
            func peephole(_ gate: Int, _ cell: Double) -> Double { Double(peepholes?[gate * hidden + unit] ?? 0) * cell }
            switch kind {
            case .plain: state.hidden[place] = Float(activated(0, sum(0)))
            case .gated:
                let update = activated(0, sum(0)), index = 2 * hidden + unit
                let candidate: Double
                if let reset {
                    candidate = activated(1, summand(projected, at, bias, index) + Double(reset[own + index]))
                } else {
                    let recurrent = Double(products[own + index]) + Double(bias?[3 * hidden + index] ?? 0)
                    candidate = activated(1, Double(projected[at + index]) + Double(bias?[index] ?? 0) + activated(0, sum(1)) * recurrent)
                }
                state.hidden[place] = Float((1 - update) * candidate + update * Double(state.hidden[place]))
            case .lstm:
                let earlier = Double(state.cell[place]), input = activated(0, sum(0) + peephole(0, earlier))
                let forget = couplesForget ? 1 - input : activated(0, sum(2) + peephole(2, earlier))
                let cell = forget * earlier + input * activated(1, sum(3))
                state.cell[place] = Float(cell)
                state.hidden[place] = Float(activated(0, sum(1) + peephole(1, cell)) * functions[2](cell))
            }
        }
    }
}
