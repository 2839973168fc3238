/// `QuantizeLinear` and `DequantizeLinear` (opset 10 and later): whole numbers for fractions, with a scale and a zero point for the
/// tensor, for each place on an axis, or for each block along an axis.
///
/// Quantising divides with the precision of the scale (or as `precision` says), rounds ties to even, adds the zero point and saturates.
/// Dequantising subtracts the zero point and multiplies in float32, then rounds once to the type of the result.
struct Quantization: Operator {
    private let node: Node
    private let isQuantizing: Bool
    private let axis: Int
    private let block: Int
    private let target, precision: ElementType?
    private let saturates: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...3)
        self.node = node
        isQuantizing = node.operatorType == "QuantizeLinear"
        switch (isQuantizing, node.opset) {
        case (_, ..<13): try node.allow()
        case (true, 23...): try node.allow("axis", "block_size", "output_dtype", "precision", "saturate")
        case (true, 21...): try node.allow("axis", "block_size", "output_dtype", "saturate")
        case (true, 19...): try node.allow("axis", "saturate")
        case (false, 23...): try node.allow("axis", "block_size", "output_dtype")
        case (false, 21...): try node.allow("axis", "block_size")
        default: try node.allow("axis")
        }
        axis = try node.int("axis") ?? 1
        block = try node.int("block_size") ?? 0
        target = try node.elementType("output_dtype")
        precision = try node.elementType("precision")
        saturates = try node.int("saturate") ?? 1 != 0
        guard block >= 0, precision?.isReal ?? true else {
            throw node.error(.attribute, "block_size or precision has a value without meaning")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), scale = try node.required(inputs, 1)
        let zero = inputs.count > 2 ? inputs[2] : nil
        _ = try QuantizationGrid(input: input.shape, scale: scale.shape, axis: axis, block: block, node: node)
        let isSingle = scale.shape.reduce(1, *) == 1 && zero?.shape.reduce(1, *) == 1
        if let zero, zero.shape != scale.shape, !isSingle {
            throw node.error(.shape, "the zero point has the shape \(zero.shape); expected \(scale.shape) as the scale")
        }
        let result = isQuantizing ? zero?.elementType ?? target ?? .uint8 : target ?? scale.elementType
        let whole = isQuantizing ? result : input.elementType, fraction = isQuantizing ? input.elementType : result
        let isScale = scale.elementType.isReal || scale.elementType == .float8e8m0 || isQuantizing && scale.elementType == .int32
        guard isScale, fraction.isReal || isQuantizing && fraction == .int32,
            [.int8, .uint8, .int16, .uint16].contains(whole) || whole.isNarrow || !isQuantizing && whole == .int32,
            target == nil || target == result,
            isQuantizing || zero == nil || zero?.elementType == whole
        else {
            throw node.error(
                .unsupported,
                "input, scale and zero point have the types \(input.elementType.rawValue), \(scale.elementType.rawValue) and "
                    + "\(zero?.elementType.rawValue ?? "none"); expected fractions or int32 and whole numbers of 8 or 16 bits")
        }
        return [Signature(input.shape, result)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), scale = try node.given(inputs, 1), type = outputs[0].elementType
        let grid = try QuantizationGrid(input: input.shape, scale: scale.shape, axis: axis, block: block, node: node)
        let zeros = inputs.count > 2 ? inputs[2]?.doubles : nil, values = input.doubles
        guard isQuantizing else {
            guard let factors = scale.cast(to: .float32).floats else { throw node.error(.internalFault, "the scale is no number") }
            let results = values.indices.map { index -> Float in
                let place = grid.place(index)
                return Float(values[index] - (zeros?[place] ?? 0)) * factors[place]
            }
            return [Tensor(input.shape, .float32(results)).cast(to: type)]
        }
        // The quotient has the precision of the division: it is rounded to that type before it is rounded to a whole number.
        let divided = precision ?? (scale.elementType.isReal ? scale.elementType : .float32)
        let dividends = input.cast(to: divided).doubles, divisors = scale.cast(to: divided).doubles
        let quotients = dividends.indices.map { dividends[$0] / divisors[grid.place($0)] }
        let rounded = Tensor(input.shape, doubles: quotients, as: divided).doubles
        if let format = NarrowFormat.formats[type], format.wholeRange == nil {
            let results = rounded.indices.map { rounded[$0] + (zeros?[grid.place($0)] ?? 0) }
            return [Tensor(input.shape, .narrow(NarrowElements(type, rounding: results, saturates: saturates)))]
        }
        let range = NarrowFormat.formats[type]?.wholeRange
        let results = rounded.indices.map { index -> Double in
            let value = rounded[index].rounded(.toNearestOrEven) + (zeros?[grid.place(index)] ?? 0)
            return range.map { max($0.lowerBound, min(value, $0.upperBound)) } ?? value
        }
        return [Tensor(input.shape, doubles: results, as: type)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? []
        return index == 0 ? AxisView.identity(shape) : QuantizationGrid.views(scale: shape, input: outputs[0].shape, axis: axis)
    }
}

/// `DynamicQuantizeLinear` (opset 11): float32 to uint8 with a scale and zero point that its own extremes give, 0 included.
struct DynamicQuantization: Operator {
    private let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1, outputs: 1...3)
        try node.allow()
        self.node = node
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.floatSignature(inputs)
        return [Signature(input.shape, .uint8), Signature([], .float32), Signature([], .uint8)].prefix(node.outputs.count).map(\.self)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let values = try floatInput(&inputs, 0, node)
        let lowest = min(0, values.min() ?? 0), highest = max(0, values.max() ?? 0), scale = (highest - lowest) / 255
        let zero = scale == 0 ? 0 : max(0, min(255, (-lowest / scale).rounded(.toNearestOrEven)))
        let results = values.map { scale == 0 ? 0 : Double(($0 / scale).rounded(.toNearestOrEven) + zero) }
        return [
            Tensor(outputs[0].shape, doubles: results, as: .uint8), Tensor(scalar: scale), Tensor([], doubles: [Double(zero)], as: .uint8),
        ].prefix(outputs.count).map(\.self)
    }

    /// The scale follows from the whole tensor.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
