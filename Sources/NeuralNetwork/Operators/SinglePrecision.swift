/// An operator on float16 or bfloat16 tensors, or one without an implementation of its own for float64: computed in float32, each result
/// rounded once where its type is narrower.
struct SinglePrecision: MemoryHolder {
    private let node: Node
    /// What computes in float32.
    let inner: any Operator
    /// Whether float64 is computed in float32 too.
    private let takesDouble: Bool

    /// Operators that choose the type of their results themselves.
    private static let untouched: Set<String> = [
        "BitCast", "Cast", "CastLike", "Constant", "ConstantOfShape", "DequantizeLinear", "EyeLike", "Identity", "If", "IsInf", "IsNaN",
        "Loop",
        "NonZero", "QLinearMatMul", "QuantizeLinear", "Scan", "Shape", "Size",
    ]

    /// Operators that the core has in float32 alone.
    private static let singleOnly: Set<String> = [
        "AveragePool", "BatchNormalization", "CausalConvWithState", "Conv", "ConvTranspose", "DeformConv", "GRU", "Gemm",
        "GroupNormalization", "InstanceNormalization", "LRN", "LSTM", "LinearAttention", "LpPool", "RNN",
    ]

    /// Never called: the registry makes the inner operator first.
    init(_ node: Node) throws(NetworkError) { throw node.error(.internalFault, "is not made from a node") }

    private init(_ node: Node, inner: any Operator, takesDouble: Bool) {
        self.node = node
        self.inner = inner
        self.takesDouble = takesDouble
    }

    /// The operator as it is needed.
    ///
    /// - Parameters:
    ///   - mayBeHalf: whether the network has tensors of half precision.
    ///   - mayBeDouble: whether the node may read one of double precision.
    static func wrapping(_ operation: any Operator, of node: Node, mayBeHalf: Bool, mayBeDouble: Bool) -> any Operator {
        let takesDouble = mayBeDouble && singleOnly.contains(node.operatorType)
        guard takesDouble || mayBeHalf, !untouched.contains(node.operatorType) else { return operation }
        return SinglePrecision(node, inner: operation, takesDouble: takesDouble)
    }

    /// Another operator in the place of the inner one.
    func around(_ other: any Operator) -> SinglePrecision { SinglePrecision(node, inner: other, takesDouble: takesDouble) }

    private func isForeign(_ type: ElementType) -> Bool { type.isHalf || takesDouble && type == .float64 }

    /// The type of inputs that is not computed with; `nil` if there is none.
    private func foreign(_ types: [ElementType?]) -> ElementType? { types.compactMap { $0 }.first(where: isForeign) }

    private func single(_ inputs: [Signature?]) -> [Signature?] {
        inputs.map { input in
            guard let input, isForeign(input.elementType) else { return input }
            return input.value.map { Signature($0.cast(to: .float32)) } ?? Signature(input.shape, .float32)
        }
    }

    private func single(_ outputs: [TensorType]) -> [TensorType] {
        outputs.map { TensorType(shape: $0.shape, elementType: isForeign($0.elementType) ? .float32 : $0.elementType) }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        guard let foreign = foreign(inputs.map { $0?.elementType }) else { return try inner.infer(inputs) }
        // Of these operators only batch normalisation has parameters of a type of their own.
        if foreign == .float64, node.operatorType != "BatchNormalization", inputs.contains(where: { $0?.elementType == .float32 }) {
            throw node.error(.unsupported, "has inputs of float32 and of float64; expected one type, as a Cast in front makes it")
        }
        return try inner.infer(single(inputs)).map { result in
            guard result.elementType == .float32 else { return result }
            return result.value.map { Signature($0.cast(to: foreign)) } ?? Signature(result.shape, foreign)
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let foreign = foreign(inputs.map { $0?.elementType }) else {
            return try inner.run(&inputs, outputs: outputs, context: context)
        }
        for index in inputs.indices {
            if let input = inputs[index], isForeign(input.elementType) { inputs[index] = input.cast(to: .float32) }
        }
        return try inner.run(&inputs, outputs: single(outputs), context: context).map {
            $0.elementType == .float32 ? $0.cast(to: foreign) : $0
        }
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        var held = ByteSum()
        held.add(inner.heldBytes(node, inputs: single(inputs), outputs: single(outputs)))
        // Tensors of other types lie there in float32 too.
        for type in inputs.compactMap({ $0?.type }) + outputs where isForeign(type.elementType) { held.add(floats: type.boundedCount) }
        return held.bytes
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        inner.views(of: index, inputs: single(inputs), outputs: single(outputs))
    }
}

extension Graph {
    /// Whether a tensor of half precision can appear.
    var usesHalfPrecision: Bool {
        if isNested || inputs.contains(where: { $0.elementType.isHalf }) || initializers.values.contains(where: { $0.elementType.isHalf }) {
            return true
        }
        return nodes.contains { node in
            node.attributes.contains { name, attribute in
                switch attribute {
                case .int(let code): ["to", "dtype", "output_dtype", "output_datatype"].contains(name) && (code == 10 || code == 16)
                case .tensor(let tensor): tensor.elementType.isHalf
                default: false
                }
            }
        }
    }

    /// Values that may be tensors of double precision: at least all that are.
    var doubleValues: Set<String> {
        var values = Set(inputs.filter { $0.elementType == .float64 }.map(\.name))
        for (name, tensor) in initializers where tensor.elementType == .float64 { values.insert(name) }
        for node in nodes {
            let isDouble: Bool
            switch node.operatorType {
            case "Cast", "Constant", "ConstantOfShape", "EyeLike", "DequantizeLinear", "BlackmanWindow", "HammingWindow", "HannWindow",
                "MelWeightMatrix":
                isDouble = node.attributes.values.contains { attribute in
                    switch attribute {
                    case .int(let code): code == 11
                    case .tensor(let tensor): tensor.elementType == .float64
                    default: false
                    }
                }
            case "Shape", "Size", "NonZero", "ArgMax", "ArgMin", "QuantizeLinear": isDouble = false
            case "Resize": isDouble = node.inputs.first.map(values.contains) ?? false
            case "If", "Loop", "Scan": isDouble = !values.isEmpty
            default: isDouble = node.inputs.contains { values.contains($0) }
            }
            if isDouble { values.formUnion(node.outputs) }
        }
        values.remove("")
        return values
    }
}
