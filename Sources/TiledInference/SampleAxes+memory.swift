internal import ModelPackages
internal import NeuralNetwork

extension SampleAxes {
    /// What a run on a window needs for its activations, and while the window is prepared, where each step leaves its result beside what
    /// it reads; the most there is for one that is beyond what a network may ever take.
    func bytes(window: [Int], _ network: Network, _ run: RunOptions, file: String) throws(InferenceError) -> Int {
        let inputs = shapes(window: window)
        do throws(NetworkError) {
            var sum = ByteSum()
            sum.add(try network.workingSetBytes(inputShapes: inputs, options: run))
            for shape in inputs.values { sum.add(shape.reduce(1, *), of: 2 * MemoryLayout<Float>.stride) }
            return sum.bytes
        } catch {
            guard error.kind != .limit else { return .max }
            throw .package(
                PackageError(
                    .network, file: file, found: "a window of \(words(window: window)): \(error)",
                    remedy: "give images of extents that the network takes, and describe these with `{min: …, step: …}`"))
        }
    }

    /// The same with inputs of 8 bytes a value on their way, and results that lie in float32 or float64 beside tensors of other types, and
    /// behind steps.
    func bytes(window: [Int], _ package: ModelPackage, _ network: Network, _ run: RunOptions) throws(InferenceError) -> Int {
        var sum = ByteSum()
        sum.add(try bytes(window: window, network, run, file: package.weights.source))
        let inputs = shapes(window: window)
        for (input, port) in package.ports(of: network) where input.hasWideSteps {
            sum.add(inputs[port.name]?.reduce(1, *) ?? 0, of: 2 * MemoryLayout<Float>.stride)
        }
        let results = try? network.outputShapes(inputShapes: inputs, options: run)
        for (output, port) in zip(package.outputs, network.outputs) {
            let count = results?[port.name]?.reduce(1, *) ?? 0
            let types = ResultTypes(output, network: port.elementType)
            if port.elementType != .float32 { sum.add(count, of: types.waitingBytes) }
            if output.isProcessedElementwise || types.valueBytes > MemoryLayout<Float>.stride { sum.add(count, of: types.valueBytes) }
        }
        return sum.bytes
    }
}
