/// A named dimension of an image, in the vocabulary of OME-Zarr 0.5 and bioimage.io 0.5.
public enum Axis: String, Sendable, Hashable, Codable, CaseIterable {
    case time = "t"
    case channel = "c"
    case z
    case y
    case x

    /// Whether the axis measures length, so that it can carry a spacing.
    public var isSpatial: Bool { self == .z || self == .y || self == .x }

    /// Reads an axis string such as `yx`, `zyx` or `cyx`, slowest axis first; `nil` if a letter is unknown or stands twice.
    public static func list(_ text: String) -> [Axis]? {
        let axes = text.compactMap { Axis(rawValue: String($0)) }
        return axes.count == text.count && Set(axes).count == axes.count ? axes : nil
    }
}
