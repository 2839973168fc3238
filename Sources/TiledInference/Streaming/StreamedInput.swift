internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// An input of a model that lies in an image on disk, in the order of the model's axes; or an array that is no image.
final class StreamedInput: StreamedSample {
    let axes: [String]
    let shape: [Int]

    private let content: Content
    private let input: TensorDescription
    /// The image's axis for each axis of the input.
    private let sources: [Int?]
    /// Elements of a window that statistics see at once, where blocks are small, and the most where they are large.
    private static let windowElements = 1 << 19
    private static let mostWindowElements = 1 << 21

    private enum Content {
        case image(any ImageBlocks)
        /// The same values twice, with the axes of the input, and in the same memory.
        case array(AxisTensor, NPYArray)
    }

    /// - Parameter source: what one sample gets.
    init(_ source: InputSource, for input: TensorDescription) throws(InferenceError) {
        self.input = input
        axes = input.axisIDs
        switch source {
        case .image(let image):
            content = .image(image)
            let sources = try ImageLayout.sources(of: input, in: image.axes, image.shape)
            self.sources = sources
            shape = sources.map { $0.map { image.shape[$0] } ?? 1 }
        case .batch(let images):
            throw .unfitImage(input: input.id, found: "a batch of \(images.count) images", remedy: "give one of them at a time")
        case .array(let array):
            let tensor = try input.tensor(of: array)
            content = .array(tensor, NPYArray(shape: tensor.shape, pixels: array.pixels))
            sources = []
            shape = tensor.shape
        }
    }

    /// The type of the elements, as they came.
    var type: PixelType {
        switch content {
        case .image(let image): image.type
        case .array(_, let array): array.pixels.type
        }
    }

    /// The elements of a box, as they came; an array without places as a whole.
    func window(_ box: [Range<Int>]) throws(InferenceError) -> AxisTensor {
        switch content {
        case .image(let image): try window(box, of: image)
        case .array(let tensor, let array):
            !input.hasPlaces || zip(box, shape).allSatisfy { $0.count == $1 } ? tensor : try window(box, of: array)
        }
    }

    private func window(_ box: [Range<Int>], of array: NPYArray) throws(InferenceError) -> AxisTensor {
        let part = try InferenceError.passingOn { () throws(ImageError) in try array.box(box) }
        guard let tensor = Tensor(shape: part.shape, storage: TensorStorage(part.pixels)),
            let named = AxisTensor(axes: axes, tensor: tensor)
        else {
            throw .unfitImage(input: input.id, found: "the region \(box) has \(part.pixels.count) values", remedy: "give another array")
        }
        return named
    }

    private func window(_ box: [Range<Int>], of image: any ImageBlocks) throws(InferenceError) -> AxisTensor {
        let region = image.shape.indices.map { axis in sources.firstIndex(of: axis).map { box[$0] } ?? 0..<1 }
        let pixels = try InferenceError.passingOn { () throws(ImageError) in try image.read(region) }
        guard let part = Image(shape: region.map(\.count), axes: image.axes, pixels: pixels) else {
            throw .unfitImage(input: input.id, found: "the region \(region) has \(pixels.count) values", remedy: "give another image")
        }
        return try ImageLayout.tensor(of: part, for: input)
    }

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {
        let extents =
            switch content {
            case .image(let image): extents { axis in sources[axis].map { image.blockShape[$0] } ?? 1 }
            case .array: input.hasPlaces ? extents { $0 == axes.count - 1 ? shape[$0] : 1 } : shape
            }
        for origin in Tiles.origins(shape, extents) {
            let box = zip(zip(origin, extents), shape).map { $0.0..<min($0.0 + $0.1, $1) }
            let window: AxisTensor
            do { window = try self.window(box) } catch {
                throw PackageError(.unreadable, found: "\(error)", remedy: "give an image that can be read")
            }
            try visit(window, origin)
        }
    }

    /// The extents of windows: whole blocks, since these are decoded at once, and many of them if they are small; parts of them, with
    /// all channels, if these are too many.
    ///
    /// - Parameter block: the extent of a block along an axis.
    private func extents(_ block: (_ axis: Int) -> Int) -> [Int] {
        var extents = axes.indices.map { axis in
            input.axes[axis].kind == .channel || input.wholeAxes.contains(axes[axis]) ? shape[axis] : min(block(axis), shape[axis])
        }
        while extents.reduce(1, *) < Self.windowElements / 2, let axis = extents.indices.last(where: { extents[$0] < shape[$0] }) {
            extents[axis] = min(shape[axis], extents[axis] * 2)
        }
        let cut = axes.indices.filter { input.axes[$0].kind == .space && !input.wholeAxes.contains(axes[$0]) }
        while extents.reduce(1, *) > Self.mostWindowElements, let axis = cut.first(where: { extents[$0] > 1 }) {
            extents[axis] = (extents[axis] + 1) / 2
        }
        return extents
    }
}

/// A box cut into tiles of one size.
enum Tiles {
    /// The first places of the tiles, in C order.
    static func origins(_ shape: [Int], _ extents: [Int]) -> [[Int]] {
        zip(shape, extents).reduce([[]]) { origins, axis in
            origins.flatMap { origin in stride(from: 0, to: axis.0, by: axis.1).map { origin + [$0] } }
        }
    }

    /// The extents of tiles for results on their way from one file to another: 512 along y and x and 1 along the other axes that are cut,
    /// less where these are too many elements with those that are not cut.
    static func extents(_ shape: [Int], _ axes: [String], cut: [Int], ofAtMost elements: Int) -> [Int] {
        var extents = shape
        for axis in cut { extents[axis] = axes[axis] == "y" || axes[axis] == "x" ? min(shape[axis], 512) : 1 }
        // Rows first, which are cut most cheaply.
        while extents.reduce(1, *) > elements, let axis = cut.first(where: { extents[$0] > 16 }) ?? cut.first(where: { extents[$0] > 1 }) {
            extents[axis] = (extents[axis] + 1) / 2
        }
        return extents
    }

    /// The boxes of the tiles, in C order; shorter at the ends.
    static func boxes(_ shape: [Int], _ extents: [Int]) -> [[Range<Int>]] {
        origins(shape, extents).map { origin in origin.indices.map { origin[$0]..<min(shape[$0], origin[$0] + extents[$0]) } }
    }
}
