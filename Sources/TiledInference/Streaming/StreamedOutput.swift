public import Imaging
public import ModelPackages

/// What is known about an output before its first value is written.
public struct StreamedOutput: Sendable {
    /// The output as the package describes it.
    public let description: TensorDescription
    /// The extents of the tensor, slowest first.
    public let shape: [Int]
    /// Micrometres between neighbours, where the image said so.
    public let spacing: [Axis: Double]

    /// The time, channel and space axes, which an image of the output has.
    public let imageAxes: [Axis]
    /// The extents along `imageAxes`.
    public let imageShape: [Int]
    /// What is known about the channels; empty where nothing is.
    let channels: [ChannelLabel]
    /// For each axis of the tensor whether an image has it.
    private let isKept: [Bool]

    init(_ description: TensorDescription, shape: [Int], spacing: [Axis: Double]) throws(InferenceError) {
        var axes: [Axis] = []
        var extents: [Int] = []
        var isKept: [Bool] = []
        for (axis, extent) in zip(description.axes, shape) {
            let named: Axis? =
                switch axis.kind {
                case .channel: .channel
                case .time: .time
                case .space: Axis(rawValue: axis.id)
                case .batch, .index: nil
                }
            guard named != nil || extent == 1 else {
                throw .unfitOutput(
                    output: description.id, found: "\(extent) elements along \(axis.id)", remedy: "images are made of t, c, z, y and x only"
                )
            }
            isKept.append(named != nil)
            if let named {
                axes.append(named)
                extents.append(extent)
            }
        }
        guard axes == Axis.allCases.filter(axes.contains), axes.suffix(2) == [.y, .x] else {
            throw .unfitOutput(
                output: description.id, found: "the axes \(description.axisIDs.joined(separator: ", "))",
                remedy: "images are streamed in the order t, c, z, y, x")
        }
        self.description = description
        self.shape = shape
        self.spacing = spacing
        self.isKept = isKept
        imageAxes = axes
        imageShape = extents
        channels = axes.firstIndex(of: .channel).map { description.channelLabels(count: extents[$0]) } ?? []
    }

    /// A box of the tensor as a region of the image.
    func region(_ box: [Range<Int>]) -> [Range<Int>] { zip(box, isKept).filter(\.1).map(\.0) }

    /// A region of the image as a box of the tensor.
    func box(_ region: [Range<Int>]) -> [Range<Int>] {
        var rest = region[...]
        return isKept.map { $0 ? rest.removeFirst() : 0..<1 }
    }
}
