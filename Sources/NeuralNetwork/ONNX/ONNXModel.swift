/// An ONNX file whose structure is checked: every node's operator, opset and attributes, names, types and places of weights, and extents
/// that no input fits.
///
/// None of its larger weights has been read, so that a file that is wrong costs little however long it is.
public struct ONNXModel: Sendable {
    let graph: GraphStructure
    let opset: Int
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
}
