public import NeuralNetwork

extension ModelPackage {
    /// Preprocesses the inputs and brings them into the element types of the network.
    ///
    /// - Returns: the tensors by the package's names, and remarks about values that were rounded.
    public func prepare(
        _ tensors: [String: AxisTensor], for network: Network
    ) throws(PackageError) -> (tensors: [String: AxisTensor], notes: [String]) {
        var prepared = try preprocess(tensors)
        var notes: [String] = []
        for (description, port) in zip(inputs, network.inputs) {
            guard let tensor = prepared[description.id] else {
                throw PackageError(.tensor, found: "the input `\(description.id)` was not given", remedy: "give a tensor for each input")
            }
            let (fitting, note) = try fitted(tensor, of: description, to: port)
            prepared[description.id] = fitting
            if let note { notes.append(note) }
        }
        return (prepared, notes)
    }

    /// Runs the network on prepared tensors; inputs and outputs are matched by position, as the format says.
    ///
    /// - Returns: the network's outputs before postprocessing, by the package's names.
    public func run(
        _ network: Network, on prepared: [String: AxisTensor], options: RunOptions = .init()
    ) throws(PackageError) -> [String: AxisTensor] {
        var named: [String: Tensor] = [:]
        for (description, port) in zip(inputs, network.inputs) { named[port.name] = prepared[description.id]?.tensor }
        let results: [String: Tensor]
        do {
            results = try network.run(named, options: options)
        } catch {
            throw PackageError(
                .network, file: weights.source, found: "\(error)", remedy: "give inputs of the extents that the network takes")
        }
        var outputs: [String: AxisTensor] = [:]
        for (description, port) in zip(self.outputs, network.outputs) {
            guard let result = results[port.name], let tensor = AxisTensor(axes: description.axisIDs, tensor: result) else {
                throw PackageError(
                    .tensor, file: weights.source, found: "the output `\(description.id)` has \(results[port.name]?.shape.count ?? 0) axes",
                    remedy: "describe it with as many axes (\(description.axes.count) are described)")
            }
            outputs[description.id] = tensor
        }
        return outputs
    }
}
