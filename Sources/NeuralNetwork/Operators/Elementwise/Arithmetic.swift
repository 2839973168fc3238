internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `Add`, `Sub`, `Mul`, `Div`, `Pow` and `PRelu` with broadcasting.
///
/// Integers wrap around on overflow; division by zero and a negative power of an integer are errors.
struct Arithmetic: Operator {
    let node: Node
    let function: Int32
    private let legacy: LegacyBroadcast

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        legacy = try LegacyBroadcast(node)
        self.node = node
        let functions = ["Add": CK_ADD, "Sub": CK_SUB, "Mul": CK_MUL, "Div": CK_DIV, "Pow": CK_POW, "PRelu": CK_PRELU]
        guard let known = functions[node.operatorType] else { throw node.error(.internalFault, "is registered for the wrong operator") }
        function = Int32(known)
    }

    /// Whether it is `Add` as all opsets but the oldest define it.
    var isPlainSum: Bool { function == Int32(CK_ADD) && node.opset >= 7 }

    /// Whether it is `Mul` as all opsets but the oldest define it.
    var isProduct: Bool { function == Int32(CK_MUL) && node.opset >= 7 }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let left = try node.required(inputs, 0), right = try node.required(inputs, 1)
        let mayDiffer = node.operatorType == "Pow" && right.elementType.isNumber
        guard left.elementType == right.elementType || mayDiffer, left.elementType.isNumber else {
            throw node.error(
                .unsupported, "the operands have the types \(left.elementType) and \(right.elementType); expected one type of number")
        }
        let aligned = try legacy.aligned(left.shape, right.shape)
        guard let shape = Broadcast.shape(left.shape, aligned), node.operatorType != "PRelu" || shape == left.shape else {
            throw node.error(.shape, "the shapes \(left.shape) and \(right.shape) do not broadcast")
        }
        return [Signature(shape, left.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let left = inputs[0], var right = inputs[1] else { throw node.error(.internalFault, "an operand is missing") }
        inputs = []
        let shape = outputs[0].shape
        let walk = Broadcast(left.shape, try legacy.aligned(left.shape, right.shape), shape: shape)
        if right.elementType.isReal, left.elementType.isInteger {
            // The power of a whole number with a fraction: computed with the fraction, then cut off.
            return [Tensor(shape, doubles: walk.map(left.doubles, right.doubles) { pow($0, $1) }, as: left.elementType)]
        }
        if right.elementType != left.elementType { right = right.cast(to: left.elementType) }
        let storage: TensorStorage
        switch (left.storage, right.storage) {
        case (.float32(let a), .float32(let b)): storage = .float32(try floats(a, b, walk, context))
        case (.float64(let a), .float64(let b)): storage = .float64(try real(a, b, walk))
        case (.int64(let a), .int64(let b)): storage = .int64(try whole(a, b, walk))
        case (.int32(let a), .int32(let b)): storage = .int32(try whole(a, b, walk))
        case (.int16(let a), .int16(let b)): storage = .int16(try whole(a, b, walk))
        case (.int8(let a), .int8(let b)): storage = .int8(try whole(a, b, walk))
        case (.uint64(let a), .uint64(let b)): storage = .uint64(try whole(a, b, walk))
        case (.uint32(let a), .uint32(let b)): storage = .uint32(try whole(a, b, walk))
        case (.uint8(let a), .uint8(let b)): storage = .uint8(try whole(a, b, walk))
        case (.uint16(let a), .uint16(let b)): storage = .uint16(try whole(a, b, walk))
        default: throw node.error(.internalFault, "the operands differ in type")
        }
        return [Tensor(shape, storage)]
    }

    private func floats(_ left: [Float], _ right: [Float], _ walk: Broadcast, _ context: RunContext) throws(NetworkError) -> [Float] {
        let rows = walk.rows, run = walk.run
        // Blocks of whole runs, or pieces of one run, of about the same size.
        let pieces = max(1, run / Parallel.elementsPerBlock), rowsPerBlock = max(1, Parallel.elementsPerBlock / max(1, run))
        let rowBlocks = (rows + rowsPerBlock - 1) / rowsPerBlock
        return try NeuralNetwork.floats(count: rows * run) { (target) throws(NetworkError) in
            try Parallel.run(threads: context.threads, blocks: rowBlocks * pieces) { block, _ in
                let from = run * (block % pieces) / pieces, to = run * (block % pieces + 1) / pieces
                left.withUnsafeBufferPointer { left in
                    right.withUnsafeBufferPointer { right in
                        guard let left = left.baseAddress, let right = right.baseAddress else { return }
                        for row in block / pieces * rowsPerBlock..<min(rows, (block / pieces + 1) * rowsPerBlock) {
                            let start = walk.offsets(row)
                            ck_binary(
                                function, left + start.left + from * walk.leftStep, Int32(walk.leftStep),
                                right + start.right + from * walk.rightStep, Int32(walk.rightStep), target + row * run + from,
                                Int64(to - from))
                        }
                    }
                }
            }
        }
    }

    private func real(_ left: [Double], _ right: [Double], _ walk: Broadcast) throws(NetworkError) -> [Double] {
        switch node.operatorType {
        case "Add": walk.map(left, right) { $0 + $1 }
        case "Sub": walk.map(left, right) { $0 - $1 }
        case "Mul": walk.map(left, right) { $0 * $1 }
        case "Div": walk.map(left, right) { $0 / $1 }
        case "Pow": walk.map(left, right) { pow($0, $1) }
        default: walk.map(left, right) { $0 < 0 ? $0 * $1 : $0 }
        }
    }

    private func whole<Element: FixedWidthInteger>(_ left: [Element], _ right: [Element], _ walk: Broadcast) throws(NetworkError)
        -> [Element]
    {
        switch node.operatorType {
        case "Add": return walk.map(left, right) { $0 &+ $1 }
        case "Sub": return walk.map(left, right) { $0 &- $1 }
        case "Mul": return walk.map(left, right) { $0 &* $1 }
        case "Div":
            guard !right.contains(0) else { throw node.error(.shape, "divides integers by zero") }
            return walk.map(left, right) { $0.dividedReportingOverflow(by: $1).partialValue }
        case "Pow":
            guard right.allSatisfy({ $0 >= 0 }) else { throw node.error(.unsupported, "raises an integer to a negative power") }
            return walk.map(left, right) { Arithmetic.power($0, $1) }
        default: return walk.map(left, right) { $0 < 0 ? $0 &* $1 : $0 }
        }
    }

    /// Power by squaring, so that a huge exponent costs nothing.
    private static func power<Element: FixedWidthInteger>(_ base: Element, _ exponent: Element) -> Element {
        var (result, factor, rest) = (1 as Element, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result &* factor }
            factor = factor &* factor
            rest >>= 1
        }
        return result
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let own = inputs[index]?.shape ?? []
        guard index == 1, let aligned = try? legacy.aligned(outputs[0].shape, own) else {
            return AxisView.broadcast(own, to: outputs[0].shape)
        }
        return Array(AxisView.broadcast(aligned, to: outputs[0].shape).prefix(own.count))
    }
}
