/// Convolutions take in what follows them.
extension GraphDraft {
    /// Folds batch normalisations into convolutions with constant weights, then ReLU and leaky ReLU.
    mutating func fuse() throws(NetworkError) {
        for index in steps.indices { try prepare(index) }
        try absorb { convolution, step, constants throws(NetworkError) in
            guard let normalization = step.operation as? BatchNormalization, let channels = convolution.outputChannels,
                let affine = GraphDraft.affine(normalization, step, constants), affine.scale.count == channels
            else { return nil }
            return try convolution.scaled(by: affine.scale, shift: affine.shift)
        }
        try absorb { convolution, step, _ throws(NetworkError) in
            guard let activation = (step.operation as? Activation)?.fusable, convolution.isLinear else { return nil }
            return convolution.fused(with: activation)
        }
    }

    /// Gives a convolution its constant weights, so that its step reads the image only.
    private mutating func prepare(_ index: Int) throws(NetworkError) {
        let step = steps[index]
        guard let convolution = step.operation as? Convolution, let value = step.inputs[1], let weights = constants[value],
            weights.elementType == .float32
        else { return }
        var bias: Tensor?
        if step.inputs.count > 2, let value = step.inputs[2] {
            guard let constant = constants[value], constant.elementType == .float32 else { return }
            bias = constant
        }
        steps[index].operation = try convolution.prepared(weights: weights, bias: bias)
        steps[index].inputs = [step.inputs[0]]
    }

    /// Merges steps into the convolution before them, where the convolution's result is read by that step alone.
    private mutating func absorb(
        _ merge: (Convolution, CompiledGraph.Step, [Int: Tensor]) throws(NetworkError) -> Convolution?
    ) throws(NetworkError) {
        var readers = [Int](repeating: 0, count: valueCount)
        for step in steps {
            for case let value? in step.inputs { readers[value] += 1 }
        }
        for value in outputs { readers[value] += 1 }
        var producer: [Int: Int] = [:]
        var absorbed: Set<Int> = []
        for index in steps.indices {
            let step = steps[index]
            if let value = step.inputs.first ?? nil, readers[value] == 1, let place = producer[value], step.outputs.count >= 1,
                let convolution = steps[place].operation as? Convolution, let merged = try merge(convolution, step, constants)
            {
                steps[place].operation = merged
                steps[place].outputs = [step.outputs[0]]
                absorbed.insert(index)
                if let result = step.outputs[0] { producer[result] = place }
            } else if step.operation is Convolution, let result = step.outputs.first ?? nil {
                producer[result] = index
            }
        }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
    }

    private static func affine(
        _ normalization: BatchNormalization, _ step: CompiledGraph.Step, _ constants: [Int: Tensor]
    ) -> (scale: [Float], shift: [Float])? {
        let parameters = step.inputs.dropFirst().compactMap { $0.flatMap { constants[$0] } }
        guard parameters.count == 4 else { return nil }
        return normalization.affine(scale: parameters[0], shift: parameters[1], mean: parameters[2], variance: parameters[3])
    }
}
