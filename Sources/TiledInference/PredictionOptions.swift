public import NeuralNetwork

/// How an image is predicted. Where the network is local, the result does not depend on it.
public struct PredictionOptions: Sendable, Equatable {
    /// The extents of the inner part of a tile along the model's space and time axes, slowest first; `nil` to choose.
    public var tile: [Int]?
    /// The most bytes that the network's activations may take. The image and the outputs come on top.
    public var memoryBytes: Int
    /// Overlapping windows and mirroring, where they are declared; values then depend on them.
    public var blending: Blending?
    /// How the network uses the machine.
    public var run: RunOptions

    /// The options by which the network alone is judged: where windows are declared, they and not tiles have to fit into memory.
    var ofTiles: PredictionOptions {
        guard blending != nil else { return self }
        var result = self
        result.tile = nil
        result.memoryBytes = .max
        return result
    }

    /// Makes options; by default tiles are chosen for 1 GiB and one thread.
    public init(tile: [Int]? = nil, memoryBytes: Int = 1 << 30, blending: Blending? = nil, run: RunOptions = .init()) {
        self.blending = blending
        self.tile = tile
        self.memoryBytes = memoryBytes
        self.run = run
    }
}
