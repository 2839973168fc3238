#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `Mod`, `BitShift`, `BitwiseAnd`, `BitwiseOr` and `BitwiseXor` with broadcasting; `Mod` with `fmod` also of fractions.
struct IntegerArithmetic: Operator {
    private let node: Node
    private let truncates: Bool
    private let shiftsLeft: Bool

    /// The names of all operators.
    static let names = ["BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Mod"]

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        self.node = node
        switch node.operatorType {
        case "Mod": try node.allow("fmod")
        case "BitShift": try node.allow("direction")
        default: try node.allow()
        }
        truncates = try node.flag("fmod")
        let direction = try node.string("direction") ?? "LEFT"
        guard direction == "LEFT" || direction == "RIGHT" else {
            throw node.error(.attribute, "direction is '\(direction)'; expected LEFT or RIGHT")
        }
        shiftsLeft = direction == "LEFT"
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let left = try node.required(inputs, 0), right = try node.required(inputs, 1)
        let isModulo = node.operatorType == "Mod"
        guard left.elementType == right.elementType, left.elementType.isInteger || isModulo && left.elementType.isReal else {
            throw node.error(
                .unsupported, "the operands have the types \(left.elementType.rawValue) and \(right.elementType.rawValue)")
        }
        guard let shape = Broadcast.shape(left.shape, right.shape) else {
            throw node.error(.shape, "the shapes \(left.shape) and \(right.shape) do not broadcast")
        }
        return [Signature(shape, left.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let left = try node.given(inputs, 0), right = try node.given(inputs, 1)
        let walk = Broadcast(left.shape, right.shape, shape: outputs[0].shape)
        let storage: TensorStorage
        switch (left.storage, right.storage) {
        case (.int64(let a), .int64(let b)): storage = .int64(try whole(a, b, walk))
        case (.int32(let a), .int32(let b)): storage = .int32(try whole(a, b, walk))
        case (.int16(let a), .int16(let b)): storage = .int16(try whole(a, b, walk))
        case (.int8(let a), .int8(let b)): storage = .int8(try whole(a, b, walk))
        case (.uint64(let a), .uint64(let b)): storage = .uint64(try whole(a, b, walk))
        case (.uint32(let a), .uint32(let b)): storage = .uint32(try whole(a, b, walk))
        case (.uint16(let a), .uint16(let b)): storage = .uint16(try whole(a, b, walk))
        case (.uint8(let a), .uint8(let b)): storage = .uint8(try whole(a, b, walk))
        default:
            let truncates = truncates
            let results = walk.map(left.doubles, right.doubles) { (a: Double, b: Double) -> Double in
                let rest = fmod(a, b)
                return truncates || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
            }
            return [Tensor(outputs[0].shape, doubles: results, as: left.elementType)]
        }
        return [Tensor(outputs[0].shape, storage)]
    }

    private func whole<Number: FixedWidthInteger>(_ left: [Number], _ right: [Number], _ walk: Broadcast) throws(NetworkError) -> [Number] {
        let truncates = truncates
        switch node.operatorType {
        case "Mod":
            guard !right.contains(0) else { throw node.error(.shape, "divides integers by zero") }
            return walk.map(left, right) { (a: Number, b: Number) -> Number in
                let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
                return truncates || rest == 0 || (rest < 0) == (b < 0) ? rest : rest &+ b
            }
        case "BitShift": return shiftsLeft ? walk.map(left, right) { $0 << $1 } : walk.map(left, right) { $0 >> $1 }
        case "BitwiseAnd": return walk.map(left, right) { $0 & $1 }
        case "BitwiseOr": return walk.map(left, right) { $0 | $1 }
        default: return walk.map(left, right) { $0 ^ $1 }
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        AxisView.broadcast(inputs[index]?.shape ?? [], to: outputs[0].shape)
    }
}
