internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension Predictor {
    /// Overlapping windows of a prepared sample, averaged; the outputs before postprocessing.
    func run(
        _ blended: BlendedRun, _ reader: SampleReader
    ) throws(InferenceError) -> [String: AxisTensor] {
        var sums: [String: BlendSums] = [:], orders: [String: BlendOrder] = [:]
        for tile in blended.plan.tiles {
            for result in try blended.results(try reader.windows(tile)) {
                let sum = sums[result.output.id] ?? BlendSums(channels: result.channels, extents: blended.plan.paddedExtents)
                sums[result.output.id] = sum
                orders[result.output.id] = result.order
                try sum.add(result.values, weights: blended.weights, to: tile.window)
            }
        }
        var outputs: [String: AxisTensor] = [:]
        for output in package.outputs {
            guard let sum = sums[output.id], let order = orders[output.id] else { continue }
            let extents = blended.plan.extents, channels = sum.shape[0] - 1
            let values = order.ordered(try sum.means(extents.map { 0..<$0 }), channels: channels, extents)
            guard let tensor = Tensor(shape: order.shape(channels: channels, extents), storage: .float32(values)) else { continue }
            outputs[output.id] = AxisTensor(axes: output.axisIDs, tensor: tensor)
        }
        return outputs
    }

    /// The same from file to file: the sums lie in scratch files, so that memory does not grow with the image.
    ///
    /// What the sums were under a window is kept until they are changed, so that a run that was killed while it changed them undoes that
    /// and goes on with this window. Checksums tell sums that are not those of which the journal speaks. The last window is always run, to
    /// learn what the outputs are like.
    func runBlended(
        _ blended: BlendedRun, _ reader: SampleReader, _ work: StreamedWork
    ) throws(InferenceError) {
        let tiles = blended.plan.tiles
        var targets: [BlendTarget] = []
        var isOpen = false
        for (number, tile) in tiles.enumerated() where number == tiles.count - 1 || !work.isDone(number) {
            let results = try blended.results(try reader.windows(tile))
            if !isOpen {
                targets = try self.targets(results, blended, work)
                try takeUp(targets, blended, work)
                isOpen = true
            }
            if !work.isDone(number) {
                if work.journal.changing != number {
                    var kept: [UInt64] = []
                    for target in targets { kept.append(try target.sums.keep(tile.window)) }
                    try work.journal.note(changing: number, kept: kept)
                }
                for result in results {
                    try targets.first { $0.output.description.id == result.output.id }?.sums.add(
                        result.values, weights: blended.weights, to: tile.window)
                }
            }
            try work.finished(number, targets.map(\.sums.checksum))
        }
        let most = blended.memoryBytes / 2 / MemoryLayout<Float>.stride
        for target in targets { try write(target, blended, ofAtMost: most) }
    }

    /// Makes the sums those behind the last window that an earlier run finished, and refuses others.
    private func takeUp(_ targets: [BlendTarget], _ blended: BlendedRun, _ work: StreamedWork) throws(InferenceError) {
        let journal = work.journal
        guard !journal.isFresh else { return }
        var isWhole = journal.sums.isEmpty || journal.sums.count == targets.count
        if let window = journal.changing {
            isWhole = isWhole && journal.kept.count == targets.count && blended.plan.tiles.indices.contains(window)
            for (target, kept) in zip(targets, journal.kept) where isWhole {
                isWhole = try target.sums.undo(blended.plan.tiles[window].window) == kept && isWhole
            }
        }
        for (number, target) in targets.enumerated() where isWhole {
            try target.sums.readChecksum()
            isWhole = target.sums.checksum == (journal.sums.isEmpty ? 0 : journal.sums[number])
        }
        guard isWhole else {
            throw .work(
                found: "the sums of averaged windows that an interrupted run left are not those of which its journal speaks",
                remedy: "remove the folder \(journal.workName) to start anew")
        }
    }

    /// An output that is wanted.
    private struct BlendTarget {
        let output: StreamedOutput
        let order: BlendOrder
        let writers: [any BlockWriter]
        let sums: BlendSums
    }

    private func targets(
        _ results: [BlendedRun.Result], _ blended: BlendedRun, _ work: StreamedWork
    ) throws(InferenceError) -> [BlendTarget] {
        let axes = blended.axes.compactMap { Axis(rawValue: $0) }
        guard axes.count == blended.axes.count else {
            throw .noTiling(found: "windows along \(blended.axes.joined(separator: ", "))", remedy: "leave out overlap and mirroring")
        }
        var targets: [BlendTarget] = []
        for result in results {
            var geometry = ImageGeometry()
            for (index, axis) in axes.enumerated() { geometry[axis] = blended.sample.places(of: index, as: axis, work.geometries) }
            let shape = result.order.shape(channels: result.channels, blended.plan.extents)
            let types = ResultTypes(result.output, network: .float32)
            let output = try StreamedOutput(result.output, shape: shape, geometry: geometry, cells: geometry, types: types)
            let writers = try work.files.open(output)
            guard !writers.isEmpty else { continue }
            let sums = try BlendSums(
                channels: result.channels, extents: blended.plan.paddedExtents, window: blended.plan.largestWindow, axes: axes,
                file: "\(work.folder)/sums-\(targets.count + 1)", mustExist: work.journal.changing != nil || !work.journal.finished.isEmpty,
                workName: work.journal.workName)
            targets.append(BlendTarget(output: output, order: result.order, writers: writers, sums: sums))
        }
        return targets
    }

    private func write(_ target: BlendTarget, _ blended: BlendedRun, ofAtMost elements: Int) throws(InferenceError) {
        let output = target.output, extents = blended.plan.extents, channels = target.sums.shape[0] - 1
        let size = Tiles.extents(extents, blended.axes, cut: Array(extents.indices), ofAtMost: max(1, elements / channels))
        for box in Tiles.boxes(extents, size) {
            let place = target.order.box(channels: channels, box)
            let values = try output.processed(place) { (part) throws(InferenceError) in
                let window = target.order.window(of: part, axes: extents.count)
                let means = target.order.ordered(try target.sums.means(window), channels: channels, window.map(\.count))
                return try output.elementwise(.single(means), part, package)
            }
            let whole = PlacedValues(values, target: place)
            for part in output.parts(of: place, for: target.writers) {
                let arranged = output.arranged(whole.cut(part), of: part).pixels(output.tileType), region = output.region(part)
                for writer in target.writers {
                    try InferenceError.passingOn { () throws(ImageError) in try writer.write(arranged, to: region) }
                }
            }
        }
    }
}
