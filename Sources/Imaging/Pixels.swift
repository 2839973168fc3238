/// The pixel values of an image in C order (last axis fastest), in the type in which the file holds them.
public enum Pixels: Sendable, Equatable {
    case uint8([UInt8])
    case uint16([UInt16])
    case uint32([UInt32])
    case int32([Int32])
    case float32([Float])
    case float64([Double])

    /// The number of values.
    public var count: Int {
        switch self {
        case .uint8(let values): values.count
        case .uint16(let values): values.count
        case .uint32(let values): values.count
        case .int32(let values): values.count
        case .float32(let values): values.count
        case .float64(let values): values.count
        }
    }

    /// The type of one value.
    public var type: PixelType {
        switch self {
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .float64: .float64
        }
    }
}

/// The types of pixel that Concours reads; the raw value is NumPy's name.
public enum PixelType: String, Sendable, Hashable, Codable {
    case uint8, uint16, uint32, int32, float32, float64

    /// Bytes of one value.
    public var byteCount: Int {
        switch self {
        case .uint8: 1
        case .uint16: 2
        case .uint32, .int32, .float32: 4
        case .float64: 8
        }
    }

    /// Whether values are whole numbers.
    public var isInteger: Bool { self != .float32 && self != .float64 }
}
