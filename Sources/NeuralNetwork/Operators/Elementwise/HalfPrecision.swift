/// An operator in a network with float16 or bfloat16 tensors: computed in float32, each result rounded once.
struct HalfPrecision: Operator {
    private let inner: any Operator

    /// Operators that choose the type of their results themselves.
    private static let untouched: Set<String> = [
        "BitCast", "Cast", "CastLike", "Constant", "ConstantOfShape", "DequantizeLinear", "EyeLike", "Identity", "If", "IsInf", "IsNaN",
        "Loop",
        "NonZero", "QLinearMatMul", "QuantizeLinear", "Scan", "Shape", "Size",
    ]

    /// Never called: the registry makes the inner operator first.
    init(_ node: Node) throws(NetworkError) { throw node.error(.internalFault, "is not made from a node") }

    private init(inner: any Operator) { self.inner = inner }

    /// The operator as it is needed.
    static func wrapping(_ operation: any Operator, of node: Node) -> any Operator {
        untouched.contains(node.operatorType) ? operation : HalfPrecision(inner: operation)
    }

    /// The half type of the inputs; `nil` if there is none.
    private static func half(_ types: [ElementType?]) -> ElementType? { types.compactMap { $0 }.first(where: \.isHalf) }

    private static func widened(_ inputs: [Signature?]) -> [Signature?] {
        inputs.map { input in
            guard let input, input.elementType.isHalf else { return input }
            return input.value.map { Signature($0.cast(to: .float32)) } ?? Signature(input.shape, .float32)
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        guard let half = HalfPrecision.half(inputs.map { $0?.elementType }) else { return try inner.infer(inputs) }
        return try inner.infer(HalfPrecision.widened(inputs)).map { result in
            guard result.elementType == .float32 else { return result }
            return result.value.map { Signature($0.cast(to: half)) } ?? Signature(result.shape, half)
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let half = HalfPrecision.half(inputs.map { $0?.elementType }) else {
            return try inner.run(&inputs, outputs: outputs, context: context)
        }
        for index in inputs.indices where inputs[index]?.elementType.isHalf == true { inputs[index] = inputs[index]?.cast(to: .float32) }
        let wide = outputs.map { TensorType(shape: $0.shape, elementType: $0.elementType.isHalf ? .float32 : $0.elementType) }
        return try inner.run(&inputs, outputs: wide, context: context).map { $0.elementType == .float32 ? $0.cast(to: half) : $0 }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let wide = outputs.map { TensorType(shape: $0.shape, elementType: $0.elementType.isHalf ? .float32 : $0.elementType) }
        return inner.views(of: index, inputs: HalfPrecision.widened(inputs), outputs: wide)
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
}
