/// An n-dimensional array as ONNX means it: C order, images as (batch, channel, spatial axes…), no axes' names.
public struct Tensor: Sendable, Equatable {
    /// The extent of each axis, slowest first. Empty for a scalar; an extent may be 0.
    public private(set) var shape: [Int]
    /// The elements; `storage.count` is the product of `shape`.
    public private(set) var storage: TensorStorage

    /// Makes a tensor; `nil` if an extent is negative or the number of elements is not the product of the shape.
    public init?(shape: [Int], storage: TensorStorage) {
        guard let count = Tensor.elementCount(of: shape), count == storage.count else { return nil }
        self.shape = shape
        self.storage = storage
    }

    /// A scalar (shape `[]`).
    public init(scalar: Float) {
        shape = []
        storage = .float32([scalar])
    }

    /// The type of one element.
    public var elementType: ElementType { storage.elementType }

    /// The number of elements.
    public var count: Int { storage.count }

    /// The values of a `float32` tensor in C order; `nil` for another type.
    public var floats: [Float]? {
        if case .float32(let values) = storage { values } else { nil }
    }

    /// The product of the extents; `nil` if one is negative or the product does not fit.
    public static func elementCount(of shape: [Int]) -> Int? {
        var count = 1
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }
}

extension Tensor {
    /// A tensor whose shape the caller computed from the same numbers as the elements.
    init(_ shape: [Int], _ storage: TensorStorage) {
        precondition(Tensor.elementCount(of: shape) == storage.count, "shape and elements differ")
        self.shape = shape
        self.storage = storage
    }

    /// A tensor of indices, extents or axes.
    init(integers: [Int]) {
        shape = [integers.count]
        storage = .int64(integers.map(Int64.init))
    }

    /// The same elements under another shape of the same element count.
    consuming func reshaped(_ newShape: [Int]) -> Tensor {
        precondition(Tensor.elementCount(of: newShape) == count, "a reshape keeps the number of elements")
        shape = newShape
        return self
    }

    /// Takes the float32 elements out, leaving the tensor empty, so that a sole owner can change them in place.
    mutating func takeFloats() -> [Float]? {
        guard case .float32(let values) = storage else { return nil }
        storage = .float32([])
        shape = [0]
        return values
    }

    /// The values of an integer tensor; `nil` for another type.
    var integers: [Int]? {
        switch storage {
        case .int64(let values): values.map(Int.init)
        case .uint64(let values): values.map(Int.init(clamping:))
        case .uint32(let values): values.map(Int.init)
        case .int16(let values): values.map(Int.init)
        case .int32(let values): values.map(Int.init)
        case .int8(let values): values.map(Int.init)
        case .uint8(let values): values.map(Int.init)
        case .uint16(let values): values.map(Int.init)
        case .float32, .float64, .float16, .bfloat16, .bool, .narrow: nil
        }
    }

    /// The elements' bytes.
    var byteCount: Int { count * elementType.byteCount }
}
