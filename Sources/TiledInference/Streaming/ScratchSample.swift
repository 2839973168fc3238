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
        for box in boxes {
            let values: [Float]
            do { values = try floats(box) } catch {
                throw PackageError(.tensor, found: "\(error)", remedy: "make room on the disk and run again")
            }
            guard let part = Tensor(shape: box.map(\.count), storage: .float32(values)), let tensor = AxisTensor(axes: axes, tensor: part)
            else { continue }
            try visit(tensor, box.map(\.lowerBound))
        }
    }

    /// Boxes that together are the output, uncut along axes of which a step needs all elements at once.
    var boxes: [[Range<Int>]] {
        let whole = output.description.wholeAxes
        let extents = zip(output.description.axes, shape).map { axis, extent in
            if axis.kind == .channel || whole.contains(axis.id) { return extent }
            return axis.id == "y" || axis.id == "x" ? min(extent, 512) : 1
        }
        return Tiles.boxes(shape, extents)
    }

    /// The values of a box.
    func floats(_ box: [Range<Int>]) throws(ImageError) -> [Float] {
        guard case .float32(let values) = try file.read(output.region(box)) else { return [] }
        return output.tensorValues(values, of: box)
    }
}
