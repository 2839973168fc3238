public import NeuralNetwork

extension ModelPackage {
    /// The inputs with the network's inputs that they go to, by position, as the format says.
    ///
    /// An optional input for which the network holds a value of its own (an initializer) has no place in it and is left out.
    public func ports(of network: Network) -> [(input: TensorDescription, port: Port)] { matches(network.inputs) ?? [] }

    /// The same for the inputs of a network of which only the structure is known; `nil` if the numbers do not agree.
    public func matches(_ ports: [Port]) -> [(input: TensorDescription, port: Port)]? {
        if ports.count == inputs.count { return zip(inputs, ports).map { ($0, $1) } }
        let needed = inputs.filter { !$0.isOptional }
        return ports.count == needed.count ? zip(needed, ports).map { ($0, $1) } : nil
    }

    /// The same, if exactly the inputs that the network needs are given, by the package's names.
    public func ports(
        of network: Network, given names: Set<String>
    ) throws(PackageError) -> [(input: TensorDescription, port: Port)] { try ports(ports(of: network), given: names) }

    /// The same of inputs that are matched.
    public func ports(
        _ ports: [(input: TensorDescription, port: Port)], given names: Set<String>
    ) throws(PackageError) -> [(input: TensorDescription, port: Port)] {
        let all = inputs.map { "`\($0.id)`" }.joined(separator: ", ")
        if let unknown = names.sorted().first(where: { name in !inputs.contains { $0.id == name } }) {
            throw PackageError(
                .tensor, found: "there is no input `\(unknown)`",
                remedy: "the model's \(inputs.count == 1 ? "input is" : "inputs are") \(all)")
        }
        if let idle = names.sorted().first(where: { name in !ports.contains { $0.input.id == name } }) {
            throw PackageError(
                .tensor, found: "the input `\(idle)` was given, the network holds a fixed value for it", remedy: "leave it out")
        }
        guard let missing = ports.map(\.input).first(where: { !names.contains($0.id) }) else { return ports }
        throw PackageError(
            .tensor,
            found: missing.isOptional
                ? "the optional input `\(missing.id)` was not given, and the network has no value of its own for it"
                : "the input `\(missing.id)` was not given",
            remedy: "give each input: \(ports.map { "`\($0.input.id)`" }.joined(separator: ", "))")
    }

    /// That several inputs go to the network's by their order and not by its names for them; `nil` where the names agree.
    public func orderNote(of network: Network) -> String? {
        let ports = ports(of: network)
        guard ports.count > 1, ports.contains(where: { $0.input.id != $0.port.name }) else { return nil }
        let pairs = ports.map { "`\($0.input.id)` is the network's `\($0.port.name)`" }.joined(separator: ", ")
        let isShuffled = Set(ports.map(\.input.id)) == Set(ports.map(\.port.name))
        return "inputs were matched by order, as the format says: \(pairs)"
            + (isShuffled ? "; the network has these names in another order, so that the description's order is probably wrong" : "")
    }

    /// Preprocesses the inputs and brings them into the element types of the network.
    ///
    /// - Returns: the tensors by the package's names, and remarks about values that were rounded or lost their fractions.
    public func prepare(
        _ tensors: [String: AxisTensor], for network: Network
    ) throws(PackageError) -> (tensors: [String: AxisTensor], notes: [String]) {
        let ports = try ports(of: network, given: Set(tensors.keys))
        var prepared = try preprocess(tensors)
        var notes: [String] = []
        for (description, port) in ports {
            if let raw = tensors[description.id], try description.cutsFractions(of: raw) { notes.append(description.fractionNote) }
            guard let tensor = prepared[description.id] else { continue }
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
        for (description, port) in ports(of: network) { named[port.name] = prepared[description.id]?.tensor }
        let results: [String: Tensor]
        do {
            results = try network.run(named, options: options)
        } catch {
            throw fault(error)
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
