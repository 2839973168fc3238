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
    /// The most values that wait until a row of the file's blocks is full.
    private static let mostWaiting = 1 << 21

    private struct Sink {
        let output: StreamedOutput
        /// None if the output is not wanted.
        let writers: [any BlockWriter]
        /// Rows of one strip that are not written yet, and the place of the next row along axis 2.
        var waiting: [(target: [Range<Int>], values: [Float])] = []
        var nextRow = 0
    }

    init(_ package: ModelPackage, _ tiling: ModelTiling, _ images: [String: ImageGeometry], _ files: RunFiles) {
        self.package = package
        self.tiling = tiling
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
        let values = result.floatValues
        for part in sink.output.parts(of: target, for: sink.writers) {
            let places = zip(zip(part, target), source).map { axis, source in
                axis.0.lowerBound - axis.1.lowerBound + source.lowerBound..<axis.0.upperBound - axis.1.lowerBound + source.lowerBound
            }
            try write(StreamedSinks.cut(values, result.shape, places), part, sink)
        }
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
        let values = result.floatValues, perRow = target.indices.reduce(1) { $1 == 2 ? $0 : $0 * target[$1].count }
        let most = max(1, Self.mostWaiting / max(1, perRow)), shift = source[2].lowerBound - target[2].lowerBound
        // A band of many channels waits and is written in parts, since each is copied on its way.
        for first in stride(from: target[2].lowerBound, to: target[2].upperBound, by: most) {
            let rows = first..<min(target[2].upperBound, first + most)
            var (part, places) = (target, source)
            (part[2], places[2]) = (rows, rows.lowerBound + shift..<rows.upperBound + shift)
            if !sink.writers.isEmpty { sink.waiting.append((part, StreamedSinks.cut(values, result.shape, places))) }
            sink.nextRow = rows.upperBound
            let blockRows = sink.output.blockRows(sink.writers), held = sink.waiting.reduce(0) { $0 + $1.values.count }
            // The file takes rows where they lie, or blocks as a whole, which must not be changed again and again.
            let isFull = blockRows <= 1 || rows.upperBound / blockRows > (sink.waiting.first?.target[2].lowerBound ?? 0) / blockRows
            if isFull || held >= Self.mostWaiting { try flush(&sink) }
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
            cells: tiling.geometry(of: description, shape: full, on: images, asCells: true))
        let sink = Sink(output: output, writers: try files.open(output))
        sinks[description.id] = sink
        return sink
    }

    private func flush(_ sink: inout Sink) throws(InferenceError) {
        guard let first = sink.waiting.first, let last = sink.waiting.last else { return }
        var target = first.target
        target[2] = first.target[2].lowerBound..<last.target[2].upperBound
        var values = first.values
        if sink.waiting.count > 1 {
            values = [Float](repeating: 0, count: target.reduce(1) { $0 * $1.count })
            let extents = target.map(\.count)
            for part in sink.waiting {
                let shape = part.target.map(\.count)
                let place = zip(part.target, target).map { $0.lowerBound - $1.lowerBound }
                Stitcher.copy(part.values, shape, shape.map { 0..<$0 }, into: &values, extents, at: place)
            }
        }
        sink.waiting = []
        try write(values, target, sink)
    }

    private static func cut(_ all: [Float], _ shape: [Int], _ source: [Range<Int>]) -> [Float] {
        let extents = source.map(\.count)
        var values = [Float](repeating: 0, count: extents.reduce(1, *))
        Stitcher.copy(all, shape, source, into: &values, extents, at: extents.map { _ in 0 })
        return values
    }

    private func write(_ values: [Float], _ target: [Range<Int>], _ sink: Sink) throws(InferenceError) {
        guard !sink.writers.isEmpty else { return }
        let output = sink.output
        let values = try output.elementwise(values, target, package)
        let region = output.region(target)
        let arranged = output.arranged(values, of: target)
        for writer in sink.writers {
            try InferenceError.passingOn { () throws(ImageError) in try writer.write(.float32(arranged), to: region) }
        }
    }
}

extension StreamedOutput {
    /// Values of a result that are on their way to the file at once: cut out, processed, arranged and as bytes, each a copy of its own.
    private static let partElements = 1 << 18

    /// A box in parts of bounded size, cut along the axes of space, first along the slowest ones; writers that change whole blocks get
    /// these as a whole.
    fileprivate func parts(of box: [Range<Int>], for writers: [any BlockWriter]) -> [[Range<Int>]] {
        guard box.reduce(1, { $0 * $1.count }) > Self.partElements else { return [box] }
        for (place, axis) in description.axes.enumerated() where axis.kind == .space {
            let index = Axis(rawValue: axis.id).flatMap { imageAxes.firstIndex(of: $0) }
            let block = writers.filter(\.changesWholeBlocks).compactMap { writer in index.map { writer.blockShape[$0] } }.max() ?? 1
            let range = box[place], middle = (range.lowerBound + range.count / 2) / block * block
            guard let cut = [middle, middle + block].first(where: { range.lowerBound < $0 && $0 < range.upperBound }) else { continue }
            var (first, second) = (box, box)
            first[place] = range.lowerBound..<cut
            second[place] = cut..<range.upperBound
            return parts(of: first, for: writers) + parts(of: second, for: writers)
        }
        return [box]
    }

    /// The rows along tensor axis 2 that writers would best take at once; 1 where they take any.
    fileprivate func blockRows(_ writers: [any BlockWriter]) -> Int {
        guard let axis = Axis(rawValue: description.axes[2].id), let index = imageAxes.firstIndex(of: axis) else { return 1 }
        return writers.filter(\.changesWholeBlocks).map { $0.blockShape[index] }.max() ?? 1
    }

    /// Carries out the steps of the package that look at each element alone, unless others need the whole output first.
    func elementwise(_ values: [Float], _ target: [Range<Int>], _ package: ModelPackage) throws(InferenceError) -> [Float] {
        guard !description.needsWholeSample else { return values }
        // Steps without statistics read nothing when they are settled.
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try package.settlePostprocessing(of: description, UnseenSample(axes: description.axisIDs, shape: shape), references: [:])
        }
        return try processed(values, target.map(\.count), at: target.map(\.lowerBound), with: steps)
    }

    /// Carries steps out on part of an output; the result is float32, booleans are 0 and 1.
    func processed(
        _ values: [Float], _ extents: [Int], at origin: [Int], with steps: [SettledStep]
    ) throws(InferenceError) -> [Float] {
        guard !steps.isEmpty else { return values }
        guard let part = Tensor(shape: extents, storage: .float32(values)),
            var tensor = AxisTensor(axes: description.axisIDs, tensor: part)
        else { return values }
        for step in steps {
            let before = tensor
            tensor = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: before, at: origin) }
        }
        return tensor.floatValues
    }
}

/// A sample of which nothing but the extents is known.
private struct UnseenSample: StreamedSample {
    let axes: [String]
    let shape: [Int]

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {}
}
