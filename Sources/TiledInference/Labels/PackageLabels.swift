internal import Imaging
public import ModelPackages

/// Labels that a step of the package made: the only channel of an output, renumbered in raster order.
public struct PackageLabels: Sendable, Equatable {
    /// The output that is read.
    public let source: OutputSource
    /// Labels for one place of the network's grid along (z,) y and x.
    private let growth: [Int]

    /// Labels are exact in single precision up to here.
    private static let mostObjects: Float = 16_777_216

    /// `nil` if no step of the output makes labels.
    public init?(_ output: TensorDescription) {
        guard let growth = output.labelGrowth else { return nil }
        source = OutputSource(output.id)
        self.growth = growth
    }

    /// - Parameter imageExtents: extents of the image, where they are known; labels of the grid's last place end where the image ends.
    func labels(_ output: PredictedTensor, imageExtents: [Axis: Int]) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let (shape, values) = try output.plane(channel: 0)
        guard output.channelCount == 1, values.allSatisfy({ $0 >= 0 && $0 <= Self.mostObjects && $0 == $0.rounded() }) else {
            throw .unfitOutput(
                output: output.id, found: "values that are no objects' numbers",
                remedy: "let nothing but `ensure_dtype` follow the step that makes labels, and at most 16 million objects be found")
        }
        var image = shape
        for (index, axis) in [Axis.z, .y, .x].suffix(shape.count).enumerated() where growth.count == shape.count {
            guard let extent = imageExtents[axis], extent < shape[index], shape[index] - extent < growth[index] else { continue }
            image[index] = extent
        }
        let labels = image == shape ? values.map { UInt32($0) } : Self.cropped(values, shape, to: image)
        return (image, LabelNumbering.renumbered(labels, minSize: 0))
    }

    private static func cropped(_ values: [Float], _ shape: [Int], to image: [Int]) -> [UInt32] {
        var labels: [UInt32] = []
        labels.reserveCapacity(image.reduce(1, *))
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        for plane in 0..<(image.count == 3 ? image[0] : 1) {
            for row in 0..<image[image.count - 2] {
                let start = (plane * rows + row) * columns
                labels += values[start..<start + image[image.count - 1]].map { UInt32($0) }
            }
        }
        return labels
    }
}
