/// What a network may cost before it is refused. Every limit is checked before the memory is taken.
public struct NetworkLimits: Sendable, Equatable {
    /// The largest ONNX file in bytes.
    public var maxFileBytes: Int
    /// The most nodes in a graph.
    public var maxNodes: Int
    /// The most records (nodes, names, attributes, tensors, dimensions) in a file.
    public var maxRecords: Int
    /// The most axes of a tensor.
    public var maxRank: Int
    /// The largest single tensor in bytes, weights and activations alike.
    public var maxTensorBytes: Int
    /// The most bytes of activations that a run may hold at its widest cut.
    public var maxWorkingSetBytes: Int

    /// Makes limits; by default 2 GiB a file, 50,000 nodes, 8 GiB a tensor, 64 GiB a run.
    public init(
        maxFileBytes: Int = 1 << 31, maxNodes: Int = 50_000, maxRecords: Int = 4_000_000, maxRank: Int = 8,
        maxTensorBytes: Int = 1 << 33, maxWorkingSetBytes: Int = 1 << 36
    ) {
        self.maxFileBytes = maxFileBytes
        self.maxNodes = maxNodes
        self.maxRecords = maxRecords
        self.maxRank = maxRank
        self.maxTensorBytes = maxTensorBytes
        self.maxWorkingSetBytes = maxWorkingSetBytes
    }
}
