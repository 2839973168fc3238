internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// A run of models whose outputs cannot be written in blocks, such as those with the channels last: the image is read, predicted and
/// written as a whole.
struct WholeRun {
    let predictor: Predictor
    let image: any ImageBlocks
    let product: StreamedRun.Product
    let options: PredictionOptions

    /// Whether a model's outputs need this run.
    static func isNeeded(by package: ModelPackage) -> Bool {
        package.outputs.contains { output in
            let axes = output.axes.filter { $0.kind != .batch && $0.kind != .index }.map { $0.kind == .channel ? "c" : $0.id }
            return axes != ["time", "c", "z", "y", "x"].filter(axes.contains)
        }
    }

    /// Runs; the result lies at `path` afterwards.
    func run(to path: String, progress: (_ done: Int, _ all: Int) -> Void) throws(InferenceError) -> StreamedRun.Report {
        let needed = image.shape.reduce(8, *)
        guard needed <= options.memoryBytes else {
            throw .memoryAtOnce(
                what: "the model's outputs have their axes in another order than t, c, z, y, x, so that the image is taken whole, which",
                neededBytes: needed, allowedBytes: options.memoryBytes,
                remedy: "export the model with the channels before the space axes")
        }
        let pixels = try InferenceError.passingOn { () throws(ImageError) in try image.read(image.shape.map { 0..<$0 }) }
        guard let whole = Image(shape: image.shape, axes: image.axes, spacing: image.spacing, pixels: pixels) else {
            throw .work(found: "the image has \(pixels.count) values", remedy: "give another image")
        }
        let prediction = try predictor.predict(whole, options: options, progress: progress)
        var objects: Int?
        switch product {
        case .labels(let method):
            objects = try write(method, prediction, path)
        case .output(let name):
            let output = try OutputSource(name).find(in: prediction.outputs)
            if let labels = predictor.package.outputs.first(where: { $0.id == output.id }).flatMap(PackageLabels.init) {
                objects = try write(.packageLabels(labels), prediction, path)
            } else {
                try write(output, path)
            }
        }
        return StreamedRun.Report(
            tiles: prediction.plan.tiles.count, resumedTiles: 0, largestWindow: prediction.plan.largestWindow,
            readFactor: prediction.plan.readFactor(), isExact: prediction.isExact, objects: objects,
            tilingClass: prediction.tilingClass, way: prediction.way, notes: prediction.notes)
    }

    private func write(_ method: LabelPostprocessor, _ prediction: Prediction, _ path: String) throws(InferenceError) -> Int? {
        let extents = [Axis: Int](zip(image.axes, image.shape)) { first, _ in first }
        let labels = try method.labels(from: prediction.outputs, imageExtents: extents)
        try LabelWriter.write(labels, to: path)
        if case .threshold = method { return nil }
        if case .argmax = method { return nil }
        return Int(labels.labels.max() ?? 0)
    }

    private func write(_ output: PredictedTensor, _ path: String) throws(InferenceError) {
        guard let image = output.image.flatMap(ordered) else {
            throw .unfitOutput(
                output: output.id, found: "the axes \(output.axes.map(\.id).joined(separator: ", "))",
                remedy: "images are made of t, c, z, y and x only")
        }
        let description = predictor.package.outputs.first { $0.id == output.id }
        let channels = image.axes.contains(.channel) ? description?.channelLabels(count: image.extent(of: .channel)) ?? [] : []
        try InferenceError.passingOn { () throws(ImageError) in
            let writer = try ImageFile.blockWriter(
                path, shape: image.shape, axes: image.axes, type: .float32, spacing: image.spacing, channels: channels)
            try writer.write(image.pixels, to: image.shape.map { 0..<$0 })
        }
    }

    /// The image with its axes in the order t, c, z, y, x.
    private func ordered(_ image: Image) -> Image? {
        let axes = Axis.allCases.filter(image.axes.contains)
        let order = axes.compactMap { image.axes.firstIndex(of: $0) }
        guard case .float32(let values) = ImageLayout.permuted(TensorStorage(image.pixels), shape: image.shape, order: order) else {
            return nil
        }
        return Image(shape: order.map { image.shape[$0] }, axes: axes, spacing: image.spacing, pixels: .float32(values))
    }
}
