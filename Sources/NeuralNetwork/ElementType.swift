/// The types of tensor element that the core computes with; the raw value is NumPy's name.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
    case float32, float64, int64, int32, int8, uint8, uint16, bool

    /// Bytes of one element in memory.
    public var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .uint16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    /// Whether elements are whole numbers that can be indices or extents; `bool` is not.
    public var isInteger: Bool {
        switch self {
        case .int64, .int32, .int8, .uint8, .uint16: true
        case .float32, .float64, .bool: false
        }
    }
}
