internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// Where the outputs of a streamed run go: opened with the first value, written part by part.
final class StreamedSinks {
    let stitcher: Stitcher

    private let package: ModelPackage
    private let tiling: ModelTiling
    /// Where the pixels of the images lie, by input.
    private let images: [String: ImageGeometry]
    private let files: RunFiles
    private var sinks: [String: Sink] = [:]
    /// The most values of an output that wait until a row of the file's blocks is full.
    private let mostWaiting: Int
    private let types: [String: ResultTypes]

    private struct Sink {
        let output: StreamedOutput
        /// None if the output is not wanted.
        let writers: [any BlockWriter]
        /// Rows of one strip that are not written yet, and the place of the next row along axis 2.
        var waiting: [PlacedValues] = []
        var nextRow = 0
    }

    /// - Parameter waitingBytes: the most bytes of rows that wait.
    init(
        _ package: ModelPackage, _ tiling: ModelTiling, _ images: [String: ImageGeometry], _ files: RunFiles,
        _ types: [String: ResultTypes], waitingBytes: Int
    ) {
        self.package = package
        self.tiling = tiling
        self.types = types
        let valueBytes = types.values.map(\.valueBytes).max() ?? MemoryLayout<Float>.stride
        mostWaiting = max(StreamedOutput.partElements, waitingBytes / valueBytes / max(1, package.outputs.count))
        self.images = images
        self.files = files
        stitcher = Stitcher(package.outputs, tiling)
    }

    /// Cuts `source` out of a result, carries out the steps that look at each element alone, and writes it.
    func write(
        _ description: TensorDescription, _ result: AxisTensor, _ source: [Range<Int>], _ target: [Range<Int>], _ full: [Int]
    ) throws(InferenceError) {
        let sink = try sink(of: description, full)
        guard source.allSatisfy({ !$0.isEmpty }), !sink.writers.isEmpty else { return }
        let values = try files.values(of: result, description)
        let placed = try processed(PlacedValues(values, shape: result.shape, source: source, target: target), sink.output)
        for part in sink.output.parts(of: target, for: sink.writers) { try write(placed.cut(part), part, sink) }
    }

    /// Begins a strip, whose rows count from the top again.
    func beginStrip() {
        for name in sinks.keys { sinks[name]?.nextRow = 0 }
    }

    /// The same for rows of a strip, which come top to bottom: they wait until they fill blocks of the file.
    func gather(
        _ description: TensorDescription, _ result: AxisTensor, _ source: [Range<Int>], _ target: [Range<Int>], _ full: [Int]
    ) throws(InferenceError) {
        var sink = try sink(of: description, full)
        let values = try files.values(of: result, description), perRow = target.indices.reduce(1) { $1 == 2 ? $0 : $0 * target[$1].count }
        let most = max(1, StreamedOutput.partElements / max(1, perRow)), blockRows = sink.output.blockRows(sink.writers)
        for first in stride(from: target[2].lowerBound, to: target[2].upperBound, by: most) {
            let rows = first..<min(target[2].upperBound, first + most)
            if !sink.writers.isEmpty {
                var part = target
                part[2] = rows
                let cut = PlacedValues(values, shape: result.shape, source: source, target: target).cut(part)
                sink.waiting.append(try processed(PlacedValues(cut, target: part), sink.output))
            }
            sink.nextRow = rows.upperBound
            let held = sink.waiting.reduce(0) { $0 + $1.values.count }
            // The file takes rows where they lie, or blocks as a whole, which must not be changed again and again.
            let isFull = blockRows <= 1 || rows.upperBound / blockRows > (sink.waiting.first?.target[2].lowerBound ?? 0) / blockRows
            if isFull || held >= mostWaiting { try flush(&sink) }
        }
        sinks[description.id] = sink
    }

    /// Writes what waits.
    func flush() throws(InferenceError) {
        for (name, sink) in sinks {
            var sink = sink
            try flush(&sink)
            sinks[name] = sink
        }
    }

    /// Whether all rows of a tile's inner part are written, in every output that is wanted.
    func hasRows(below tile: TilePlan.Tile) -> Bool {
        !sinks.isEmpty
            && sinks.allSatisfy { name, sink in
                guard !sink.writers.isEmpty else { return true }
                guard let scale = tiling.scales[name]?.first ?? nil else { return false }
                let end = tiling.kept(tile, 0, scale, of: sink.output.shape[2]).upperBound
                return (sink.waiting.first?.target[2].lowerBound ?? sink.nextRow) >= end
            }
    }

    private func sink(of description: TensorDescription, _ full: [Int]) throws(InferenceError) -> Sink {
        if let known = sinks[description.id] {
            guard known.output.shape == full else {
                throw .unfitOutput(output: description.id, found: "extents that differ from tile to tile", remedy: "run the image whole")
            }
            return known
        }
        let output = try StreamedOutput(
            description, shape: full, geometry: tiling.geometry(of: description, shape: full, on: images),
            cells: tiling.geometry(of: description, shape: full, on: images, asCells: true), types: types.types(of: description))
        let sink = Sink(output: output, writers: try files.open(output))
        sinks[description.id] = sink
        return sink
    }

    private func flush(_ sink: inout Sink) throws(InferenceError) {
        guard let first = sink.waiting.first, let last = sink.waiting.last else { return }
        var target = first.target
        target[2] = first.target[2].lowerBound..<last.target[2].upperBound
        for part in sink.output.parts(of: target, for: sink.writers) {
            var values = RealValues(zeros: part.reduce(1) { $0 * $1.count }, like: first.values)
            for rows in sink.waiting { rows.copy(into: &values, of: part) }
            try write(values, part, sink)
        }
        sink.waiting = []
    }

    /// The values after the steps of the package that look at each element alone, which see all channels of a place.
    private func processed(_ placed: PlacedValues, _ output: StreamedOutput) throws(InferenceError) -> PlacedValues {
        guard output.description.isProcessedElementwise || output.isRounded else { return placed }
        return PlacedValues(
            try output.processed(placed.target) { (part) throws(InferenceError) in
                try output.elementwise(placed.cut(part), part, package)
            }, target: placed.target)
    }

    private func write(_ values: RealValues, _ target: [Range<Int>], _ sink: Sink) throws(InferenceError) {
        let region = sink.output.region(target), arranged = sink.output.arranged(values, of: target).pixels(sink.output.tileType)
        for writer in sink.writers {
            try InferenceError.passingOn { () throws(ImageError) in try writer.write(arranged, to: region) }
        }
    }
}
