internal import ModelPackages
internal import NeuralNetwork

/// The images of a batch as one sample with all of them along its batch, for statistics over the batch.
struct BatchSample: StreamedSample {
    /// The axis of the batch.
    let axis: Int
    private let elements: [StreamedInput]

    /// - Parameter elements: the input's elements, at least one, each with a batch of 1 at `axis`.
    init(_ elements: [StreamedInput], axis: Int) {
        self.elements = elements
        self.axis = axis
    }

    var axes: [String] { elements.first?.axes ?? [] }

    var shape: [Int] {
        var shape = elements.first?.shape ?? []
        if shape.indices.contains(axis) { shape[axis] = elements.count }
        return shape
    }

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {
        for (number, element) in elements.enumerated() {
            try element.forEachWindow { (window, origin) throws(PackageError) in
                var origin = origin
                origin[axis] = number
                do throws(PackageError) { try visit(window, origin) } catch {
                    throw elements.count > 1 && error.code == .tensor ? error.inSample("batch \(number)") : error
                }
            }
        }
    }
}
