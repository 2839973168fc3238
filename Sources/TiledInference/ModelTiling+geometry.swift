internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension ModelTiling {
    /// Where the elements of an output lie, by where the pixels of the image do.
    ///
    /// An element is as long as the pixels of the image that it stands for, and begins where they do: at the image's beginning, or behind
    /// the rim that the network leaves out there.
    /// - Parameters:
    ///   - shape: the extents of the output, before or after the steps that follow the network.
    ///   - images: where the pixels of the images lie, by input.
    func geometry(of output: TensorDescription, shape: [Int], on images: [String: ImageGeometry]) -> ImageGeometry {
        let isBeforeSteps = extents[output.id] == shape
        var growth: [String: Int] = [:]
        for (axis, count) in zip(["z", "y", "x"].suffix(output.labelGrowth?.count ?? 0), output.labelGrowth ?? []) { growth[axis] = count }
        var result = ImageGeometry()
        for (place, axis) in output.axes.enumerated() {
            guard let named = axis.imageAxis, named != .channel, let index = sample.outputAxes[output.id]?[place], shape[place] > 0 else {
                continue
            }
            result[named] = sample.places(of: index, as: named, images)
            guard let scale = scales[output.id]?[index] else {
                result.stretch(named, by: Double(plan.extents[index]) / Double(shape[place]))
                continue
            }
            result.leaveOut(firstPlaces[output.id]?[index] ?? 0, of: named)
            result.stretch(named, by: Double(scale.denominator) / Double(scale.numerator * (isBeforeSteps ? 1 : growth[axis.id] ?? 1)))
        }
        return result
    }
}

extension TensorAxis {
    /// The axis that an image has for it; `nil` for batches and indices.
    var imageAxis: Axis? {
        switch kind {
        case .channel: .channel
        case .time: .time
        case .space: Axis(rawValue: id)
        case .batch, .index: nil
        }
    }
}
