public import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// What is given for an input of a model.
public enum InputSource {
    /// An image, which is read region by region. Each place along t or z that the input lacks is a sample of its own.
    case image(any ImageBlocks)
    /// Images of one form, at least one, each of them a sample of its own.
    case batch([any ImageBlocks])
    /// An array with the axes of its input, in memory: for one without places in space and time, such as a condition, it goes whole to
    /// every window; others have axes that no image has, such as an index. Each element along a first axis that is the input's batch is
    /// one for a sample of its own.
    case array(NPYArray)

    /// The image; `nil` for a batch or an array.
    var image: (any ImageBlocks)? { if case .image(let image) = self { image } else { nil } }
}

extension TensorDescription {
    /// An array as this input: its axes in their order, with or without the batch. Extents in space and time are not judged.
    func tensor(of array: NPYArray) throws(InferenceError) -> AxisTensor {
        var shape = array.shape
        if shape.count == axes.count - 1, axes[0].kind == .batch { shape.insert(1, at: 0) }
        let found = array.shape.isEmpty ? "a scalar" : "an array of \(array.shape.map(String.init).joined(separator: " x ")) elements"
        let isFitting =
            shape.count == axes.count
            && zip(axes, shape).allSatisfy { axis, extent in
                switch axis.size {
                case _ where axis.kind == .space || axis.kind == .time: extent > 0
                case .fixed(let size): extent == size
                case .stepped(let least, let step): extent >= least && (extent - least) % max(1, step) == 0
                case .any: extent == 1
                case .reference, .dataDependent: extent > 0
                }
            }
        guard isFitting, let tensor = Tensor(shape: shape, storage: TensorStorage(array.pixels)),
            let named = AxisTensor(axes: axisIDs, tensor: tensor)
        else {
            throw .unfitImage(
                input: id, found: found, remedy: "give one with the axes \(axes.map(\.words).joined(separator: ", "))")
        }
        return named
    }
}

extension TensorAxis {
    /// The axis and its extents in words, such as `channel (8)`.
    var words: String {
        switch size {
        case .fixed(let size): "\(id) (\(size))"
        case .stepped(let least, let step): "\(id) (\(least) + n · \(step))"
        case .any: "\(id) (1)"
        case .reference, .dataDependent: id
        }
    }
}
