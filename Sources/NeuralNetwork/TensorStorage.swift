/// The elements of a tensor in C order (last axis fastest), in their own type.
public enum TensorStorage: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case float16([Float16])
    case bfloat16([BFloat16])
    case int64([Int64])
    case int32([Int32])
    case int16([Int16])
    case int8([Int8])
    case uint64([UInt64])
    case uint32([UInt32])
    case uint16([UInt16])
    case uint8([UInt8])
    case bool([Bool])
    /// Elements of 8 bits and fewer that are only cast, quantised and moved.
    case narrow(NarrowElements)

    /// The number of elements.
    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .float16(let values): values.count
        case .bfloat16(let values): values.count
        case .int64(let values): values.count
        case .int16(let values): values.count
        case .uint64(let values): values.count
        case .uint32(let values): values.count
        case .int32(let values): values.count
        case .int8(let values): values.count
        case .uint8(let values): values.count
        case .uint16(let values): values.count
        case .bool(let values): values.count
        case .narrow(let values): values.codes.count
        }
    }

    /// The type of one element.
    public var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int64: .int64
        case .int16: .int16
        case .uint64: .uint64
        case .uint32: .uint32
        case .int32: .int32
        case .int8: .int8
        case .uint8: .uint8
        case .uint16: .uint16
        case .bool: .bool
        case .narrow(let values): values.elementType
        }
    }
}
