public import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// What is given for an input of a model.
public enum InputSource {
    /// An image, which is read region by region. Each place along t or z that the input lacks is a sample of its own.
    case image(any ImageBlocks)
    /// Images of one form, at least one, each of them a sample of its own.
    case batch([any ImageBlocks])
    /// An array for an input without places in space and time, such as a condition: it goes whole to every window. Each element along a
    /// first axis that is the input's batch is one for a sample of its own.
    case array(NPYArray)

    /// The image; `nil` for a batch or an array.
    var image: (any ImageBlocks)? { if case .image(let image) = self { image } else { nil } }
}

extension TensorDescription {
    /// An array as this input, which has no places in space and time: its axes in their order, with or without the batch.
    func tensor(of array: NPYArray) throws(InferenceError) -> AxisTensor {
        var shape = array.shape
        if shape.count == axes.count - 1, axes[0].kind == .batch { shape.insert(1, at: 0) }
        let found = array.shape.isEmpty ? "a scalar" : "an array of \(array.shape.map(String.init).joined(separator: " x ")) elements"
        let isFitting =
            !hasPlaces && shape.count == axes.count
            && zip(axes, shape).allSatisfy { axis, extent in
                switch axis.size {
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
                input: id, found: found, remedy: "give one with the axes \(axes.map(InputSource.words).joined(separator: ", "))")
        }
        return named
    }
}

extension InputSource {
    /// An axis and its extents in words, such as `channel (8)`.
    fileprivate static func words(_ axis: TensorAxis) -> String {
        switch axis.size {
        case .fixed(let size): "\(axis.id) (\(size))"
        case .stepped(let least, let step): "\(axis.id) (\(least) + n · \(step))"
        case .any: "\(axis.id) (1)"
        case .reference, .dataDependent: axis.id
        }
    }
}
