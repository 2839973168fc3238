internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension Predictor {
    /// Overlapping windows of a prepared sample, averaged; the outputs before postprocessing.
    func run(
        _ blended: BlendedRun, _ prepared: [String: AxisTensor], _ progress: (Int, Int) -> Void
    ) throws(InferenceError) -> [String: AxisTensor] {
        let input = package.inputs[0]
        guard let sample = prepared[input.id] else { return [:] }
        let reader = WindowReader(sample, tiledAxes: blended.axes, padding: ModelTiling.padding(of: input))
        var sums: [String: BlendSums] = [:]
        for (number, tile) in blended.plan.tiles.enumerated() {
            try blended.add(tile, try reader.window(tile)) { (output, channels) throws(InferenceError) in
                if let known = sums[output.id] { return known }
                let fresh = BlendSums(channels: channels, extents: blended.plan.paddedExtents)
                sums[output.id] = fresh
                return fresh
            }
            progress(number + 1, blended.plan.tiles.count)
        }
        var outputs: [String: AxisTensor] = [:]
        for output in package.outputs {
            guard let sum = sums[output.id] else { continue }
            let values = try sum.means(blended.plan.extents.map { 0..<$0 })
            guard let tensor = Tensor(shape: [1, sum.shape[0] - 1] + blended.plan.extents, storage: .float32(values)) else { continue }
            outputs[output.id] = AxisTensor(axes: output.axisIDs, tensor: tensor)
        }
        return outputs
    }

    /// The same from file to file: the sums lie in scratch files, so that memory does not grow with the image.
    func runBlended(
        _ blended: BlendedRun, _ image: any ImageBlocks, _ input: TensorDescription, _ reader: WindowReader,
        scratch: (_ name: String) -> String?, open: (StreamedOutput) throws(InferenceError) -> (any BlockWriter)?,
        finished: (_ tile: Int, _ all: Int) throws(InferenceError) -> Void
    ) throws(InferenceError) {
        let axes = blended.axes.compactMap { Axis(rawValue: $0) }
        var targets: [String: (output: StreamedOutput, writer: any BlockWriter, sums: BlendSums)?] = [:]
        for (number, tile) in blended.plan.tiles.enumerated() {
            try blended.add(tile, try reader.window(tile)) { (description, channels) throws(InferenceError) in
                if let known = targets[description.id] { return known?.sums }
                let output = try StreamedOutput(description, shape: [1, channels] + blended.plan.extents, geometry: image.geometry)
                targets[description.id] = .some(nil)
                guard let writer = try open(output) else { return nil }
                guard let path = scratch("sums-\(targets.values.compactMap(\.self).count + 1)"), axes.count == blended.axes.count else {
                    throw .work(found: "there is no place for the sums of overlapping windows", remedy: "leave overlap and mirroring out")
                }
                let sums = try BlendSums(channels: channels, extents: blended.plan.paddedExtents, axes: axes, file: path)
                targets[description.id] = (output, writer, sums)
                return sums
            }
            try finished(number, blended.plan.tiles.count)
        }
        for case (let output, let writer, let sums)? in targets.values { try write(output, writer, sums, blended.plan.extents) }
    }

    private func write(_ output: StreamedOutput, _ writer: any BlockWriter, _ sums: BlendSums, _ extents: [Int]) throws(InferenceError) {
        let size = extents.indices.map { $0 < extents.count - 2 ? 1 : min(512, extents[$0]) }
        for box in Tiles.boxes(extents, size) {
            let target = [0..<1, 0..<sums.shape[0] - 1] + box
            let values = try output.elementwise(sums.means(box), target, package)
            let arranged = output.arranged(values, of: target)
            try InferenceError.passingOn { () throws(ImageError) in try writer.write(.float32(arranged), to: output.region(target)) }
        }
    }
}
