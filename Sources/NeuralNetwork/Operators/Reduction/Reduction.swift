#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The reductions (`ReduceMean`, `ReduceSum`, `ReduceMax`, `ReduceL2` …) and global poolings. Sums are kept in double precision;
/// whole numbers wrap around.
struct Reduction: MemoryHolder {
    enum Kind: String {
        case mean = "Mean", sum = "Sum", maximum = "Max", minimum = "Min", product = "Prod", l1 = "L1", l2 = "L2", logSum = "LogSum"
        case logSumExp = "LogSumExp", sumOfSquares = "SumSquare"
    }

    private static let globalPools: [String: Kind] = ["GlobalAveragePool": .mean, "GlobalMaxPool": .maximum, "GlobalLpPool": .l2]

    /// The names of all reductions.
    static let names: [String] =
        Array(globalPools.keys)
        + ["Mean", "Sum", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"].map { "Reduce" + $0 }

    let node: Node
    let kind: Kind
    private let attributeAxes: [Int]?
    private let keepsAxes: Bool
    private let isIdentityWithoutAxes: Bool
    private let isGlobalPool: Bool
    /// The exponent of `GlobalLpPool`.
    let exponent: Double

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        let pool = Reduction.globalPools[node.operatorType]
        isGlobalPool = pool != nil
        guard let kind = pool ?? Kind(rawValue: String(node.operatorType.dropFirst("Reduce".count))) else {
            throw node.error(.internalFault, "is registered for the wrong operator")
        }
        self.kind = kind
        // The axes became an input, for sums in opset 13, for the others in 18.
        let takesInput = !isGlobalPool && node.opset >= (kind == .sum ? 13 : 18)
        if node.operatorType == "GlobalLpPool" {
            try node.allow("p")
        } else if isGlobalPool {
            try node.allow()
        } else if takesInput {
            try node.allow("keepdims", "noop_with_empty_axes")
        } else {
            try node.allow("axes", "keepdims")
        }
        try node.expect(inputs: 1...(takesInput ? 2 : 1))
        attributeAxes = try node.ints("axes")
        keepsAxes = try node.int("keepdims") ?? 1 != 0
        isIdentityWithoutAxes = try node.flag("noop_with_empty_axes")
        exponent = Double(try node.int("p") ?? 2)
    }

    /// The axes over which is reduced.
    func axes(_ inputs: [Signature?]) throws(NetworkError) -> [Int] {
        let rank = try node.required(inputs, 0).rank
        if isGlobalPool {
            guard rank >= 3 else { throw node.error(.shape, "the input has \(rank) axes; expected (batch, channels, spatial…)") }
            return Array(2..<rank)
        }
        let axes = try node.knownIntegers(inputs, 1, "axes") ?? attributeAxes ?? []
        if axes.isEmpty { return isIdentityWithoutAxes ? [] : Array(0..<rank) }
        return try node.axes(axes, rank: rank).sorted()
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), axes = try axes(inputs)
        guard input.elementType.isNumber || input.elementType == .bool && (kind == .maximum || kind == .minimum) else {
            throw node.error(.unsupported, "the input has elements of type bool")
        }
        guard kind != .mean || axes.allSatisfy({ input.shape[$0] > 0 }) else {
            throw node.error(.shape, "takes the mean along \(axes) of \(input.shape); expected elements along them")
        }
        let shape = input.shape.indices.compactMap { axis in
            axes.contains(axis) ? (keepsAxes || isGlobalPool ? 1 : nil) : input.shape[axis]
        }
        return [Signature(shape, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        let axes = try axes(inputs.map { $0.map(Signature.init) })
        if let walk = StridedRows(input.shape, axes: axes), case .float32(let values) = input.storage {
            let results = try walk.map(values, threads: context.threads) { Float(reduce($0[...])) }
            return [Tensor(outputs[0].shape, .float32(results))]
        }
        let kept = input.shape.indices.filter { !axes.contains($0) }
        // The reduced axes go to the back, so that each result is a row.
        let order = kept + axes
        let sorted = order == Array(input.shape.indices) ? input : input.transposed(order)
        let row = axes.reduce(1) { $0 * input.shape[$1] }, count = outputs[0].count
        let storage: TensorStorage
        switch sorted.storage {
        case .float32(let values):
            storage = .float32(
                try floats(count: count) { (target) throws(NetworkError) in
                    try Parallel.run(threads: context.threads, blocks: count) { index, _ in
                        values.withUnsafeBufferPointer { target[index] = Float(reduce($0[index * row..<(index + 1) * row])) }
                    }
                })
        case .float64(let values):
            storage = .float64(values.withUnsafeBufferPointer { all in (0..<count).map { reduce(all[$0 * row..<($0 + 1) * row]) } })
        case .int64(let values): storage = .int64(whole(values, row, count))
        case .int32(let values): storage = .int32(whole(values, row, count))
        case .int16(let values): storage = .int16(whole(values, row, count))
        case .int8(let values): storage = .int8(whole(values, row, count))
        case .uint64(let values): storage = .uint64(whole(values, row, count))
        case .uint32(let values): storage = .uint32(whole(values, row, count))
        case .uint16(let values): storage = .uint16(whole(values, row, count))
        case .uint8(let values): storage = .uint8(whole(values, row, count))
        case .bool(let values):
            let isMaximum = kind == .maximum
            storage = .bool(
                (0..<count).map { index in
                    let part = values[index * row..<(index + 1) * row]
                    return isMaximum ? part.contains(true) : !part.contains(false)
                })
        default: throw node.error(.internalFault, "the input's type was not checked")
        }
        return [Tensor(outputs[0].shape, storage)]
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        guard let input = inputs[0], let axes = try? axes(inputs) else { return 0 }
        if input.elementType == .float32, StridedRows.are(axes, of: input.shape) { return 0 }
        // Axes that are not the last ones are brought to the back in a copy.
        var copy = ByteSum()
        if !axes.elementsEqual((input.rank - axes.count)..<input.rank) { copy.add(input.type) }
        return copy.bytes
    }

    private func reduce<Number: BinaryFloatingPoint>(_ row: Slice<UnsafeBufferPointer<Number>>) -> Double {
        switch kind {
        case .mean: return row.reduce(0.0) { $0 + Double($1) } / Double(row.count)
        case .sum: return row.reduce(0.0) { $0 + Double($1) }
        case .maximum: return Double(row.reduce(-.infinity) { $1.isNaN || $1 > $0 ? $1 : $0 })
        case .minimum: return Double(row.reduce(.infinity) { $1.isNaN || $1 < $0 ? $1 : $0 })
        case .product: return row.reduce(1.0) { $0 * Double($1) }
        case .l1: return row.reduce(0.0) { $0 + abs(Double($1)) }
        case .l2 where exponent != 2: return pow(row.reduce(0.0) { $0 + pow(abs(Double($1)), exponent) }, 1 / exponent)
        case .l2: return row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        case .sumOfSquares: return row.reduce(0.0) { $0 + Double($1) * Double($1) }
        case .logSum: return log(row.reduce(0.0) { $0 + Double($1) })
        case .logSumExp:
            let largest = Double(row.reduce(-.infinity) { $1.isNaN || $1 > $0 ? $1 : $0 })
            guard largest.isFinite else { return largest }
            return largest + log(row.reduce(0.0) { $0 + exp(Double($1) - largest) })
        }
    }

    private func whole<Element: FixedWidthInteger>(_ values: [Element], _ row: Int, _ count: Int) -> [Element] {
        (0..<count).map { index in
            let part = values[index * row..<(index + 1) * row]
            switch kind {
            case .sum: return part.reduce(0, &+)
            case .mean: return part.reduce(0, &+).dividedReportingOverflow(by: Element(truncatingIfNeeded: max(1, row))).partialValue
            case .maximum: return part.max() ?? .min
            case .minimum: return part.min() ?? .max
            case .product: return part.reduce(1, &*)
            case .l1: return part.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) }
            case .sumOfSquares: return part.reduce(0) { $0 &+ $1 &* $1 }
            case .l2, .logSum, .logSumExp:
                let numbers = part.map { Double($0) }
                let result = numbers.withUnsafeBufferPointer { reduce($0[...]) }.rounded(.towardZero)
                return Element(exactly: result) ?? (result > 0 ? .max : .min)
            }
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let input = inputs[0], let axes = try? axes(inputs) else { return AxisView.parameter(inputs[index]) }
        var next = 0
        return (0..<input.rank).map { axis in
            if axes.contains(axis) {
                next += keepsAxes || isGlobalPool ? 1 : 0
                return input.shape[axis] == 1 && keepsAxes ? .same(axis) : .whole
            }
            next += 1
            return .same(next - 1)
        }
    }
}
