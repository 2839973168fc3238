public import Imaging
public import ModelPackages
internal import NeuralNetwork

/// What is known about an output before its first value is written.
public struct StreamedOutput: Sendable {
    /// The output as the package describes it.
    public let description: TensorDescription
    /// The extents of the tensor, slowest first.
    public let shape: [Int]
    /// Where the elements lie.
    public let geometry: ImageGeometry
    /// Where they lie as cells that fill the image, of which elements on a finer grid are made.
    let cells: ImageGeometry
    /// Of what the values are.
    let types: ResultTypes

    /// The time, channel and space axes, which an image of the output has, in the order t, c, z, y, x.
    public let imageAxes: [Axis]
    /// The extents along `imageAxes`.
    public let imageShape: [Int]
    /// What is known about the channels; empty where nothing is.
    let channels: [ChannelLabel]
    /// For each of `imageAxes` the tensor's axis.
    private let order: [Int]

    init(
        _ description: TensorDescription, shape: [Int], geometry: ImageGeometry, cells: ImageGeometry, types: ResultTypes
    ) throws(InferenceError) {
        var places: [Axis: Int] = [:]
        for (place, (axis, extent)) in zip(description.axes, shape).enumerated() {
            let named = axis.imageAxis
            guard named != nil || extent == 1 else {
                throw .unfitOutput(
                    output: description.id, found: "\(extent) elements along \(axis.id)", remedy: "images are made of t, c, z, y and x only"
                )
            }
            if let named { places[named] = place }
        }
        guard places[.y] != nil, places[.x] != nil else {
            throw .unfitOutput(
                output: description.id, found: "the axes \(description.axisIDs.joined(separator: ", "))",
                remedy: "images have the axes y and x")
        }
        self.description = description
        self.shape = shape
        self.geometry = geometry
        self.cells = cells
        self.types = types
        imageAxes = Axis.allCases.filter { places[$0] != nil }
        order = imageAxes.compactMap { places[$0] }
        imageShape = order.map { shape[$0] }
        channels = places[.channel].map { description.channelLabels(count: shape[$0]) } ?? []
    }

    /// Whether values without steps are rounded to float32, since that is the declared type.
    var isRounded: Bool { description.steps.isEmpty && types.network.isWide && !types.result.isWide }

    /// The type of the values that tiles give: behind the steps, or in front of them where they need all values.
    var tileType: PixelType { description.needsWholeSample ? types.waiting : types.processed }

    /// The tensor's axes, with their places among `imageAxes`.
    var arrayAxes: [ResultForm.ArrayAxis] {
        shape.indices.map { axis in
            ResultForm.ArrayAxis(extent: shape[axis], isBatch: description.axes[axis].kind == .batch, place: order.firstIndex(of: axis))
        }
    }

    /// A box of the tensor as a region of the image.
    func region(_ box: [Range<Int>]) -> [Range<Int>] { order.map { box[$0] } }

    /// The values of a box of the tensor in the order of the image's axes.
    func arranged(_ values: RealValues, of box: [Range<Int>]) -> RealValues {
        values.permuted(shape: box.map(\.count), order: order)
    }

    /// The values of the region that is a box of the tensor, in the order of the tensor's axes.
    func tensorValues(_ values: RealValues, of box: [Range<Int>]) -> RealValues {
        values.permuted(
            shape: order.map { box[$0].count }, order: shape.indices.compactMap { order.firstIndex(of: $0) })
    }
}
