internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// The channels of an output in a scratch file, as images `(y, x)` or `(z, y, x)`.
struct ChannelPlanes {
    /// The extents of a channel.
    let shape: [Int]
    /// Where the elements lie.
    let geometry: ImageGeometry
    /// The number of channels.
    let count: Int

    private let output: StreamedOutput
    private let file: BlockFile

    init(_ output: StreamedOutput, _ file: BlockFile) throws(InferenceError) {
        self.output = output
        self.file = file
        geometry = output.geometry
        var shape: [Int] = []
        var count = 1
        for (axis, extent) in zip(output.imageAxes, output.imageShape) {
            switch axis {
            case .z, .y, .x: shape.append(extent)
            case .channel: count = extent
            case .time:
                guard extent == 1 else {
                    throw .unfitOutput(
                        output: output.description.id, found: "\(extent) elements along t", remedy: "labels are made of z, y and x only")
                }
            }
        }
        self.shape = shape
        self.count = count
    }

    /// The axes of a channel.
    var axes: [Axis] { shape.count == 3 ? [.z, .y, .x] : [.y, .x] }

    /// The values of a region of one channel in C order; NaN is refused, since no comparison with it means anything.
    func read(_ channel: Int, _ region: [Range<Int>]) throws(InferenceError) -> RealValues {
        guard channel >= 0, channel < count else {
            throw .unfitOutput(
                output: output.description.id, found: "channel \(channel) was asked for, there are \(count)",
                remedy: "count channels from 0")
        }
        var rest = region[...]
        let box = output.imageAxes.map { axis in
            switch axis {
            case .z, .y, .x: rest.removeFirst()
            case .channel: channel..<channel + 1
            case .time: 0..<1
            }
        }
        let pixels = try InferenceError.passingOn { () throws(ImageError) in try file.read(box) }
        let values = RealValues(TensorStorage(pixels))
        guard values.firstNaN == nil else {
            throw .unfitOutput(
                output: output.description.id, found: "channel \(channel) has values that are not numbers",
                remedy: "look for such values in the image (one can spoil the statistics of its preprocessing), then in the model")
        }
        return values
    }
}
