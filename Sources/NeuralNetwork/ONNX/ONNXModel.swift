/// An ONNX file whose structure is checked: every node's operator, opset and attributes, names, types and places of weights, and extents
/// that no input fits.
///
/// None of its larger weights has been read, so that a file that is wrong costs little however long it is.
public struct ONNXModel: Sendable {
    let graph: GraphStructure
    /// The version of the default operator set (domain `ai.onnx`) that the file imports.
    public let opset: Int
    /// What a caller will pass.
    public let inputs: [Port]
    /// What a run will return.
    public let outputs: [Port]

    /// Checks a file.
    ///
    /// - Parameter externalData: the weights that lie in a second file; `nil` if there are none.
    public init(
        _ source: ByteSource, externalData: ExternalData? = nil, limits: NetworkLimits = .init()
    ) throws(NetworkError) {
        let parsed = try ONNXReader.read(source, external: externalData, limits: limits)
        let structure = try FoldingBudget.loading { () throws(NetworkError) in try GraphStructure(parsed, limits: limits) }
        try FoldingBudget.loading { () throws(NetworkError) in
            try ExtentCheck.check(structure, ports: parsed.inputs, limits: limits)
        }
        graph = structure
        opset = parsed.opset
        inputs = parsed.inputs
        outputs = parsed.outputs
    }

    /// Bytes of the weights.
    public var weightBytes: Int { graph.weights.values.reduce(0) { $0 + $1.byteCount } }

    /// Throws what a run would throw whatever its input, where inputs of which the file declares no shape have one of these.
    ///
    /// - Parameter declaredShapes: by the network's names; those of other inputs do not count.
    public func judge(declaredShapes: [String: [Dimension]]) throws(NetworkError) {
        let ports = inputs.map { port in
            let shape = port.declaredShape ?? declaredShapes[port.name]
            return Port(name: port.name, elementType: port.elementType, shape: shape)
        }
        guard ports != inputs else { return }
        try FoldingBudget.loading { () throws(NetworkError) in
            try ExtentCheck.check(graph, ports: ports, limits: graph.draft.limits)
        }
    }

    /// Throws what a run on inputs of these shapes would throw, as far as it shows without reading larger weights.
    public func judge(inputShapes: [String: [Int]]) throws(NetworkError) {
        var types: [String: TensorType] = [:]
        for port in inputs {
            if let shape = inputShapes[port.name] { types[port.name] = TensorType(shape: shape, elementType: port.elementType) }
        }
        try FoldingBudget.loading { () throws(NetworkError) in
            try ExtentCheck.check(graph, ports: inputs, types: types, limits: graph.draft.limits)
        }
    }
}
