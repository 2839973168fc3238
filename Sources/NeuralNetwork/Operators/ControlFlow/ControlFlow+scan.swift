extension ControlFlow {
    /// What `Scan` gives: states that go from step to step, and what the steps give side by side.
    func scanned(_ inputs: [Tensor], _ captured: [Tensor]) throws(NetworkError) -> [Tensor] {
        guard let body = bodies["body"], scanInputs >= 1, scanInputs <= inputs.count else {
            throw node.error(.attribute, "num_scan_inputs is \(scanInputs) of \(inputs.count) inputs")
        }
        var states = Array(inputs.dropLast(scanInputs))
        let sequences = Array(inputs.suffix(scanInputs)), stateCount = states.count
        let axes = try sequences.indices.map { (index) throws(NetworkError) in
            try node.axis(index < scanAxes.inputs.count ? scanAxes.inputs[index] : 0, rank: sequences[index].shape.count)
        }
        let length = sequences[0].shape[axes[0]]
        guard zip(sequences, axes).allSatisfy({ $0.shape[$1] == length }) else {
            throw node.error(.shape, "the sequences differ in length")
        }
        var collected: [[Tensor]] = [], collectedBytes = 0
        for step in 0..<length {
            let slices = sequences.indices.map { index in
                let isBackward = index < scanDirections.inputs.count && scanDirections.inputs[index] == 1
                let slice = sequences[index].slices([isBackward ? length - 1 - step : step], axis: axes[index])
                var shape = slice.shape
                shape.remove(at: axes[index])
                return slice.reshaped(shape)
            }
            let results = try body.run(states + slices, captured: captured, node: node)
            states = Array(results[..<stateCount])
            try collect(Array(results[stateCount...]), into: &collected, &collectedBytes)
        }
        let outputs = try (0..<body.graph.outputs.count - stateCount).map { (index) throws(NetworkError) in
            let isBackward = index < scanDirections.outputs.count && scanDirections.outputs[index] == 1
            let column = collected.map { $0[index] }
            return try stacked(isBackward ? column.reversed() : column, axis: index < scanAxes.outputs.count ? scanAxes.outputs[index] : 0)
        }
        return states + outputs
    }

    /// The form of opset 8: lengths first, then tensors with a leading batch axis.
    func scannedByImage(_ inputs: [Tensor?], _ captured: [Tensor]) throws(NetworkError) -> [Tensor] {
        let batches = inputs.dropFirst().compactMap(\.self)
        guard inputs.first.flatMap({ $0 }) == nil, let count = batches.first?.shape.first else {
            throw node.error(.unsupported, "lengths of sequences are given; the core scans whole sequences")
        }
        var results: [[Tensor]] = []
        for image in 0..<count {
            let slices = batches.map { batch in
                batch.slices([image], axis: 0).reshaped(Array(batch.shape.dropFirst()))
            }
            results.append(try scanned(slices, captured))
        }
        return try (results.first ?? []).indices.map { (index) throws(NetworkError) in try stacked(results.map { $0[index] }, axis: 0) }
    }
}
