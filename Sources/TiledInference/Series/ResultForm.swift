internal import Imaging

/// How a result file holds the samples of a run: its axes, slowest first, and what each of them is.
struct ResultForm: Equatable {
    /// What an axis of the file counts.
    enum Source: Equatable {
        /// An axis of a sample's result, by its place.
        case sample(Int)
        /// A free axis.
        case series(Series.FreeAxis)
        /// One element, such as the batch of a single image.
        case one
    }

    /// An axis of an array with its extent.
    struct ArrayAxis {
        let extent: Int
        let isBatch: Bool
        /// The place among the axes of a sample's result; `nil` for an axis of one element that it does not have.
        let place: Int?
    }

    private(set) var sources: [Source] = []
    private(set) var shape: [Int] = []
    /// The names of the axes; none for an array.
    private(set) var axes: [Axis] = []

    /// An image file: the axes of a sample's result and the free ones in the order t, c, z, y, x.
    init(image sample: [Axis], shape: [Int], _ series: Series) {
        for axis in Axis.allCases {
            if let place = sample.firstIndex(of: axis) {
                append(.sample(place), shape[place], axis)
            } else if let free = series.axes.first(where: { $0.imageAxis == axis }), let extent = series.extent(of: free) {
                append(.series(free), extent, axis)
            }
        }
    }

    /// An array: the axes of the tensor in its order, the free batch in the place of its own, all other free axes in front.
    init(array tensor: [ArrayAxis], _ series: Series) {
        let hasBatch = tensor.contains { $0.isBatch && $0.extent == 1 }
        for (free, extent) in zip(series.axes, series.shape) where free != .batch || !hasBatch { append(.series(free), extent) }
        for axis in tensor {
            if axis.isBatch, axis.extent == 1, let extent = series.extent(of: .batch) {
                append(.series(.batch), extent)
            } else {
                append(axis.place.map { .sample($0) } ?? .one, axis.extent)
            }
        }
    }

    private mutating func append(_ source: Source, _ extent: Int, _ axis: Axis? = nil) {
        sources.append(source)
        shape.append(extent)
        if let axis { axes.append(axis) }
    }
}
