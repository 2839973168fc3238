/// Where elements of an array lie whose last axis is the fastest.
public enum COrder {
    /// The distance in elements between neighbours along each axis.
    public static func strides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }
}
