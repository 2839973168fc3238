/// What a network may cost before it is refused. Every limit is checked before the memory is taken.
public struct NetworkLimits: Sendable, Equatable {
    /// The largest ONNX file in bytes; the file of its weights beside it may be as large.
    public var maxFileBytes: Int
    /// The most bytes of an ONNX file that are not elements of its weights: names, attributes, listed numbers.
    public var maxGraphBytes: Int
    /// The most nodes of a graph; eight times as many attributes and twice as many weights.
    public var maxNodes: Int
    /// The most attributes of a node.
    public var maxAttributes: Int
    /// The most records (nodes, names, attributes, tensors, dimensions) in a file.
    public var maxRecords: Int
    /// The most axes of a tensor.
    public var maxRank: Int
    /// The largest single tensor in bytes, weights and activations alike.
    public var maxTensorBytes: Int
    /// The most bytes of weights and activations that a run may hold at its widest cut.
    public var maxWorkingSetBytes: Int

    /// Makes limits; by default 2 GiB a file, 16 MiB of it the graph, 20,000 nodes, 8 GiB a tensor, 64 GiB a run.
    public init(
        maxFileBytes: Int = 1 << 31, maxGraphBytes: Int = 16 << 20, maxNodes: Int = 20_000, maxAttributes: Int = 64,
        maxRecords: Int = 1_000_000, maxRank: Int = 8, maxTensorBytes: Int = 1 << 33, maxWorkingSetBytes: Int = 1 << 36
    ) {
        self.maxFileBytes = maxFileBytes
        self.maxGraphBytes = maxGraphBytes
        self.maxNodes = maxNodes
        self.maxAttributes = maxAttributes
        self.maxRecords = maxRecords
        self.maxRank = maxRank
        self.maxTensorBytes = maxTensorBytes
        self.maxWorkingSetBytes = maxWorkingSetBytes
    }

    /// Limits for a process that may hold so many bytes.
    public init(memoryBytes: Int) {
        self.init(maxTensorBytes: min(memoryBytes, 1 << 33), maxWorkingSetBytes: memoryBytes)
    }
}
