/// `RNN`, `GRU` and `LSTM` (opset 7 and later): a state that each step of a sequence changes, forward, backward, or both.
///
/// Input (steps, batch, size), weights (directions, gates * hidden, size), recurrent weights (directions, gates * hidden, hidden); with
/// `layout` 1 the batch comes first. Gates in ONNX's order: LSTM input, output, forget, cell; GRU update, reset, hidden. Beyond a sequence's
/// length the outputs are 0 and the state stays. Products go through the matrix kernels, the gates are in double precision.
struct Recurrence: Operator {
    private let node: Node
    private let kind: RecurrentCell.Kind
    private let cells: [RecurrentCell]
    private let hidden: Int
    private let isBackward: [Bool]
    private let hasBatchFirst: Bool

    init(_ node: Node) throws(NetworkError) {
        guard let kind = RecurrentCell.Kind(rawValue: node.operatorType) else {
            throw node.error(.internalFault, "is registered for the wrong operator")
        }
        self.kind = kind
        try node.expect(inputs: 3...(kind == .lstm ? 8 : 6), outputs: 1...(kind == .lstm ? 3 : 2))
        switch kind {
        case .plain: try node.allow("activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout")
        case .gated:
            try node.allow(
                "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout", "linear_before_reset")
        case .lstm:
            try node.allow(
                "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "input_forget", "layout")
        }
        self.node = node
        let direction = try node.string("direction") ?? "forward"
        let directions = ["forward": [false], "reverse": [true], "bidirectional": [false, true]]
        guard let isBackward = directions[direction], let hidden = try node.int("hidden_size"), hidden > 0 else {
            throw node.error(.attribute, "direction is '\(direction)' and hidden_size \(try node.int("hidden_size") ?? 0)")
        }
        self.isBackward = isBackward
        self.hidden = hidden
        hasBatchFirst = try node.flag("layout")
        cells = try RecurrentCell.cells(kind, count: isBackward.count, hidden: hidden, node: node)
    }

    /// The numbers of steps, images and inputs.
    private func extents(_ inputs: [Signature?]) throws(NetworkError) -> (steps: Int, batch: Int, size: Int) {
        let shape = try node.floatSignature(inputs, 0).shape
        guard shape.count == 3 else { throw node.error(.shape, "the input has the shape \(shape); expected (steps, batch, size)") }
        return hasBatchFirst ? (shape[1], shape[0], shape[2]) : (shape[0], shape[1], shape[2])
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let (steps, batch, size) = try extents(inputs), count = isBackward.count, gates = kind.gates * hidden
        let state = hasBatchFirst ? [batch, count, hidden] : [count, batch, hidden]
        let expected: [[Int]?] = [
            nil, [count, gates, size], [count, gates, hidden], [count, 2 * gates], nil, state, state, [count, 3 * hidden],
        ]
        for (index, shape) in expected.enumerated() {
            guard let shape, index < inputs.count, inputs[index] != nil else { continue }
            let own = try node.floatSignature(inputs, index).shape
            guard own == shape else { throw node.error(.shape, "input \(index) has the shape \(own); expected \(shape)") }
        }
        if inputs.count > 4, let lengths = inputs[4], lengths.elementType != .int32 || lengths.shape != [batch] {
            throw node.error(.shape, "sequence_lens has the shape \(lengths.shape); expected [\(batch)] of int32")
        }
        try node.expect(work: [steps, batch, count, gates, size + hidden], of: "the recurrence")
        let all = hasBatchFirst ? [batch, steps, count, hidden] : [steps, count, batch, hidden]
        return [Signature(all, .float32), Signature(state, .float32), Signature(state, .float32)].prefix(node.outputs.count).map(\.self)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let (steps, batch, size) = try extents(inputs.map { $0.map { Signature($0) } }), count = isBackward.count
        func given(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }
        func state(_ index: Int) -> Tensor? { given(index).map { hasBatchFirst ? $0.transposed([1, 0, 2]) : $0 } }
        let lengths = given(4)?.integers ?? [Int](repeating: steps, count: batch)
        if let wrong = lengths.first(where: { $0 < 0 || $0 > steps }) {
            throw node.error(.shape, "a sequence of \(wrong) steps; there are \(steps)")
        }
        let input = try node.given(inputs, 0), gates = kind.gates * hidden
        let sequence = (hasBatchFirst ? input.transposed([1, 0, 2]) : input).floats ?? []
        var all = [Float](repeating: 0, count: steps * count * batch * hidden), states: [Float] = [], cellStates: [Float] = []
        for direction in 0..<count {
            func part(_ tensor: Tensor?, _ length: Int) -> [Float]? {
                tensor?.floats.map { Array($0[direction * length..<(direction + 1) * length]) }
            }
            func turned(_ index: Int, _ columns: Int) throws(NetworkError) -> [Float] {
                let own = part(given(index), gates * columns) ?? []
                return Tensor([gates, columns], .float32(own)).transposed([1, 0]).floats ?? []
            }
            let projected = try product(sequence, try turned(1, size), rows: steps * batch, depth: size, columns: gates, context)
            let recurrent = try turned(2, hidden)
            var own = RecurrentState(
                hidden: part(state(5), batch * hidden) ?? [Float](repeating: 0, count: batch * hidden),
                cell: part(state(6), batch * hidden) ?? [Float](repeating: 0, count: batch * hidden))
            let bias = part(given(3), 2 * gates), peepholes = part(given(7), 3 * hidden), cell = cells[direction]
            for step in 0..<steps {
                let products = try product(own.hidden, recurrent, rows: batch, depth: hidden, columns: gates, context)
                var reset: [Float]?
                if cell.needsResetProduct {
                    let gated = cell.reset(
                        own.hidden, projected, products, bias, lengths, step: step, batch: batch, isBackward: isBackward[direction])
                    reset = try product(gated, recurrent, rows: batch, depth: hidden, columns: gates, context)
                }
                for image in 0..<batch where step < lengths[image] {
                    let place = isBackward[direction] ? lengths[image] - 1 - step : step
                    cell.advance(
                        &own, image: image, projected: projected, at: (place * batch + image) * gates, products: products, reset: reset,
                        bias: bias, peepholes: peepholes)
                    let target = ((place * count + direction) * batch + image) * hidden
                    for unit in 0..<hidden { all[target + unit] = own.hidden[image * hidden + unit] }
                }
            }
            states += own.hidden
            cellStates += own.cell
        }
        let everything = Tensor([steps, count, batch, hidden], .float32(all))
        let last = [states, cellStates].map { values in
            let tensor = Tensor([count, batch, hidden], .float32(values))
            return hasBatchFirst ? tensor.transposed([1, 0, 2]) : tensor
        }
        return ([hasBatchFirst ? everything.transposed([2, 0, 1, 3]) : everything] + last).prefix(outputs.count).map(\.self)
    }

    private func product(
        _ left: [Float], _ right: [Float], rows: Int, depth: Int, columns: Int, _ context: RunContext
    ) throws(NetworkError) -> [Float] {
        try floats(count: rows * columns) { (target) throws(NetworkError) in
            var failure: NetworkError?
            left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    guard let left = left.baseAddress, let right = right.baseAddress else {
                        return target.update(repeating: 0, count: rows * columns)
                    }
                    do throws(NetworkError) {
                        try MatrixProduct.multiply(left, right, rows: rows, depth: depth, columns: columns, into: target, context: context)
                    } catch { failure = error }
                }
            }
            if let failure { throw failure }
        }
    }

    /// A step sees all before it, or behind it.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
