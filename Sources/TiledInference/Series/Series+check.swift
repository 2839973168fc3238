internal import Imaging
internal import ModelPackages

extension Series {
    /// Refuses a file that cannot hold the results of all samples, and results that need all samples at once.
    ///
    /// - Parameter extents: those of the network's outputs for one sample, by name.
    func check(_ target: RunTarget, _ extents: [String: [Int]]) throws(InferenceError) {
        guard !axes.isEmpty else { return }
        for output in target.outputs { try check(output) }
        let output = target.outputs[0]
        guard !target.isArray else { return }
        if let batch = extent(of: .batch) {
            throw .unfitOutput(
                output: output.id, found: "results of a batch of \(batch) images, for which a \(target.ending) has no axis",
                remedy: "write them into an .npy")
        }
        if let own = output.axes.compactMap(\.imageAxis).first(where: has) {
            throw .unfitOutput(
                output: output.id, found: "it has an axis \(own.rawValue) of its own, and the images have samples along \(own.rawValue)",
                remedy: "write it into an .npy, or give one plane at a time")
        }
        guard target.ending != ".zarr" else { return }
        var planes = count
        for (axis, extent) in zip(output.axes, extents[output.id] ?? []) {
            guard let named = axis.imageAxis, named == .z || target.isOutput && (named == .time || named == .channel) else { continue }
            planes = planes.multipliedReportingOverflow(by: extent).partialValue
        }
        guard planes <= BigTIFFWriter.mostPlanes else {
            throw .unfitOutput(
                output: output.id, found: "\(planes) planes of \(count) samples along \(names), a TIFF holds \(BigTIFFWriter.mostPlanes)",
                remedy: "write them into a .zarr")
        }
    }

    private func check(_ output: TensorDescription) throws(InferenceError) {
        if axes.contains(.batch), let step = output.batchStatisticalSteps.first {
            throw .unfitOutput(
                output: output.id, found: "`\(step)` takes statistics over the batch, of which each image goes through by itself",
                remedy: "name its `axes` without batch in the description, or give one image at a time")
        }
        if let open = output.axes.first(where: { if case .dataDependent = $0.size { true } else { false } }) {
            throw .unfitOutput(
                output: output.id, found: "its extent along \(open.id) is known only after each of \(count) samples along \(names)",
                remedy: "give one sample at a time")
        }
    }
}
