/// The types of tensor element that the core reads; the raw value is NumPy's name (that of the package `ml_dtypes` for the narrow ones).
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
    case float32, float64, float16, bfloat16, int64, int32, int16, int8, uint64, uint32, uint16, uint8, bool
    /// Types of 8 bits and fewer: they can be cast, quantised and moved, and nothing is computed in them.
    case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, float8e8m0, float4e2m1, uint4, int4, uint2, int2

    /// Bytes of one element in memory.
    public var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1, .uint4, .int4, .uint2, .int2: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Whether elements are whole numbers that can be indices or extents; `bool` and the narrow types are not.
    public var isInteger: Bool {
        switch self {
        case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8: true
        default: false
        }
    }

    /// Whether elements have a fraction that can be computed with.
    public var isReal: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        default: false
        }
    }

    /// Whether elements are numbers that can be computed with.
    var isNumber: Bool { isInteger || isReal }

    /// The types of half precision, with which everything is computed in float32 and rounded once.
    var isHalf: Bool { self == .float16 || self == .bfloat16 }

    /// Whether it is one of the types that are only cast, quantised and moved.
    public var isNarrow: Bool { NarrowFormat.formats[self] != nil }
}
