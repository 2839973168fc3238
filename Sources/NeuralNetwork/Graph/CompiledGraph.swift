/// A graph ready to be planned and run: values numbered, nodes in an order in which inputs come first, constants folded,
/// convolutions fused, nodes without use removed.
final class CompiledGraph: Sendable {
    /// One node. Values are numbers; `nil` is an input or output that is left out.
    struct Step: Sendable {
        let node: Node
        var operation: any Operator
        var inputs: [Int?]
        var outputs: [Int?]

        /// What computes, whatever the types of the tensors.
        var core: any Operator { (operation as? SinglePrecision)?.inner ?? operation }

        /// The first value that the node gives.
        var firstResult: Int? { outputs.lazy.compactMap(\.self).first }
    }

    /// In execution order.
    let steps: [Step]
    /// Weights and results of constant folding by value.
    let constants: [Int: Tensor]
    /// The number of values.
    let valueCount: Int
    /// The value of each of the network's inputs and outputs, in the order of its ports.
    let inputs: [Int]
    let outputs: [Int]
    let limits: NetworkLimits

    /// Bytes of the constants, those in the form that convolutions and products take included.
    var constantBytes: Int {
        var packed = 0, matrices: Set<ObjectIdentifier> = []
        for step in steps {
            if let convolution = step.operation as? Convolution { packed += convolution.preparedBytes }
            guard let layer = step.operation as? LinearLayer else { continue }
            packed += layer.biasBytes
            if matrices.insert(layer.panels.identity).inserted { packed += layer.panels.bytes }
        }
        return packed + constants.values.reduce(0) { $0 + $1.byteCount }
    }

    /// A graph whose structure is checked: reads its weights and simplifies it.
    convenience init(_ checked: GraphStructure) throws(NetworkError) {
        var draft = checked.draft
        // A weight that is wrong is found before the others take memory.
        for value in checked.weights.keys.sorted() { try checked.weights[value]?.check() }
        for value in checked.weights.keys.sorted() {
            if let weight = checked.weights[value] { draft.constants[value] = try weight.load() }
        }
        try draft.foldConstants()
        try draft.fuse()
        draft.removeUnused()
        self.init(draft, inputs: checked.inputs)
    }

    private init(_ draft: GraphDraft, inputs: [Int]) {
        steps = draft.steps
        constants = draft.constants
        valueCount = draft.valueCount
        self.inputs = inputs
        outputs = draft.outputs
        limits = draft.limits
    }
}

extension CompiledGraph {
    /// The same inputs through other steps to other outputs; what nobody reads is left out.
    ///
    /// - Parameters:
    ///   - limits: other limits, for a graph that never runs.
    ///   - valueCount: the number of values, where there are new ones.
    convenience init(
        _ graph: CompiledGraph, steps: [Step], constants: [Int: Tensor], outputs: [Int], limits: NetworkLimits? = nil,
        valueCount: Int? = nil
    ) {
        var draft = GraphDraft(
            steps: steps, constants: constants, outputs: outputs, valueCount: valueCount ?? graph.valueCount,
            limits: limits ?? graph.limits)
        draft.removeUnused()
        self.init(draft, inputs: graph.inputs)
    }
}
