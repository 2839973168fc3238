/// Shape and element type of a value.
struct TensorType: Sendable, Hashable {
    let shape: [Int]
    let elementType: ElementType

    /// The number of elements. Only for types that a plan has checked.
    var count: Int { shape.reduce(1, *) }
    /// The elements' bytes. Only for types that a plan has checked.
    var byteCount: Int { count * elementType.byteCount }
}

/// What is known of a value before a run: its type and, where it does not depend on pixels, the value itself.
struct Signature: Sendable {
    let type: TensorType
    let value: Tensor?
    /// Where the elements are flat places in an image, as `MaxPool` gives them: the image's extents, if they are known.
    var placesIn: [Int]?

    init(_ shape: [Int], _ elementType: ElementType, placesIn: [Int]? = nil) {
        type = TensorType(shape: shape, elementType: elementType)
        value = nil
        self.placesIn = placesIn
    }

    init(type: TensorType) {
        self.type = type
        value = nil
    }

    init(_ value: Tensor) {
        type = TensorType(shape: value.shape, elementType: value.elementType)
        self.value = value
    }

    var shape: [Int] { type.shape }
    var rank: Int { type.shape.count }
    var elementType: ElementType { type.elementType }
}
