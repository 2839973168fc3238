/// A graph while it is simplified.
struct GraphDraft {
    var steps: [CompiledGraph.Step]
    var constants: [Int: Tensor]
    let outputs: [Int]
    let valueCount: Int
    let limits: NetworkLimits

    /// Removes steps whose results nobody reads, and constants that no step reads.
    mutating func removeUnused() {
        var used = [Bool](repeating: false, count: valueCount)
        for value in outputs { used[value] = true }
        var kept: [CompiledGraph.Step] = []
        for step in steps.reversed() where step.outputs.contains(where: { $0.map { used[$0] } ?? false }) {
            for case let value? in step.inputs { used[value] = true }
            kept.append(step)
        }
        steps = kept.reversed()
        constants = constants.filter { used[$0.key] }
    }

    /// Computes every step whose inputs are constants, as far as the budget for it goes.
    mutating func foldConstants() throws(NetworkError) {
        var kept: [CompiledGraph.Step] = []
        let budget = FoldingBudget.current ?? FoldingBudget()
        budget.grow(weights: constants.values.reduce(0) { $0 + $1.byteCount })
        for step in steps {
            guard let results = try folded(step, budget) else {
                kept.append(step)
                continue
            }
            for (value, result) in zip(step.outputs, results) {
                if let value { constants[value] = result }
            }
        }
        steps = kept
    }

    /// The results of a step with constant inputs; `nil` where an input is not constant or the step is left to the run.
    private func folded(_ step: CompiledGraph.Step, _ budget: FoldingBudget) throws(NetworkError) -> [Tensor]? {
        var inputs: [Tensor?] = []
        for value in step.inputs {
            guard let value else {
                inputs.append(nil)
                continue
            }
            guard let constant = constants[value] else { return nil }
            inputs.append(constant)
        }
        let signatures = inputs.map { $0.map { Signature($0) } }
        // These compute to know their results' extents.
        if step.operation is any ValueDependent, !budget.takes(step.node, inputs: signatures, outputs: []) { return nil }
        let types: [TensorType]
        do throws(NetworkError) { types = try step.operation.infer(signatures).map(\.type) } catch {
            guard error.kind == .unknownBeforeRun else { throw error }
            return nil
        }
        for type in types { _ = try step.node.checkedByteCount(type, limits: limits) }
        guard budget.takes(step.node, inputs: signatures, outputs: types) else { return nil }
        let context = RunContext(threads: 1, instructions: .best, products: .kernels)
        return try step.operation.results(&inputs, outputs: types, context: context)
    }
}

extension Node {
    /// The bytes of a result; an error if it is larger than allowed.
    func checkedByteCount(_ type: TensorType, limits: NetworkLimits) throws(NetworkError) -> Int {
        guard type.shape.count <= limits.maxRank else {
            throw error(.limit, "a result has \(type.shape.count) axes; at most \(limits.maxRank) are allowed")
        }
        let most = min(limits.maxTensorBytes, limits.maxWorkingSetBytes)
        guard let count = Tensor.elementCount(of: type.shape), type.shape.allSatisfy({ $0 <= TensorReader.largestExtent }),
            count <= most / type.elementType.byteCount
        else {
            throw error(
                .limit, "a result would have the shape \(type.shape) (\(type.elementType.rawValue)); at most \(most) bytes are allowed")
        }
        return count * type.elementType.byteCount
    }
}
