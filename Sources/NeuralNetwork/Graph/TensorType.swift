/// Shape and element type of a value.
struct TensorType: Sendable, Hashable {
    let shape: [Int]
    let elementType: ElementType

    /// The number of elements. Only for types that a plan has checked.
    var count: Int { shape.reduce(1, *) }
    /// The elements' bytes. Only for types that a plan has checked.
    var byteCount: Int { count * elementType.byteCount }
}
