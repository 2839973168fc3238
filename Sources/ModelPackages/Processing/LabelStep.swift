internal import NeuralNetwork

/// A postprocessing step that makes an object's number for each pixel of all channels of a whole sample.
///
/// The tensor's axes are, in any order, at most a batch, a channel axis and the space axes (z,) y and x. The result has one channel, and
/// its space axes may be longer.
protocol LabelStep: ProcessingStep {
    /// Elements of the result for one element of the tensor, along (z,) y and x.
    var growth: [Int] { get }
    /// The element type of the result.
    var elementType: ElementType { get }
    /// Refuses a tensor of so many channels.
    func check(channels: Int) throws(PackageError)
    /// Labels of one image or stack.
    ///
    /// - Parameters:
    ///   - channels: the values of each channel, in C order of `shape`.
    ///   - shape: the extents along (z,) y and x.
    /// - Returns: labels in C order of `shape` times `growth`.
    func labels(channels: [[Float]], shape: [Int]) throws(PackageError) -> [UInt32]
}

extension LabelStep {
    var usesStatistics: Bool { false }

    func resultShape(of shape: [Int], axes: [String]) -> [Int] {
        let space = SpaceAxes.names(last: growth.count)
        return zip(axes, shape).map { axis, extent in
            if axis == "channel" { return 1 }
            return space.firstIndex(of: axis).map { extent * growth[$0] } ?? extent
        }
    }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let layout = try LabelLayout(tensor, spaces: growth.count, step: id)
        let shape = resultShape(of: tensor.shape, axes: tensor.axes)
        // A grid that is coarser than rays are many has no sense, and labels that do not fit into memory.
        guard let count = Tensor.elementCount(of: shape), count <= 2 * tensor.tensor.count + 1 << 24 else {
            throw PackageError(
                .tensor, found: "the step `\(id)` makes labels of the extents \(shape) from a tensor of \(tensor.shape)",
                remedy: "write the grid that the network was trained with")
        }
        let result = layout.resized(to: shape)
        try check(channels: layout.channels)
        var values = [UInt32](repeating: 0, count: count)
        guard case .float32(let floats) = tensor.tensor.storage.cast(to: .float32) else {
            preconditionFailure("cast to float32, numbers are of that type")
        }
        for batch in 0..<layout.batches {
            let channels = (0..<layout.channels).map { layout.gather(floats, batch: batch, channel: $0) }
            let labels = try labels(channels: channels, shape: layout.shape)
            result.scatter(labels, into: &values, batch: batch)
        }
        if elementType == .uint16, let largest = values.max(), largest > UInt32(UInt16.max) {
            throw PackageError(
                .tensor, found: "the step `\(id)` found \(largest) objects, more than uint16 holds", remedy: "write `output_dtype: uint32`")
        }
        guard let made = Tensor(shape: shape, storage: TensorStorage.uint32(values).cast(to: elementType)),
            let labelled = AxisTensor(axes: tensor.axes, tensor: made)
        else { preconditionFailure("there are as many labels as the result's extents say") }
        return labelled
    }
}

extension TensorDescription {
    /// The step that makes labels; `nil` if the output is not made of labels.
    var labelStep: (any LabelStep)? { steps.lazy.compactMap { $0 as? any LabelStep }.first }

    /// The step by which the output holds an object's number for each pixel, such as `stardist_postprocessing`; `nil` if it does not.
    public var labelStepID: String? { labelStep?.id }

    /// The number of space axes.
    public var spaceCount: Int { axes.count { $0.kind == .space } }

    /// Labels for one element of the network's output along (z,) y and x; `nil` if the output is not made of labels.
    public var labelGrowth: [Int]? { labelStep?.growth }

    /// The extents after the steps.
    package func resultShape(of shape: [Int]) -> [Int] {
        steps.reduce(shape) { shape, step in step.resultShape(of: shape, axes: axisIDs) }
    }
}

extension ModelPackage {
    /// Refuses outputs of which the steps that make labels cannot make any.
    ///
    /// - Parameter extents: those of the network's outputs, by the package's names; others are not looked at.
    package func checkLabelSteps(onOutputsOf extents: [String: [Int]]) throws(PackageError) {
        for output in outputs {
            guard let step = output.labelStep, let shape = extents[output.id], shape.count == output.axes.count else { continue }
            try step.check(channels: output.axisIDs.firstIndex(of: "channel").map { shape[$0] } ?? 1)
        }
    }
}
