/// `Cast` between the element types of the core. Fractions are cut off. A fraction that does not fit is clamped and NaN becomes 0;
/// a whole number that does not fit keeps its low bits. ONNX leaves these open.
struct Cast: Operator {
    private let node: Node
    private let target: ElementType
    private let saturates: Bool
    private let scaleRounding: NarrowFormat.ScaleRounding

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow("to", "saturate", "round_mode")
        self.node = node
        saturates = try node.int("saturate") ?? 1 != 0
        scaleRounding = try NarrowFormat.ScaleRounding(node)
        guard let code = try node.int("to"), let small = Int32(exactly: code) else { throw node.error(.attribute, "'to' is missing") }
        do {
            target = try TensorReader.elementType(small, place: "attribute 'to'")
        } catch {
            throw node.error(error.kind, error.message)
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        [Signature(try node.required(inputs, 0).shape, target)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        return [input.cast(to: target, saturates: saturates, scaleRounding: scaleRounding)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] { AxisView.identity(outputs[0].shape) }
}

extension NarrowFormat.ScaleRounding {
    /// The attribute `round_mode`.
    init(_ node: Node) throws(NetworkError) {
        let text = try node.string("round_mode") ?? "up"
        guard let known = NarrowFormat.ScaleRounding(rawValue: text) else {
            throw node.error(.attribute, "round_mode is '\(text)'; expected up, down or nearest")
        }
        self = known
    }
}

extension Tensor {
    /// The tensor with elements of another type, with the rules of the narrow types where it is one.
    func cast(to type: ElementType, saturates: Bool, scaleRounding: NarrowFormat.ScaleRounding) -> Tensor {
        guard type.isNarrow, type != elementType else { return cast(to: type) }
        return Tensor(
            shape, .narrow(NarrowElements(type, rounding: doubles, saturates: saturates, scaleRounding: scaleRounding)))
    }

    /// The tensor with elements of another type.
    package func cast(to type: ElementType) -> Tensor {
        switch storage {
        case _ where type == elementType: self
        case .float32(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .float64(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .float16(let values): Tensor(shape, TensorStorage(casting: values.map(Float.init), to: type))
        case .bfloat16(let values): Tensor(shape, TensorStorage(casting: values.map(\.value), to: type))
        case .int64(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .int16(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .uint64(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .uint32(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .int32(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .int8(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .uint8(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .uint16(let values): Tensor(shape, TensorStorage(casting: values, to: type))
        case .bool(let values): Tensor(shape, TensorStorage(casting: values.map { UInt8($0 ? 1 : 0) }, to: type))
        case .narrow(let values): Tensor(shape, TensorStorage(casting: values.values, to: type))
        }
    }
}

extension TensorStorage {
    fileprivate init<Source: BinaryFloatingPoint & SendableMetatype>(casting values: [Source], to type: ElementType) {
        func whole<Target: FixedWidthInteger>(_: Target.Type) -> [Target] {
            values.map { value in
                if value.isNaN { return 0 }
                return Target(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
            }
        }
        switch type {
        case .float32: self = .float32(values.map(Float.init))
        case .float64: self = .float64(values.map(Double.init))
        case .float16: self = .float16(values.map(Float16.init))
        case .bfloat16: self = .bfloat16(values.map { BFloat16(Float($0)) })
        case .int64: self = .int64(whole(Int64.self))
        case .int16: self = .int16(whole(Int16.self))
        case .uint64: self = .uint64(whole(UInt64.self))
        case .uint32: self = .uint32(whole(UInt32.self))
        case .int32: self = .int32(whole(Int32.self))
        case .int8: self = .int8(whole(Int8.self))
        case .uint8: self = .uint8(whole(UInt8.self))
        case .uint16: self = .uint16(whole(UInt16.self))
        case .bool: self = .bool(values.map { $0 != 0 })
        default: self = .narrow(NarrowElements(type, rounding: values.map(Double.init)))
        }
    }

    fileprivate init<Source: FixedWidthInteger & SendableMetatype>(casting values: [Source], to type: ElementType) {
        switch type {
        case .float32: self = .float32(values.map(Float.init))
        case .float64: self = .float64(values.map(Double.init))
        case .float16: self = .float16(values.map(Float16.init))
        case .bfloat16: self = .bfloat16(values.map { BFloat16(Float($0)) })
        case .int64: self = .int64(values.map(Int64.init(truncatingIfNeeded:)))
        case .int16: self = .int16(values.map(Int16.init(truncatingIfNeeded:)))
        case .uint64: self = .uint64(values.map(UInt64.init(truncatingIfNeeded:)))
        case .uint32: self = .uint32(values.map(UInt32.init(truncatingIfNeeded:)))
        case .int32: self = .int32(values.map(Int32.init(truncatingIfNeeded:)))
        case .int8: self = .int8(values.map(Int8.init(truncatingIfNeeded:)))
        case .uint8: self = .uint8(values.map(UInt8.init(truncatingIfNeeded:)))
        case .uint16: self = .uint16(values.map(UInt16.init(truncatingIfNeeded:)))
        case .bool: self = .bool(values.map { $0 != 0 })
        default: self = .narrow(NarrowElements(type, rounding: values.map(Double.init)))
        }
    }
}
