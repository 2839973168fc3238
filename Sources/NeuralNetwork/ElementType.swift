/// The types of tensor element that the core computes with; the raw value is NumPy's name.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
    case float32, float64, float16, bfloat16, int64, int32, int16, int8, uint64, uint32, uint16, uint8, bool

    /// Bytes of one element in memory.
    public var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Whether elements are whole numbers that can be indices or extents; `bool` is not.
    public var isInteger: Bool {
        switch self {
        case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8: true
        case .float32, .float64, .float16, .bfloat16, .bool: false
        }
    }

    /// Whether elements have a fraction.
    public var isReal: Bool { !isInteger && self != .bool }

    /// The types of half precision, with which everything is computed in float32 and rounded once.
    var isHalf: Bool { self == .float16 || self == .bfloat16 }
}
