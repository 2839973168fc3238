public import NeuralNetwork

/// What a run reads around a tile along one axis, in input pixels: the least multiples of the stride that cover what results depend on.
public struct TileContext: Sendable, Equatable {
    /// Tiles begin and end at multiples of this.
    public let stride: Int
    /// Pixels in front of a tile.
    public let before: Int
    /// Pixels behind a tile.
    public let after: Int

    /// By what the graph says for the kernels that a run uses.
    public init(_ reach: Reach.AxisReach) {
        func aligned(_ count: Int) -> Int { max(0, (count + reach.stride - 1) / reach.stride * reach.stride) }
        stride = reach.stride
        before = aligned(reach.haloBefore)
        after = aligned(reach.haloAfter)
    }
}

extension [[TileContext]] {
    /// The extents of tiles for which windows read about twice what they write, and larger ones less; by outputs and axes.
    public var sensibleTile: [Int] {
        guard let axes = map(\.count).min(), axes > 0 else { return [] }
        // Tiles serve all outputs at once.
        let widest = (0..<axes).map { axis in map { $0[axis].before + $0[axis].after }.max() ?? 0 }
        let share = 1 / (Double.root(of: 2, Swift.max(1, widest.count { $0 > 0 })) - 1)
        return (0..<axes).map { axis in
            let stride = map { $0[axis].stride }.max() ?? 1
            let extent = Int((Double(widest[axis]) * share).rounded(.up))
            return Swift.max(1, (extent + stride - 1) / stride) * stride
        }
    }
}

extension Double {
    /// The positive number whose power of a degree is `value`, by Newton's method.
    fileprivate static func root(of value: Double, _ degree: Int) -> Double {
        var root = value
        for _ in 0..<60 {
            let power = (1..<degree).reduce(1.0) { product, _ in product * root }
            root -= (power * root - value) / (Double(degree) * power)
        }
        return root
    }
}
