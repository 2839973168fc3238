/// `If`, `Loop` and `Scan`: graphs within the graph, run step by step when their inputs are known.
struct ControlFlow: ValueDependent {
    let node: Node
    private let bodies: [String: Body]
    private let scanInputs: Int
    private let scanAxes: (inputs: [Int], outputs: [Int])
    private let scanDirections: (inputs: [Int], outputs: [Int])

    /// The most repetitions of a loop.
    private static let mostRepetitions = 1_000_000

    /// A compiled graph and the places of the values that it captures among the node's captured ones.
    private struct Body {
        let graph: CompiledGraph
        let declaredInputs: Int
        let captured: [Int]

        /// The types of the results; `nil` if one is not known.
        func types(declared: [TensorType?], captured values: [Signature?]) throws(NetworkError) -> [TensorType]? {
            guard declared.count == declaredInputs else { return nil }
            var inference = TypeInference(valueCount: graph.valueCount, constants: graph.constants, limits: graph.limits)
            for (value, type) in zip(graph.inputs, declared) { inference.state(type, of: value) }
            for (value, place) in zip(graph.inputs.dropFirst(declaredInputs), captured) { inference.state(values[place]?.type, of: value) }
            for step in graph.steps { try inference.pass(step) }
            let types = graph.outputs.compactMap { inference.types[$0] }
            return types.count == graph.outputs.count ? types : nil
        }

        func run(_ inputs: [Tensor], captured values: [Tensor], node: Node) throws(NetworkError) -> [Tensor] {
            guard inputs.count == declaredInputs else {
                throw node.error(.graph, "passes \(inputs.count) values to a graph with \(declaredInputs) inputs")
            }
            try StepBudget.current?.spend(0, node: node)
            let context = RunContext(threads: 1, instructions: .best, products: .kernels)
            return try StepwiseExecutor(graph: graph, context: context).run(inputs + captured.map { values[$0] })
        }
    }

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        try node.expect(opset: (node.operatorType == "Scan" ? 8 : 1)...Node.newestOpset)
        switch node.operatorType {
        case "If": try node.allow("else_branch", "then_branch")
        case "Loop": try node.allow("body")
        default:
            try node.allow(
                "body", "directions", "num_scan_inputs", "scan_input_axes", "scan_input_directions", "scan_output_axes",
                "scan_output_directions")
        }
        var bodies: [String: Body] = [:]
        for name in node.operatorType == "If" ? ["then_branch", "else_branch"] : ["body"] {
            guard case .graph(let subgraph) = node.attributes[name] else { throw node.error(.attribute, "'\(name)' is no graph") }
            bodies[name] = Body(
                graph: try CompiledGraph(GraphStructure(subgraph.graph, limits: subgraph.limits)), declaredInputs: subgraph.declaredInputs,
                captured: subgraph.captured.map { node.captured.firstIndex(of: $0) ?? 0 })
        }
        self.bodies = bodies
        scanInputs = try node.int("num_scan_inputs") ?? 0
        scanAxes = (try node.ints("scan_input_axes") ?? [], try node.ints("scan_output_axes") ?? [])
        let directions = try node.ints(node.opset == 8 ? "directions" : "scan_input_directions")
        scanDirections = (directions ?? [], try node.ints("scan_output_directions") ?? [])
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        do throws(NetworkError) { return try inferFromValues(inputs) } catch {
            // Where all values are known, the node is left to the run because it takes long.
            let isOpen = inputs.contains { $0 != nil && $0?.value == nil }
            guard error.kind == .unknownBeforeRun, isOpen, let types = try? steadyTypes(inputs) else { throw error }
            return types.map { Signature(type: $0) }
        }
    }

    /// The types of results that do not depend on values; `nil` where they may.
    private func steadyTypes(_ inputs: [Signature?]) throws(NetworkError) -> [TensorType]? {
        switch node.operatorType {
        case "If": try branchTypes(inputs)
        case "Loop": try carriedTypes(inputs)
        default: nil
        }
    }

    /// The types of a `Loop` that carries values of one type on and collects nothing; `nil` of others.
    private func carriedTypes(_ inputs: [Signature?]) throws(NetworkError) -> [TensorType]? {
        let carried = inputs.dropLast(node.captured.count).dropFirst(2).map { $0?.type }
        let counters = [TensorType(shape: [], elementType: .int64), TensorType(shape: [], elementType: .bool)]
        let types = try bodies["body"]?.types(declared: counters + carried, captured: inputs.suffix(node.captured.count))
        guard let types, types.dropFirst().map(Optional.some) == carried else { return nil }
        return Array(types.dropFirst())
    }

    /// The types of an `If` whose condition is known or whose branches agree; `nil` of others.
    private func branchTypes(_ inputs: [Signature?]) throws(NetworkError) -> [TensorType]? {
        var branches = ["then_branch", "else_branch"]
        if case .bool(let values)? = inputs[0]?.value?.storage, values.count == 1 { branches = [branches[values[0] ? 0 : 1]] }
        var found: [TensorType]?
        for name in branches {
            guard let types = try bodies[name]?.types(declared: [], captured: inputs.suffix(node.captured.count)) else { return nil }
            guard found == nil || found == types else { return nil }
            found = types
        }
        return found
    }

    func compute(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        try StepBudget.shared { () throws(NetworkError) in try computeWithinBudget(inputs) }
    }

    private func computeWithinBudget(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        let own = Array(inputs.dropLast(node.captured.count))
        let captured = try node.captured.indices.map { (index) throws(NetworkError) in
            try node.given(inputs, inputs.count - node.captured.count + index)
        }
        switch node.operatorType {
        case "If":
            guard let body = bodies[try isTrue(try node.given(own, 0)) ? "then_branch" : "else_branch"] else { return [] }
            return try body.run([], captured: captured, node: node)
        case "Loop": return try looped(own, captured)
        default:
            if node.opset == 8 { return try scannedByImage(own, captured) }
            return try scanned(own.compactMap(\.self), captured)
        }
    }

    private func isTrue(_ condition: Tensor) throws(NetworkError) -> Bool {
        guard case .bool(let values) = condition.storage, values.count == 1 else {
            throw node.error(.shape, "a condition is no single bool")
        }
        return values[0]
    }

    private func looped(_ inputs: [Tensor?], _ captured: [Tensor]) throws(NetworkError) -> [Tensor] {
        guard let body = bodies["body"], inputs.count >= 2 else {
            throw node.error(.graph, "has \(inputs.count) inputs; expected at least 2")
        }
        let count = inputs[0]?.integers?.first ?? .max
        var goesOn = try inputs[1].map { (condition) throws(NetworkError) in try isTrue(condition) } ?? true
        var carried = inputs.dropFirst(2).compactMap(\.self), collected: [[Tensor]] = [], collectedBytes = 0, repetition = 0
        let carriedCount = carried.count
        while goesOn, repetition < count {
            guard repetition < ControlFlow.mostRepetitions else {
                throw node.error(.limit, "repeats more than \(ControlFlow.mostRepetitions) times")
            }
            let condition = Tensor([], .bool([goesOn]))
            let results = try body.run([Tensor([], .int64([Int64(repetition)])), condition] + carried, captured: captured, node: node)
            guard results.count > carriedCount else { throw node.error(.graph, "the body gives too few values") }
            goesOn = try isTrue(results[0])
            carried = Array(results[1...carriedCount])
            try collect(Array(results[(carriedCount + 1)...]), into: &collected, &collectedBytes)
            repetition += 1
        }
        let scans = body.graph.outputs.count - 1 - carriedCount
        return try carried + (0..<max(0, scans)).map { (index) throws(NetworkError) in try stacked(collected.map { $0[index] }, axis: 0) }
    }

    /// The most bytes of what repetitions collect: as they are joined, they are held twice.
    private var mostCollectedBytes: Int { (bodies["body"]?.graph.limits.maxWorkingSetBytes ?? 0) / 2 }

    /// Keeps what a repetition gives.
    private func collect(_ results: [Tensor], into collected: inout [[Tensor]], _ bytes: inout Int) throws(NetworkError) {
        bytes += results.reduce(0) { $0 + $1.byteCount }
        guard bytes <= mostCollectedBytes else {
            throw node.error(.limit, "the repetitions collect \(bytes) bytes and more; at most \(mostCollectedBytes) are allowed")
        }
        collected.append(results)
    }

    /// The tensors along a new axis.
    private func stacked(_ tensors: [Tensor], axis: Int) throws(NetworkError) -> Tensor {
        guard let first = tensors.first else { return Tensor([0], .float32([])) }
        guard tensors.allSatisfy({ $0.shape == first.shape && $0.elementType == first.elementType }) else {
            throw node.error(.shape, "a repetition gives another shape than the first")
        }
        try node.expect(
            work: [tensors.count, first.byteCount], of: "the collection of a loop's results", atMost: mostCollectedBytes)
        let storage = TensorStorage.filled(type: first.elementType, count: tensors.count * first.count) { target in
            for (index, tensor) in tensors.enumerated() {
                tensor.storage.withBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: target[(index * first.byteCount)...]).copyMemory(from: bytes)
                }
            }
        }
        let stack = Tensor([tensors.count] + first.shape, storage), place = try node.axis(axis, rank: first.shape.count + 1)
        var order = first.shape.indices.map { $0 + 1 }
        order.insert(0, at: place)
        return place == 0 ? stack : stack.transposed(order)
    }

    private func scanned(_ inputs: [Tensor], _ captured: [Tensor]) throws(NetworkError) -> [Tensor] {
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
            guard results.count >= stateCount else { throw node.error(.graph, "the body gives too few values") }
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
    private func scannedByImage(_ inputs: [Tensor?], _ captured: [Tensor]) throws(NetworkError) -> [Tensor] {
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
