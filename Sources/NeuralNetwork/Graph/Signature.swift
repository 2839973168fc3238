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
