/// Functions are put together, and products and convolutions take in what follows them.
extension GraphDraft {
    /// Folds batch normalisations into convolutions with constant weights, then sums with other images, then functions of single values.
    mutating func fuse() throws(NetworkError) {
        try recognizeFunctions()
        fuseAttention()
        try fuseLinearLayers()
        for index in steps.indices { try prepare(index) }
        try absorb { convolution, step, constants throws(NetworkError) in
            guard let normalization = step.operation as? BatchNormalization, let channels = convolution.outputChannels,
                let affine = GraphDraft.affine(normalization, step, constants), affine.scale.count == channels
            else { return nil }
            return try convolution.scaled(by: affine.scale, shift: affine.shift)
        }
        absorbSums()
        try absorb { convolution, step, constants throws(NetworkError) in
            guard let activation = FusedActivation(step, constants), convolution.takes(activation) else { return nil }
            return convolution.fused(with: activation)
        }
        absorbGates()
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

    /// Merges convolutions into the sums behind them, where the convolution's result is read by the sum alone and the other operand
    /// is likely to be an image too: small operands that are broadcast would keep the convolution from its fastest kernels.
    private mutating func absorbSums() {
        var readers = [Int](repeating: 0, count: valueCount)
        for value in steps.flatMap(\.inputs) + outputs { if let value { readers[value] += 1 } }
        var producer: [Int: Int] = [:]
        var absorbed: Set<Int> = []
        for index in steps.indices {
            let step = steps[index]
            for value in step.outputs { if let value { producer[value] = index } }
            guard let sum = step.operation as? Arithmetic, sum.isPlainSum, let left = step.inputs[0], let right = step.inputs[1],
                left != right
            else { continue }
            // The one that is computed later: the other one is there by then.
            let pairs = [(left, right), (right, left)].sorted { (producer[$0.0] ?? -1) > (producer[$1.0] ?? -1) }
            for (value, other) in pairs {
                guard readers[value] == 1, let place = producer[value], let convolution = steps[place].operation as? Convolution,
                    convolution.takesSum, isImage(other, producer)
                else { continue }
                steps[index] = CompiledGraph.Step(
                    node: steps[place].node, operation: convolution.fused(with: sum), inputs: [steps[place].inputs[0], other],
                    outputs: step.outputs)
                absorbed.insert(place)
                break
            }
        }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
    }

    /// Merges products with a number for each channel, as squeeze and excitation makes them, into the convolutions of extent 1 behind them.
    private mutating func absorbGates() {
        let links = GraphLinks(self)
        var absorbed: Set<Int> = []
        for index in steps.indices {
            guard let convolution = steps[index].operation as? Convolution,
                let (place, step) = links.step(of: steps[index].inputs[0], "Mul"),
                let gate = step.operation as? Arithmetic, gate.isProduct, let fused = convolution.fused(with: gate),
                let (left, right) = links.operands(step)
            else { continue }
            for (image, numbers) in [(left, right), (right, left)] where links.comesFromMeans(numbers) && !links.comesFromMeans(image) {
                steps[index].operation = fused
                steps[index].inputs = [image] + steps[index].inputs.dropFirst() + [numbers]
                absorbed.insert(place)
                break
            }
        }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
    }

    /// Whether a value comes from operators that make images, through functions of single values.
    private func isImage(_ value: Int, _ producer: [Int: Int]) -> Bool {
        var value = value
        for _ in 0..<8 {
            guard constants[value] == nil, let place = producer[value] else { return false }
            let step = steps[place]
            switch step.operation {
            case is Convolution, is TransposedConvolution, is Pooling, is Resizing, is Concatenation: return true
            case is Activation, is UnaryFunction, is Arithmetic, is BatchNormalization, is InstanceNormalization, is GroupNormalization:
                guard let first = step.inputs.first ?? nil else { return false }
                value = first
            default: return false
            }
        }
        return false
    }

    private static func affine(
        _ normalization: BatchNormalization, _ step: CompiledGraph.Step, _ constants: [Int: Tensor]
    ) -> (scale: [Float], shift: [Float])? {
        let parameters = step.inputs.dropFirst().compactMap { $0.flatMap { constants[$0] } }
        guard parameters.count == 4 else { return nil }
        return normalization.affine(scale: parameters[0], shift: parameters[1], mean: parameters[2], variance: parameters[3])
    }
}
