internal import NeuralNetwork

extension ModelPackage {
    /// What is wrong with the extents that the description allows, tried on the network, and a warning where that takes more memory than
    /// may be taken; the network runs only where nothing else tells its results' extents.
    ///
    /// Stepped extents are taken as `min + n · step` for n = 0, 1, 2, batches as those that some input fixes, else as 1 and 2, as
    /// bioimageio.core does; the outputs must get the extents that the description says.
    /// - Parameter inputs: the extents of the test tensors, for axes that leave them open in another way.
    func declaredShapeFaults(of network: Network, inputs: [String: [Int]]) -> (faults: [String], warnings: [String]) {
        var faults: [String] = [], warnings: [String] = []
        var tried: [[String: [Int]]] = []
        let fixed = self.inputs.flatMap(\.axes).compactMap { axis in
            if axis.kind == .batch, case .fixed(let size) = axis.size { size } else { nil }
        }
        for batch in fixed.isEmpty ? [1, 2] : Set(fixed).sorted() {
            for n in 0...2 {
                guard let shapes = declaredShapes(n: n, batch: batch, inputs: inputs), !tried.contains(shapes) else { continue }
                tried.append(shapes)
                let place = "with n = \(n) and a batch of \(batch) (\(words(shapes)))"
                let results: [String: [Int]]
                do {
                    let named = ports(of: network).map { ($0.port.name, shapes[$0.input.id] ?? []) }
                    results = try outputShapes(of: network, [String: [Int]](named) { first, _ in first })
                } catch  where error.kind == .limit {
                    warnings.append("\(place): not tried: \(error)")
                    continue
                } catch {
                    faults.append("\(place): the network does not take what the description allows: \(error)")
                    continue
                }
                var all = shapes
                for (output, port) in zip(outputs, network.outputs) { all[output.id] = results[port.name].map(output.resultShape(of:)) }
                faults += outputs.flatMap { shapeFaults(of: $0, in: all) }.map { "\(place): \($0)" }
            }
        }
        return (faults, warnings)
    }

    /// The extents of the outputs; where they depend on values, those of a run on zeros.
    private func outputShapes(of network: Network, _ shapes: [String: [Int]]) throws(NetworkError) -> [String: [Int]] {
        do throws(NetworkError) {
            return try network.outputShapes(inputShapes: shapes)
        } catch  where error.kind == .unknownBeforeRun {
            var zeros: [String: Tensor] = [:]
            for port in network.inputs {
                let shape = shapes[port.name] ?? []
                let storage = TensorStorage.float32([Float](repeating: 0, count: shape.reduce(1, *))).cast(to: port.elementType)
                zeros[port.name] = Tensor(shape: shape, storage: storage)
            }
            return try network.run(zeros).mapValues(\.shape)
        }
    }

    /// The extents of the inputs; `nil` where some axis stays open.
    private func declaredShapes(n: Int, batch: Int, inputs known: [String: [Int]]) -> [String: [Int]]? {
        var shapes: [String: [Int]] = [:]
        // Axes that refer to others come in a second round.
        for _ in 0...inputs.count {
            for input in inputs where shapes[input.id] == nil {
                let shape = input.axes.enumerated().compactMap { index, axis -> Int? in
                    switch axis.size {
                    case .fixed(let extent): extent
                    case .stepped(let least, let step): least + n * step
                    case .any: axis.kind == .batch ? batch : known[input.id]?[index]
                    case .dataDependent(let least, _): known[input.id]?[index] ?? least
                    case .reference: extent(of: axis, given: shapes)
                    }
                }
                if shape.count == input.axes.count { shapes[input.id] = shape }
            }
        }
        return shapes.count == inputs.count ? shapes : nil
    }

    private func words(_ shapes: [String: [Int]]) -> String {
        inputs.map { "\($0.id) \((shapes[$0.id] ?? []).map(String.init).joined(separator: " x "))" }.joined(separator: ", ")
    }

    /// The test inputs without those of optional inputs that have no place in the network.
    func used(_ tensors: [String: AxisTensor], by network: Network) -> [String: AxisTensor] {
        let ports = ports(of: network)
        return tensors.filter { name, _ in ports.contains { $0.input.id == name } }
    }
}
