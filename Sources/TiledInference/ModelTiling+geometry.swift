internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension ModelTiling {
    /// Where the elements of an output lie, by where the pixels of the image do.
    ///
    /// An element is as long as the pixels of the image that it stands for, and lies in the middle of what it sees: one of a convolution
    /// with stride 2 on the first pixel if its kernel has 3 elements and a padding of 1, between the first two if it has 2. Where
    /// elements see more on one side or the other by their place, as behind a decoder, they fill the image from its beginning.
    /// - Parameters:
    ///   - shape: the extents of the output, before or after the steps that follow the network.
    ///   - images: where the pixels of the images lie, by input.
    ///   - asCells: whether elements fill the image from its beginning, or from behind the rim that the network leaves out there, as
    ///     those on a finer grid that are made of them do.
    func geometry(
        of output: TensorDescription, shape: [Int], on images: [String: ImageGeometry], asCells: Bool = false
    ) -> ImageGeometry {
        let isBeforeSteps = extents[output.id] == shape
        var growth: [String: Int] = [:]
        for (axis, count) in zip(SpaceAxes.names(last: output.labelGrowth?.count ?? 0), output.labelGrowth ?? []) { growth[axis] = count }
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
            let seen = fields[output.id].flatMap { $0.indices.contains(index) ? $0[index] : nil }
            let field = seen.flatMap { $0.scale == scale ? $0 : nil }
            if let field, isBeforeSteps, !asCells {
                let pixel = result[named].distance
                result[named].origin += field.firstMiddle * pixel
                result[named].distance = pixel * Double(scale.denominator) / Double(scale.numerator)
                continue
            }
            result.leaveOut(field?.origin ?? 0, of: named)
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
