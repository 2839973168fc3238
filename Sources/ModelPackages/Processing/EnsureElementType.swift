internal import NeuralNetwork

/// `ensure_dtype`: the values in another element type.
///
/// As a cast in C on two's-complement machines: fractions are cut off, whole numbers wrap around, NaN and values beyond 64 bits
/// become 0 in narrow types; to `bool`, everything but 0 is true.
struct EnsureElementType: ProcessingStep {
    let id = "ensure_dtype"
    let elementType: ElementType
    /// Whether the format adds the step, and the description does not write it.
    let isImplied: Bool

    /// A step that the format adds.
    init(implied type: ElementType) { (elementType, isImplied) = (type, true) }

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("dtype")
        let node = try arguments.node.required("dtype")
        guard let type = ElementType(rawValue: try node.string()) else {
            throw node.fault(
                .unsupportedStep, found: "found \(node.summary)",
                remedy: "use one of \(ElementType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        (elementType, isImplied) = (type, false)
    }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        tensor.with(tensor.tensor.storage.cast(to: elementType))
    }
}

extension TensorStorage {
    /// The values in another type, by the rules of `EnsureElementType`.
    func cast(to type: ElementType) -> TensorStorage {
        guard type != elementType else { return self }
        switch self {
        case .float32(let values): return TensorStorage.cast(values, to: type)
        case .float64(let values): return TensorStorage.cast(values, to: type)
        case .float16(let values): return TensorStorage.cast(values.map(Float.init), to: type)
        case .bfloat16(let values): return TensorStorage.cast(values.map(\.value), to: type)
        case .narrow(let values): return TensorStorage.cast(values.values, to: type)
        case .uint64(let values): return TensorStorage.cast(whole: values, to: type)
        case .uint32(let values): return TensorStorage.cast(whole: values, to: type)
        case .int16(let values): return TensorStorage.cast(whole: values, to: type)
        case .int64(let values): return TensorStorage.cast(whole: values, to: type)
        case .int32(let values): return TensorStorage.cast(whole: values, to: type)
        case .int8(let values): return TensorStorage.cast(whole: values, to: type)
        case .uint8(let values): return TensorStorage.cast(whole: values, to: type)
        case .uint16(let values): return TensorStorage.cast(whole: values, to: type)
        case .bool(let values): return TensorStorage.cast(whole: values.map { UInt8($0 ? 1 : 0) }, to: type)
        }
    }

    private static func cast<Value: BinaryFloatingPoint>(_ values: [Value], to type: ElementType) -> TensorStorage {
        switch type {
        case .float32: .float32(values.map { Float($0) })
        case .float64: .float64(values.map { Double($0) })
        case .float16: .float16(values.map { Float16($0) })
        case .bfloat16: .bfloat16(values.map { BFloat16(Float($0)) })
        case .bool: .bool(values.map { $0 != 0 })
        case _ where type.isNarrow: .narrow(NarrowElements(type, rounding: values.map { Double($0) }))
        case .uint64: .uint64(wrapped(values))
        case .uint32: .uint32(wrapped(values))
        case .uint16: .uint16(wrapped(values))
        case .uint8: .uint8(wrapped(values))
        case .int64: .int64(wrapped(values))
        case .int32: .int32(wrapped(values))
        case .int16: .int16(wrapped(values))
        default: .int8(wrapped(values))
        }
    }

    private static func wrapped<Value: BinaryFloatingPoint, Whole: FixedWidthInteger>(_ values: [Value]) -> [Whole] {
        values.map { Whole(truncatingIfNeeded: Int64(exactly: $0.rounded(.towardZero)) ?? .min) }
    }

    private static func cast<Value: FixedWidthInteger>(whole values: [Value], to type: ElementType) -> TensorStorage {
        switch type {
        case .float32: .float32(values.map { Float($0) })
        case .float64: .float64(values.map { Double($0) })
        case .float16: .float16(values.map { Float16($0) })
        case .bfloat16: .bfloat16(values.map { BFloat16(Float($0)) })
        case .uint64: .uint64(values.map { UInt64(truncatingIfNeeded: $0) })
        case .uint32: .uint32(values.map { UInt32(truncatingIfNeeded: $0) })
        case .int16: .int16(values.map { Int16(truncatingIfNeeded: $0) })
        case .int64: .int64(values.map { Int64(truncatingIfNeeded: $0) })
        case .int32: .int32(values.map { Int32(truncatingIfNeeded: $0) })
        case .int8: .int8(values.map { Int8(truncatingIfNeeded: $0) })
        case .uint8: .uint8(values.map { UInt8(truncatingIfNeeded: $0) })
        case .uint16: .uint16(values.map { UInt16(truncatingIfNeeded: $0) })
        case .bool: .bool(values.map { $0 != 0 })
        default: .narrow(NarrowElements(type, rounding: values.map { Double($0) }))
        }
    }
}
