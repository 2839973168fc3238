/// A neural network read from an ONNX file: checked, optimised once, run any number of times, from any thread.
///
/// At load every operator, operator-set version and attribute is checked, constants are folded, batch normalisations are
/// folded into convolutions and activations fused. A run gives the same bits for any number of threads.
public struct Network: Sendable {
    /// The version of the default operator set (domain `ai.onnx`) that the file imports.
    public let opset: Int
    /// What a caller passes: the graph's inputs that have no initializer.
    public let inputs: [Port]
    /// What a run returns.
    public let outputs: [Port]

    let graph: CompiledGraph
    let plans: PlanCache

    /// Parses and checks an ONNX file in memory: every node's operator, opset and attributes are known before anything runs.
    ///
    /// - Parameter externalData: the weights that lie in a second file; `nil` if there are none.
    public init(onnx bytes: [UInt8], externalData: ExternalData? = nil, limits: NetworkLimits = .init()) throws(NetworkError) {
        try self.init(ONNXModel(ByteSource(bytes), externalData: externalData, limits: limits))
    }

    /// Reads the weights of a file whose structure is checked, and optimises the graph.
    public init(_ model: ONNXModel) throws(NetworkError) {
        graph = try FoldingBudget.loading { () throws(NetworkError) in try CompiledGraph(model.graph) }
        plans = PlanCache()
        opset = model.opset
        inputs = model.inputs
        outputs = model.outputs
    }

    /// Runs the network.
    ///
    /// - Parameter inputs: one tensor for each of `inputs`, of the declared element type; fixed extents must be met.
    /// - Returns: one tensor for each of `outputs`.
    public func run(_ inputs: [String: Tensor], options: RunOptions = .init()) throws(NetworkError) -> [String: Tensor] {
        let types = inputs.mapValues { TensorType(shape: $0.shape, elementType: $0.elementType) }
        let context = RunContext(options, scratch: plans.scratch)
        let arguments = self.inputs.compactMap { inputs[$0.name] }
        let results: [Tensor]
        do throws(NetworkError) {
            results = try Executor(graph: graph, plan: try plan(for: types, options), context: context, memory: plans.memory).run(arguments)
        } catch  where error.kind == .unknownBeforeRun {
            results = try StepwiseExecutor(graph: graph, context: context).run(arguments)
        }
        return [String: Tensor](zip(outputs.map(\.name), results)) { first, _ in first }
    }

    /// How far each output sees, per axis of the image, for the given input shapes.
    ///
    /// An error of the kind `unknownBeforeRun` says that shapes depend on values; such a network can only see the whole image.
    /// With direct convolutions it is the receptive field. With Winograd's its stride is larger, and with tiles of four it is wider: the
    /// last bits of a result depend on more of what its tile sees.
    ///
    /// - Parameter imageAxes: by input, which of its tensor axes are the axes of the image, in one order for all; the extents of the
    ///   image are those of the first such input. `nil` for tensor axes 2… of the first input with at least three axes and of
    ///   others with as many.
    /// - Parameter comparesSizes: whether steps whose values follow from the image's extents see these axes as a whole, as they do; their
    ///   results lie where they would without.
    public func reach(
        inputShapes: [String: [Int]], imageAxes: [String: [Int]]? = nil, options: RunOptions = .init(), comparesSizes: Bool = true
    ) throws(NetworkError) -> [String: Reach] {
        var analysis = try analysis(inputShapes, imageAxes, plan(for: types(of: inputShapes), options))
        if comparesSizes {
            SizePeriod.note(in: &analysis, ports: inputs, options.blockedConvolutions)
            SizeComparison.note(in: &analysis, ports: inputs)
        }
        let reaches = try analysis.reaches()
        return [String: Reach](zip(outputs.map(\.name), reaches)) { first, _ in first }
    }

    /// Which positions every step reads for the given input shapes; equal for two sizes if tiles of one can be parts of the other.
    ///
    /// - Parameter runs: whether the network is to run so; what it never runs on as a whole may be larger than its limits of memory.
    public func geometry(
        inputShapes: [String: [Int]], imageAxes: [String: [Int]]? = nil, options: RunOptions = .init(), runs: Bool = true
    ) throws(NetworkError) -> ReachGeometry {
        let types = try types(of: inputShapes)
        guard !runs else { return try analysis(inputShapes, imageAxes, plan(for: types, options)).geometry() }
        let boundless = CompiledGraph(
            graph, steps: graph.steps, constants: graph.constants, outputs: graph.outputs, limits: graph.limits.withoutMemory)
        let plan = try FoldingBudget.loading { () throws(NetworkError) in
            try Plan(graph: boundless, ports: inputs, types: types, convolutions: options.blockedConvolutions)
        }
        return try analysis(inputShapes, imageAxes, plan).geometry()
    }

    private func analysis(
        _ inputShapes: [String: [Int]], _ imageAxes: [String: [Int]]?, _ plan: Plan
    ) throws(NetworkError) -> ReachAnalysis {
        var axesByValue: [Int: [Int]]?
        if let imageAxes {
            var axes: [Int: [Int]] = [:]
            for (port, value) in zip(inputs, graph.inputs) {
                guard let own = imageAxes[port.name] else { continue }
                guard let shape = inputShapes[port.name], own.allSatisfy(shape.indices.contains), Set(own).count == own.count else {
                    throw NetworkError(.input, "the axes \(own) of the image are none of '\(port.name)'")
                }
                axes[value] = own
            }
            axesByValue = axes
        }
        return ReachAnalysis(graph: graph, plan: plan, imageAxes: axesByValue)
    }

    /// The shapes of the outputs for the given input shapes, without running anything.
    public func outputShapes(inputShapes: [String: [Int]], options: RunOptions = .init()) throws(NetworkError) -> [String: [Int]] {
        let plan = try plan(for: try types(of: inputShapes), options)
        var shapes: [String: [Int]] = [:]
        for (port, value) in zip(outputs, graph.outputs) { shapes[port.name] = plan.types[value]?.shape }
        return shapes
    }

    /// Bytes of activations that a run with these input shapes holds at its widest cut (shape inference, no execution).
    ///
    /// Weights are not counted, nor up to 20 MiB of scratch memory that all threads share and 8 MiB for each thread.
    public func workingSetBytes(inputShapes: [String: [Int]], options: RunOptions = .init()) throws(NetworkError) -> Int {
        try plan(for: try types(of: inputShapes), options).workingSetBytes
    }

    /// Bytes of the weights and other constants that a loaded network holds.
    public var constantBytes: Int { graph.constantBytes }

    /// Gives back the memory that is kept from run to run; another run takes it anew.
    public func releaseMemory() {
        plans.memory.release()
        plans.scratch.release()
    }

    func types(of shapes: [String: [Int]]) throws(NetworkError) -> [String: TensorType] {
        var types: [String: TensorType] = [:]
        for port in inputs {
            if let shape = shapes[port.name] { types[port.name] = TensorType(shape: shape, elementType: port.elementType) }
        }
        for name in shapes.keys.sorted() where types[name] == nil {
            throw NetworkError(.input, "no input is called '\(name)'; the inputs are \(inputs.map(\.name))")
        }
        return types
    }

    func plan(for types: [String: TensorType], _ options: RunOptions) throws(NetworkError) -> Plan {
        try plans.plan(for: types, convolutions: options.blockedConvolutions) { () throws(NetworkError) in
            try FoldingBudget.loading { () throws(NetworkError) in
                try Plan(graph: graph, ports: inputs, types: types, convolutions: options.blockedConvolutions)
            }
        }
    }
}
