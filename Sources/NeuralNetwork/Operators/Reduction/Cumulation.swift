/// `CumSum` and `CumProd` along an axis.
struct Cumulation: Operator {
    private let node: Node
    private let isExclusive: Bool
    private let isReverse: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("exclusive", "reverse")
        self.node = node
        isExclusive = try node.flag("exclusive")
        isReverse = try node.flag("reverse")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard input.elementType.isNumber else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        return [Signature(type: input.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0)
        guard let axis = try node.given(inputs, 1).integers?.first else { throw node.error(.shape, "the axis is no integer") }
        let own = try node.axis(axis, rank: input.shape.count), extent = input.shape[own], inner = input.shape[(own + 1)...].reduce(1, *)
        let isSum = node.operatorType == "CumSum"
        func whole<Number: FixedWidthInteger>(_ values: [Number]) -> [Number] {
            cumulated(values, extent, inner, isSum ? 0 : 1) { isSum ? $0 &+ $1 : $0 &* $1 }
        }
        switch input.storage {
        case .int64(let values): return [Tensor(input.shape, .int64(whole(values)))]
        case .int32(let values): return [Tensor(input.shape, .int32(whole(values)))]
        case .uint64(let values): return [Tensor(input.shape, .uint64(whole(values)))]
        case .uint32(let values): return [Tensor(input.shape, .uint32(whole(values)))]
        default: break
        }
        let results = cumulated(input.doubles, extent, inner, isSum ? 0 : 1) { isSum ? $0 + $1 : $0 * $1 }
        return [Tensor(input.shape, doubles: results, as: input.elementType)]
    }

    private func cumulated<Number>(
        _ values: [Number], _ extent: Int, _ inner: Int, _ start: Number, _ join: (Number, Number) -> Number
    ) -> [Number] {
        var results = values
        guard extent > 0, inner > 0 else { return results }
        for line in 0..<values.count / extent {
            let first = line / inner * extent * inner + line % inner
            var total = start
            for step in 0..<extent {
                let place = first + (isReverse ? extent - 1 - step : step) * inner
                if isExclusive { results[place] = total }
                total = join(total, values[place])
                if !isExclusive { results[place] = total }
            }
        }
        return results
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? []
        // The places along other axes have nothing to do with each other, if the axis is known.
        guard index == 0, let axis = inputs[1]?.value?.integers?.first, let own = try? node.axis(axis, rank: shape.count) else {
            return shape.map { _ in .whole }
        }
        return shape.indices.map { $0 == own ? .whole : .same($0) }
    }
}
