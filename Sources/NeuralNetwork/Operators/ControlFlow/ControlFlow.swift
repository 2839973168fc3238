/// `If`, `Loop` and `Scan`: graphs within the graph, run step by step when their inputs are known.
struct ControlFlow: ValueDependent {
    let node: Node
    let bodies: [String: NestedGraph]
    let scanInputs: Int
    let scanAxes: (inputs: [Int], outputs: [Int])
    let scanDirections: (inputs: [Int], outputs: [Int])

    /// The most repetitions of a loop.
    private static let mostRepetitions = 1_000_000

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        switch node.operatorType {
        case "If": try node.allow("else_branch", "then_branch")
        case "Loop": try node.allow("body")
        default:
            try node.allow(
                "body", "directions", "num_scan_inputs", "scan_input_axes", "scan_input_directions", "scan_output_axes",
                "scan_output_directions")
        }
        var bodies: [String: NestedGraph] = [:]
        for name in node.operatorType == "If" ? ["then_branch", "else_branch"] : ["body"] {
            guard case .graph(let subgraph) = node.attributes[name] else { throw node.error(.attribute, "'\(name)' is no graph") }
            bodies[name] = NestedGraph(
                graph: try CompiledGraph(GraphStructure(subgraph.graph, limits: subgraph.limits)), declaredInputs: subgraph.declaredInputs,
                captured: subgraph.captured.map { node.captured.firstIndex(of: $0) ?? 0 })
        }
        self.bodies = bodies
        scanInputs = try node.int("num_scan_inputs") ?? 0
        scanAxes = (try node.ints("scan_input_axes") ?? [], try node.ints("scan_output_axes") ?? [])
        let directions = try node.ints(node.opset == 8 ? "directions" : "scan_input_directions")
        scanDirections = (directions ?? [], try node.ints("scan_output_directions") ?? [])
        try checkCounts()
    }

    /// Refuses graphs that take or give other numbers of values than the node's inputs and outputs ask for.
    private func checkCounts() throws(NetworkError) {
        let own = node.inputs.count - node.captured.count - (node.operatorType == "Scan" && node.opset == 8 ? 1 : 0)
        for (name, body) in bodies.sorted(by: { $0.key < $1.key }) {
            let takes: Int, least: Int, results: Int
            switch node.operatorType {
            case "If": (takes, least, results) = (0, 0, body.graph.outputs.count)
            case "Loop":
                guard own >= 2 else { throw node.error(.graph, "has \(own) inputs; expected at least 2") }
                (takes, least, results) = (own, own - 1, body.graph.outputs.count - 1)
            default: (takes, least, results) = (own, max(0, own - scanInputs), body.graph.outputs.count)
            }
            guard body.declaredInputs == takes else {
                throw node.error(.graph, "'\(name)' has \(body.declaredInputs) inputs; the node gives it \(takes)")
            }
            guard body.graph.outputs.count >= least, results >= node.outputs.count else {
                let needed = max(least, node.outputs.count + body.graph.outputs.count - results)
                throw node.error(.graph, "'\(name)' gives \(body.graph.outputs.count) values; the node needs \(needed)")
            }
        }
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
        guard let body = bodies["body"] else { return [] }
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
            goesOn = try isTrue(results[0])
            carried = Array(results.dropFirst().prefix(carriedCount))
            try collect(Array(results.dropFirst(carriedCount + 1)), into: &collected, &collectedBytes)
            repetition += 1
        }
        guard !collected.isEmpty else { return try carried + nothingCollected(carried, captured) }
        let scans = body.graph.outputs.count - 1 - carriedCount
        return try carried + (0..<max(0, scans)).map { (index) throws(NetworkError) in try stacked(collected.map { $0[index] }, axis: 0) }
    }

    /// The most bytes of what repetitions collect: as they are joined, they are held twice.
    private var mostCollectedBytes: Int { (bodies["body"]?.graph.limits.maxWorkingSetBytes ?? 0) / 2 }

    /// Keeps what a repetition gives.
    func collect(_ results: [Tensor], into collected: inout [[Tensor]], _ bytes: inout Int) throws(NetworkError) {
        bytes += results.reduce(0) { $0 + $1.byteCount }
        guard bytes <= mostCollectedBytes else {
            throw node.error(.limit, "the repetitions collect \(bytes) bytes and more; at most \(mostCollectedBytes) are allowed")
        }
        collected.append(results)
    }

    /// The tensors along a new axis.
    func stacked(_ tensors: [Tensor], axis: Int) throws(NetworkError) -> Tensor {
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
}
