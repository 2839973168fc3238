extension ControlFlow {
    /// What is known of the results before a run, and what the graphs within hold at once.
    struct Forecast {
        let results: [Signature]
        /// Bytes beside the node's inputs and results.
        var innerBytes = 0
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] { try forecast(inputs).results }

    /// The results where all values are known, else their types where no value changes them.
    func forecast(_ inputs: [Signature?]) throws(NetworkError) -> Forecast {
        do throws(NetworkError) { return Forecast(results: try inferFromValues(inputs)) } catch {
            guard error.kind == .unknownBeforeRun else { throw error }
            let steady = try steadyWithinLimits(inputs)
            // Where all values are known, the node is left to the run because it takes long.
            guard let steady, inputs.contains(where: { $0 != nil && $0?.value == nil }) else { throw error }
            return steady
        }
    }

    /// What is known by types alone; an error where they tell that no run has the memory.
    private func steadyWithinLimits(_ inputs: [Signature?]) throws(NetworkError) -> Forecast? {
        do throws(NetworkError) { return try steady(inputs) } catch {
            if error.kind == .limit { throw error }
            return nil
        }
    }

    private func steady(_ inputs: [Signature?]) throws(NetworkError) -> Forecast? {
        let captured = Array(inputs.suffix(node.captured.count)), own = Array(inputs.dropLast(node.captured.count))
        return switch node.operatorType {
        case "If": try steadyBranches(own, captured)
        case "Loop": try steadyLoop(own, captured)
        default: try steadyScan(own, captured)
        }
    }

    /// An `If` whose condition is known or whose branches agree.
    private func steadyBranches(_ own: [Signature?], _ captured: [Signature?]) throws(NetworkError) -> Forecast? {
        var branches = ["then_branch", "else_branch"]
        if let condition = own.first??.truth { branches = [branches[condition ? 0 : 1]] }
        var types: [TensorType]?, bytes = 0
        for name in branches {
            guard let branch = try bodies[name]?.forecast([], captured: captured) else { return nil }
            let own = branch.results.map(\.type)
            guard types == nil || types == own else { return nil }
            types = own
            bytes = max(bytes, branch.heldBytes)
        }
        return types.map { Forecast(results: $0.map { Signature(type: $0) }, innerBytes: bytes) }
    }

    /// The most steps of repetitions whose types are followed one by one.
    private static let mostFollowed = 20_000

    /// A `Loop` that carries values of one type on, or of types that change as often as is known; it collects none or a number of values
    /// that is known.
    private func steadyLoop(_ own: [Signature?], _ captured: [Signature?]) throws(NetworkError) -> Forecast? {
        let carried = own.dropFirst(2).map { $0.map { Signature(type: $0.type) } }
        guard let body = try bodies["body"]?.forecast(ControlFlow.counters + carried, captured: captured) else { return nil }
        let types = body.results.dropFirst().map(\.type)
        guard types.prefix(carried.count).map(Optional.some) == carried.map({ $0?.type }) else { return try growingLoop(own, captured) }
        let scans = types.dropFirst(carried.count)
        var count = 0
        if !scans.isEmpty {
            let goesOn = own.count > 1 ? own[1].map { $0.truth } ?? true : true
            guard let known = own.first??.value?.integers?.first else { return nil }
            let isIdle = known <= 0 || goesOn == false
            guard isIdle || goesOn == true && body.results[0].truth == true else { return nil }
            count = isIdle ? 0 : known
        }
        return try collecting(Array(types.prefix(carried.count)), scans.map { ($0, count, 0) }, body)
    }

    /// A `Loop` whose carried values change their types, followed from repetition to repetition; nothing is computed.
    private func growingLoop(_ own: [Signature?], _ captured: [Signature?]) throws(NetworkError) -> Forecast? {
        guard let body = bodies["body"], let count = own.first??.value?.integers?.first, own[1].map({ $0.truth == true }) ?? true,
            count >= 1, count <= Self.mostFollowed / max(1, body.graph.steps.count),
            // Repetitions in repetitions multiply.
            !body.graph.steps.contains(where: { $0.operation is ControlFlow })
        else { return nil }
        var carried = own.dropFirst(2).map { $0.map { Signature(type: $0.type) } }, scans: [TensorType]?, heldBytes = 0
        for _ in 0..<count {
            guard let step = try body.forecast(ControlFlow.counters + carried, captured: captured), step.results.first?.truth == true else {
                return nil
            }
            let types = step.results.dropFirst().map(\.type), collected = Array(types.dropFirst(carried.count))
            guard scans == nil || scans == collected else { return nil }
            scans = collected
            heldBytes = max(heldBytes, step.heldBytes)
            carried = types.prefix(carried.count).map { Signature(type: $0) }
        }
        return try collecting(
            carried.compactMap { $0?.type }, (scans ?? []).map { ($0, count, 0) }, NestedGraph.Forecast(results: [], heldBytes: heldBytes))
    }

    /// What a repetition gets beside what it carries; it begins only where the condition holds.
    private static let counters = [Signature([], .int64), Signature(Tensor([], .bool([true])))]

    /// What a `Loop` that never begins has collected: nothing, of the extents that the body would give.
    func nothingCollected(_ carried: [Tensor], _ captured: [Tensor]) throws(NetworkError) -> [Tensor] {
        guard let body = bodies["body"] else { return [] }
        let types = carried.map { Signature($0.shape, $0.elementType) }
        let known = try body.forecast(ControlFlow.counters + types, captured: captured.map { Signature($0) })
        return (carried.count + 1..<max(carried.count + 1, body.graph.outputs.count)).map { index in
            let type = known?.results[index].type ?? TensorType(shape: [], elementType: .float32)
            return Tensor([0] + type.shape, .filled(type: type.elementType, count: 0) { _ in })
        }
    }

    /// A `Scan` whose states keep their types; its length is that of the sequences.
    private func steadyScan(_ own: [Signature?], _ captured: [Signature?]) throws(NetworkError) -> Forecast? {
        let given = own.compactMap(\.self)
        guard node.opset > 8, given.count == own.count, scanInputs >= 1, scanInputs <= own.count else { return nil }
        let states = given.dropLast(scanInputs).map { Signature(type: $0.type) }
        var slices: [Signature] = [], length: Int?
        for (index, sequence) in given.suffix(scanInputs).enumerated() {
            var shape = sequence.shape
            let extent = shape.remove(at: try node.axis(index < scanAxes.inputs.count ? scanAxes.inputs[index] : 0, rank: shape.count))
            guard length == nil || length == extent else { return nil }
            length = extent
            slices.append(Signature(shape, sequence.elementType))
        }
        guard let length, length > 0, let body = try bodies["body"]?.forecast(states + slices, captured: captured) else { return nil }
        let types = body.results.map(\.type)
        guard Array(types.prefix(states.count)) == states.map(\.type) else { return nil }
        let scans = types.dropFirst(states.count).enumerated().map { index, type in
            (type, length, index < scanAxes.outputs.count ? scanAxes.outputs[index] : 0)
        }
        return try collecting(Array(types.prefix(states.count)), scans, body)
    }

    /// States and what repetitions give, stacked along new axes. What is collected is held twice while it is joined.
    private func collecting(
        _ states: [TensorType], _ scans: [(type: TensorType, count: Int, axis: Int)], _ body: NestedGraph.Forecast
    ) throws(NetworkError) -> Forecast {
        var results = states.map { Signature(type: $0) }, bytes = body.heldBytes
        for (type, count, axis) in scans {
            var shape = type.shape
            shape.insert(count, at: try node.axis(axis, rank: shape.count + 1))
            let stack = Signature(shape, type.elementType)
            bytes += try node.checkedByteCount(stack.type, limits: bodies["body"]?.graph.limits ?? .init())
            results.append(stack)
        }
        return Forecast(results: results, innerBytes: bytes)
    }
}

extension Signature {
    /// The value of a single bool that is known.
    fileprivate var truth: Bool? {
        guard case .bool(let values)? = value?.storage, values.count == 1 else { return nil }
        return values[0]
    }
}
