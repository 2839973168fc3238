internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// An output as the network made it, in a scratch file.
struct ScratchSample: StreamedSample {
    let output: StreamedOutput
    let file: BlockFile

    var axes: [String] { output.description.axisIDs }
    var shape: [Int] { output.shape }

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {
        for box in boxes(ofAtMost: StreamedOutput.partElements) {
            let values: RealValues
            do { values = try self.values(box) } catch {
                throw PackageError(.tensor, found: "\(error)", remedy: "make room on the disk and run again")
            }
            guard let part = Tensor(shape: box.map(\.count), storage: values.storage), let tensor = AxisTensor(axes: axes, tensor: part)
            else { continue }
            try visit(tensor, box.map(\.lowerBound))
        }
    }

    /// Boxes that together are the output, uncut along axes of which a step needs all elements at once; otherwise of 512 x 512 with all
    /// channels, or less if these are too many elements.
    func boxes(ofAtMost elements: Int) -> [[Range<Int>]] {
        let cut = output.description.axes.indices.filter { axis in
            let own = output.description.axes[axis]
            return own.kind != .channel && !output.description.wholeAxes.contains(own.id)
        }
        return Tiles.boxes(shape, Tiles.extents(shape, output.description.axisIDs, cut: cut, ofAtMost: elements))
    }

    /// The values of a box.
    func values(_ box: [Range<Int>]) throws(ImageError) -> RealValues {
        output.tensorValues(RealValues(TensorStorage(try file.read(output.region(box)))), of: box)
    }
}
