internal import ModelPackages
internal import NeuralNetwork

extension SampleAxes {
    /// What a run on a window needs for its activations; the most there is for one that is beyond what a network may ever take.
    func bytes(window: [Int], _ network: Network, _ run: RunOptions, file: String) throws(InferenceError) -> Int {
        do throws(NetworkError) {
            return try network.workingSetBytes(inputShapes: shapes(window: window), options: run)
        } catch {
            guard error.kind != .limit else { return .max }
            throw .package(
                PackageError(
                    .network, file: file, found: "a window of \(words(window: window)): \(error)",
                    remedy: "give images of extents that the network takes, and describe these with `{min: …, step: …}`"))
        }
    }

    /// The same with what is held while a window is prepared, where each step leaves its result beside what it reads; and of results in
    /// float32, beside tensors of other types and after steps.
    func bytes(window: [Int], _ package: ModelPackage, _ network: Network, _ run: RunOptions) throws(InferenceError) -> Int {
        let own = try bytes(window: window, network, run, file: package.weights.source)
        let inputs = shapes(window: window), results = try? network.outputShapes(inputShapes: inputs, options: run)
        var sum = ByteSum()
        sum.add(own)
        for port in network.inputs { sum.add(inputs[port.name]?.reduce(1, *) ?? 0, of: 2 * MemoryLayout<Float>.stride) }
        for (output, port) in zip(package.outputs, network.outputs) {
            let count = results?[port.name]?.reduce(1, *) ?? 0
            if port.elementType != .float32 { sum.add(floats: count) }
            if output.isProcessedElementwise { sum.add(floats: count) }
        }
        return sum.bytes
    }
}
