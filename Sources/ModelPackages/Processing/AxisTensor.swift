public import NeuralNetwork

/// A tensor whose axes have names.
public struct AxisTensor: Sendable, Equatable {
    /// The names of the axes, slowest first, as many as the tensor has extents.
    public let axes: [String]
    /// The values.
    public let tensor: Tensor

    /// Names the axes of a tensor; `nil` unless there is one name for each extent.
    public init?(axes: [String], tensor: Tensor) {
        guard axes.count == tensor.shape.count else { return nil }
        self.axes = axes
        self.tensor = tensor
    }

    /// The extents, slowest first.
    public var shape: [Int] { tensor.shape }

    /// The extent of an axis; `nil` where the tensor does not have it.
    public func extent(of axis: String) -> Int? { axes.firstIndex(of: axis).map { tensor.shape[$0] } }

    /// Where an element is, by its number in C order.
    static func place(of element: Int, in shape: [Int]) -> [Int] {
        var place = shape, rest = element
        for axis in shape.indices.reversed() {
            place[axis] = rest % shape[axis]
            rest /= shape[axis]
        }
        return place
    }
}
