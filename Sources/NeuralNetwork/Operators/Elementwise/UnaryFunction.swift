internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Functions of one number that are computed in double precision and rounded once, or by a kernel where float32 has one: `Abs`, `Ceil`,
/// `Erf`, `Floor`, `Gelu`, `Log`, `Neg`, `Round`, trigonometry and the rarer activations. `Abs`, `Neg` and `Sign` also take whole numbers.
struct UnaryFunction: Operator {
    typealias Function = @Sendable (Double) -> Double

    let node: Node
    private let function: Function
    /// What computes float32, and its factor.
    let kernel: (function: ElementFunction, factor: Float)?

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        self.node = node
        if let plain = UnaryFunction.plain[node.operatorType] {
            try node.allow()
            function = plain
        } else {
            function = try UnaryFunction.withAttributes(node)
        }
        kernel = try UnaryFunction.kernel(node)
    }

    private static func kernel(_ node: Node) throws(NetworkError) -> (function: ElementFunction, factor: Float)? {
        switch node.operatorType {
        case "Erf": (.smooth(CK_ERF), 0)
        case "Gelu": (.smooth(try node.string("approximate") == "tanh" ? CK_GELU_TANH : CK_GELU), 0)
        case "Swish": (.smooth(CK_SWISH), try node.float("alpha") ?? 1)
        default: nil
        }
    }

    /// The names of all functions.
    static var names: [String] { Array(plain.keys) + ["Celu", "Gelu", "HardSigmoid", "Selu", "Shrink", "Swish", "ThresholdedRelu"] }

    private static let plain: [String: Function] = [
        "Abs": { abs($0) }, "Acos": { acos($0) }, "Acosh": { acosh($0) }, "Asin": { asin($0) }, "Asinh": { asinh($0) },
        "Atan": { atan($0) }, "Atanh": { atanh($0) }, "Ceil": { $0.rounded(.up) }, "Cos": { cos($0) }, "Cosh": { cosh($0) },
        "Erf": { erf($0) }, "Floor": { $0.rounded(.down) }, "HardSwish": { $0 * max(0, min(1, $0 / 6 + 0.5)) }, "Log": { log($0) },
        "Mish": { $0 * tanh(softplus($0)) }, "Neg": { -$0 }, "Reciprocal": { 1 / $0 }, "Round": { $0.rounded(.toNearestOrEven) },
        "Sign": { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, "Sin": { sin($0) }, "Sinh": { sinh($0) }, "Softplus": { softplus($0) },
        "Softsign": { $0 / (1 + abs($0)) }, "Tan": { tan($0) },
    ]

    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    private static func withAttributes(_ node: Node) throws(NetworkError) -> Function {
        func number(_ name: String, _ standard: Float) throws(NetworkError) -> Double { Double(try node.float(name) ?? standard) }
        switch node.operatorType {
        case "Celu":
            try node.allow("alpha")
            let alpha = try number("alpha", 1)
            // NaN stays where it is the first argument.
            return { max($0, 0) + min(alpha * expm1($0 / alpha), 0) }
        case "Gelu":
            try node.allow("approximate")
            switch try node.string("approximate") ?? "none" {
            case "none": return { 0.5 * $0 * (1 + erf($0 * 0.5.squareRoot())) }
            case "tanh": return { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
            case let other: throw node.error(.attribute, "approximate is '\(other)'; expected none or tanh")
            }
        case "HardSigmoid":
            try node.allow("alpha", "beta")
            let alpha = try number("alpha", 0.2), beta = try number("beta", 0.5)
            return { max(min(alpha * $0 + beta, 1), 0) }
        case "Selu":
            try node.allow("alpha", "gamma")
            let alpha = try number("alpha", 1.673_263_2), gamma = try number("gamma", 1.050_701)
            return { gamma * ($0 > 0 ? $0 : alpha * expm1($0)) }
        case "Shrink":
            try node.allow("bias", "lambd")
            let bias = try number("bias", 0), lambda = try number("lambd", 0.5)
            return { $0 < -lambda ? $0 + bias : $0 > lambda ? $0 - bias : 0 }
        case "Swish":
            try node.allow("alpha")
            let alpha = try number("alpha", 1)
            return { $0 / (1 + exp(-alpha * $0)) }
        case "ThresholdedRelu":
            try node.allow("alpha")
            let alpha = try number("alpha", 1)
            return { $0 > alpha ? $0 : 0 }
        default: throw node.error(.internalFault, "is registered for the wrong operator")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        let takesIntegers = ["Abs", "Neg", "Shrink", "Sign"].contains(node.operatorType)
        guard input.elementType.isReal || takesIntegers && input.elementType.isInteger else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        return [Signature(type: input.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape, function = function, kernel = kernel
        guard outputs[0].elementType == .float32 else {
            let input = try node.given(inputs, 0)
            if let whole = whole(input.storage) { return [Tensor(shape, whole)] }
            return [Tensor(shape, doubles: input.doubles.map(function), as: input.elementType)]
        }
        var values = try floatInput(&inputs, 0, node)
        let count = values.count, size = Parallel.elementsPerBlock
        try transformPlanes(&values, planes: (count + size - 1) / size, size: size, threads: context.threads) { pointer, block in
            let taken = min(size, count - block * size)
            if let kernel { return kernel.function.apply((kernel.factor, 0), pointer, pointer, taken, context.instructions) }
            for index in 0..<taken { pointer[index] = Float(function(Double(pointer[index]))) }
        }
        return [Tensor(shape, .float32(values))]
    }

    /// Whole numbers of 64 bits do not fit into double precision.
    private func whole(_ storage: TensorStorage) -> TensorStorage? {
        func signed<Element: FixedWidthInteger & SignedInteger>(_ values: [Element]) -> [Element]? {
            switch node.operatorType {
            case "Abs": values.map { $0 < 0 ? 0 &- $0 : $0 }
            case "Neg": values.map { 0 &- $0 }
            case "Sign": values.map { $0.signum() }
            default: nil
            }
        }
        switch storage {
        case .int64(let values): return signed(values).map { .int64($0) }
        case .int32(let values): return signed(values).map { .int32($0) }
        case .int16(let values): return signed(values).map { .int16($0) }
        case .int8(let values): return signed(values).map { .int8($0) }
        case .uint64(let values):
            switch node.operatorType {
            case "Abs": return .uint64(values)
            case "Sign": return .uint64(values.map { min($0, 1) })
            default: return nil
            }
        default: return nil
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.identity(outputs[0].shape) }
}
