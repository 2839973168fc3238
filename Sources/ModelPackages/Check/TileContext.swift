#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
public import NeuralNetwork

/// What a run reads around a tile along one axis, in input pixels: the least multiples of the stride that cover what results depend on.
public struct TileContext: Sendable, Equatable {
    /// Tiles begin and end at multiples of this.
    public let stride: Int
    /// Pixels in front of a tile.
    public let before: Int
    /// Pixels behind a tile.
    public let after: Int
    /// The least extent of a window with a middle of one stride that has all it depends on. The context in front of a tile is a multiple
    /// of the stride; what is behind it needs not be.
    public let leastWindow: Int

    /// By what the graph says for the kernels that a run uses.
    public init(_ reach: Reach.AxisReach) {
        func aligned(_ count: Int) -> Int { max(0, (count + reach.stride - 1) / reach.stride * reach.stride) }
        stride = reach.stride
        before = aligned(reach.haloBefore)
        after = aligned(reach.haloAfter)
        leastWindow = before + max(0, reach.haloAfter) + stride
    }
}

extension [[TileContext]] {
    /// The extents of tiles for which windows read about twice what they write, and larger ones less; by outputs and axes.
    public var sensibleTile: [Int] {
        guard let axes = map(\.count).min(), axes > 0 else { return [] }
        // Tiles serve all outputs at once.
        let widest = (0..<axes).map { axis in map { $0[axis].before + $0[axis].after }.max() ?? 0 }
        let share = 1 / (exp2(1 / Double(Swift.max(1, widest.count { $0 > 0 }))) - 1)
        return (0..<axes).map { axis in
            let stride = map { $0[axis].stride }.max() ?? 1
            let extent = Int((Double(widest[axis]) * share).rounded(.up))
            return Swift.max(1, (extent + stride - 1) / stride) * stride
        }
    }
}
