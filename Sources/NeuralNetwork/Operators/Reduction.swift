/// `ReduceMean`, `ReduceSum`, `ReduceMax`, `ReduceMin` and `GlobalAveragePool`. Sums are kept in double precision.
struct Reduction: Operator {
    private enum Kind { case mean, sum, maximum, minimum }

    private let node: Node
    private let kind: Kind
    private let attributeAxes: [Int]?
    private let keepsAxes: Bool
    private let isIdentityWithoutAxes: Bool
    private let isGlobalPool: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(opset: 1...25)
        self.node = node
        isGlobalPool = node.operatorType == "GlobalAveragePool"
        switch node.operatorType {
        case "ReduceMean", "GlobalAveragePool": kind = .mean
        case "ReduceSum": kind = .sum
        case "ReduceMax": kind = .maximum
        case "ReduceMin": kind = .minimum
        default: throw node.error(.internalFault, "is registered for the wrong operator")
        }
        // The axes became an input, for sums in opset 13, for the others in 18.
        let takesInput = !isGlobalPool && node.opset >= (kind == .sum ? 13 : 18)
        if isGlobalPool {
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
    }

    private func axes(_ inputs: [Signature?]) throws(NetworkError) -> [Int] {
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
        guard [.float32, .int64, .int32].contains(input.elementType) else {
            throw node.error(
                .unsupported, "the input has elements of type \(input.elementType.rawValue); the core reduces float32, int64 and int32")
        }
        guard axes.allSatisfy({ input.shape[$0] > 0 }) else { throw node.error(.shape, "reduces an axis of extent 0") }
        let shape = input.shape.indices.compactMap { axis in
            axes.contains(axis) ? (keepsAxes || isGlobalPool ? 1 : nil) : input.shape[axis]
        }
        return [Signature(shape, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        let axes = try axes(inputs.map { $0.map(Signature.init) })
        let kept = input.shape.indices.filter { !axes.contains($0) }
        // The reduced axes go to the back, so that each result is a row.
        let order = kept + axes, strides = BlockCopy.strides(of: input.shape)
        let isInOrder = order == Array(input.shape.indices)
        let sorted = isInOrder ? input : BlockCopy.view(of: input, shape: order.map { input.shape[$0] }, strides: order.map { strides[$0] })
        let row = axes.reduce(1) { $0 * input.shape[$1] }, count = outputs[0].count
        switch sorted.storage {
        case .float32(let values):
            let kind = kind
            let result = try floats(count: count) { (target) throws(NetworkError) in
                try Parallel.run(threads: context.threads, blocks: count) { index, _ in
                    values.withUnsafeBufferPointer { target[index] = Reduction.reduce($0[index * row..<(index + 1) * row], kind) }
                }
            }
            return [Tensor(outputs[0].shape, .float32(result))]
        case .int64(let values): return [Tensor(outputs[0].shape, .int64(whole(values, row: row, count: count)))]
        case .int32(let values): return [Tensor(outputs[0].shape, .int32(whole(values, row: row, count: count)))]
        default: throw node.error(.internalFault, "the input's type was not checked")
        }
    }

    private static func reduce(_ row: Slice<UnsafeBufferPointer<Float>>, _ kind: Kind) -> Float {
        switch kind {
        case .mean: return Float(row.reduce(0.0) { $0 + Double($1) } / Double(row.count))
        case .sum: return Float(row.reduce(0.0) { $0 + Double($1) })
        case .maximum: return row.reduce(-.infinity) { $1.isNaN || $1 > $0 ? $1 : $0 }
        case .minimum: return row.reduce(.infinity) { $1.isNaN || $1 < $0 ? $1 : $0 }
        }
    }

    private func whole<Element: FixedWidthInteger>(_ values: [Element], row: Int, count: Int) -> [Element] {
        (0..<count).map { index in
            let part = values[index * row..<(index + 1) * row]
            switch kind {
            case .sum: return part.reduce(0, &+)
            case .mean: return part.reduce(0, &+).dividedReportingOverflow(by: Element(truncatingIfNeeded: max(1, row))).partialValue
            case .maximum: return part.max() ?? 0
            case .minimum: return part.min() ?? 0
            }
        }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let input = inputs[0], let axes = try? axes(inputs) else { return AxisView.detached(inputs[index]) }
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
