/// Types of a graph's values, and the values that follow from shapes alone, found step by step.
struct TypeInference {
    /// The type of each value; `nil` where it is not known.
    private(set) var types: [TensorType?]
    /// Values that follow from shapes, besides the constants.
    private(set) var known: [Int: Tensor] = [:]
    /// Bytes that a step holds beside its inputs and results, by its first result.
    private(set) var innerBytes: [Int: Int] = [:]
    /// The extents of the image of which a value holds places.
    private var images: [Int: [Int]] = [:]
    private let constants: [Int: Tensor]
    private let limits: NetworkLimits
    private let budget = FoldingBudget.current ?? FoldingBudget()

    private let knownBytes: Int

    /// - Parameter knownBytes: results up to this size are computed, if their inputs are known.
    init(valueCount: Int, constants: [Int: Tensor], limits: NetworkLimits, knownBytes: Int = 1 << 16) {
        self.knownBytes = knownBytes
        types = [TensorType?](repeating: nil, count: valueCount)
        self.constants = constants
        self.limits = limits
        for (value, constant) in constants { types[value] = TensorType(shape: constant.shape, elementType: constant.elementType) }
    }

    /// What is known of a whole graph before a run on inputs of some types.
    init(_ graph: CompiledGraph, ports: [Port], types: [String: TensorType], limits: NetworkLimits) throws(NetworkError) {
        try PortCheck.check(types, against: ports, limits: limits)
        self.init(valueCount: graph.valueCount, constants: graph.constants, limits: limits)
        for (port, value) in zip(ports, graph.inputs) { state(types[port.name], of: value) }
        for step in graph.steps { try pass(step) }
    }

    /// States the type of an input, or of a weight that is not read yet.
    mutating func state(_ type: TensorType?, of value: Int) { types[value] = type }

    /// States what is known of an input.
    mutating func state(_ signature: Signature?, of value: Int) {
        types[value] = signature?.type
        known[value] = signature?.value
        images[value] = signature?.placesIn
    }

    /// What is known of a value; `nil` if not even its type is.
    func signature(_ value: Int) -> Signature? {
        var signature = (constants[value] ?? known[value]).map { Signature($0) } ?? types[value].map { Signature(type: $0) }
        signature?.placesIn = images[value]
        return signature
    }

    /// What is known of a step's inputs; `nil` for those that are left out or of unknown type.
    func signatures(_ step: CompiledGraph.Step) -> [Signature?] { step.inputs.map { $0.flatMap(signature) } }

    /// Finds the types of a step's results, and the results themselves where they are small and follow from what is known.
    mutating func pass(_ step: CompiledGraph.Step) throws(NetworkError) {
        var inputs = signatures(step)
        let isKnown = zip(step.inputs, inputs).allSatisfy { $0 == nil || $1?.value != nil }
        // These compute to know their results' extents.
        if isKnown, step.operation is any ValueDependent, !budget.takes(step.node, inputs: inputs, outputs: []) {
            inputs = inputs.map { $0.map { Signature(type: $0.type) } }
        }
        let results: [Signature]
        if let flow = step.operation as? ControlFlow {
            let forecast = try flow.forecast(inputs)
            results = forecast.results
            if let value = step.firstResult { innerBytes[value] = forecast.innerBytes }
        } else {
            results = try step.operation.infer(inputs)
        }
        guard results.count >= step.outputs.count else { throw step.node.error(.internalFault, "gives too few results") }
        var bytes = 0
        for (value, result) in zip(step.outputs, results) {
            bytes += try step.node.checkedByteCount(result.type, limits: limits)
            guard let value else { continue }
            types[value] = result.type
            known[value] = result.value
            images[value] = result.placesIn
        }
        if let value = step.firstResult {
            let bytes = step.operation.heldBytes(step.node, inputs: inputs, outputs: results.map(\.type))
            if bytes > 0 { innerBytes[value] = bytes }
        }
        guard isKnown, bytes <= knownBytes, results.contains(where: { $0.value == nil }),
            budget.takes(step.node, inputs: inputs, outputs: results.map(\.type))
        else { return }
        var tensors = inputs.map { $0?.value }
        let context = RunContext(threads: 1, instructions: .best, products: .kernels)
        let computed = try step.operation.results(&tensors, outputs: results.map(\.type), context: context)
        for (value, tensor) in zip(step.outputs, computed) {
            if let value { known[value] = tensor }
        }
    }
}
