internal import ModelPackages
internal import NeuralNetwork

/// What is wrong with images by their axes and extents, as far as the description and the structure of the network tell it.
enum InputCheck {
    /// Refuses images that no plan would take.
    ///
    /// - Parameters:
    ///   - given: images and arrays by the package's names of its inputs.
    ///   - model: the network's structure; its weights are not read.
    static func check(_ given: [String: InputSource], _ package: ModelPackage, _ model: ONNXModel) throws(InferenceError) {
        guard let matched = package.matches(model.inputs) else { return }
        let ports = try InferenceError.passingOn { () throws(PackageError) in try package.ports(matched, given: Set(given.keys)) }
        let series = try Series(ports.compactMap { input, _ in given[input.id].map { (input, $0) } })
        var shapes: [String: [Int]] = [:]
        for (input, _) in ports {
            guard let all = given[input.id] else { continue }
            shapes[input.id] = try StreamedInput(try all.sample(at: series.place(of: 0), for: input), for: input).shape
        }
        let sample = try SampleAxes(package, ports, shapes: shapes)
        // Of several outputs not all may be wanted.
        guard sample.obstacle == nil, model.outputs.count == 1 else { return }
        // The window about which the network is asked first.
        let probe = sample.probe(sample.entries.map(\.unit))
        do throws(NetworkError) { try model.judge(inputShapes: sample.shapes(window: probe)) } catch {
            // Of a smaller window more may be said, with values that only a run or the weights tell.
            guard error.kind == .shape || error.kind == .input || error.kind == .attribute else { return }
            throw .package(
                PackageError(
                    .network, file: package.weights.source, found: "\(sample.words(window: probe)): \(error)",
                    remedy: error.remedyForImages))
        }
    }
}
