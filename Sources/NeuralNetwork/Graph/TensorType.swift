/// Shape and element type of a value.
struct TensorType: Sendable, Hashable {
    let shape: [Int]
    let elementType: ElementType

    /// The number of elements. Only for types that a plan has checked.
    var count: Int { shape.reduce(1, *) }
    /// The same for any type; the largest number where it is beyond.
    var boundedCount: Int { Tensor.elementCount(of: shape) ?? .max }
    /// The elements' bytes. Only for types that a plan has checked.
    var byteCount: Int { count * elementType.byteCount }
}
