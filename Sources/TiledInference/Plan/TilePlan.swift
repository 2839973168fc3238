/// An image cut into tiles: a pure function of extents, reach, allowed sizes and the bound on memory.
public struct TilePlan: Sendable, Equatable {
    /// A box of the image; one range for each axis.
    public struct Tile: Sendable, Equatable {
        /// What the network sees.
        public let window: [Range<Int>]
        /// What is kept; lies within the window.
        public let inner: [Range<Int>]
    }

    /// The image's extents along the tiled axes.
    public let extents: [Int]
    /// The extents that the windows cover; what lies behind the image's own is padding and is cropped from the result.
    public let paddedExtents: [Int]
    /// The extents that the inner parts cover, less where the network's results are fewer.
    public let coveredExtents: [Int]
    /// The tiles in raster order.
    public let tiles: [Tile]
    /// The extents of the largest window.
    public let largestWindow: [Int]

    /// Cuts an image.
    ///
    /// Without a wanted tile the image stays whole if memory allows; otherwise the axis with the longest inner part is halved
    /// again and again until the largest window fits. Axes that have to stay whole are not cut, whatever tile is wanted.
    /// - Parameters:
    ///   - axes: the axes that are tiled, slowest first.
    ///   - tile: the wanted extents of inner parts, one for each axis; `nil` to choose.
    ///   - allowedBytes: the bound on `bytes`.
    ///   - bytes: what a run on a window of these extents needs.
    public init(
        _ axes: [AxisRequest], tile: [Int]? = nil, allowedBytes: Int, bytes: ([Int]) throws(InferenceError) -> Int
    ) throws(InferenceError) {
        var inner: [Int?] = axes.map { _ in nil }
        if let tile {
            guard !axes.isEmpty else {
                throw .noTiling(
                    found: "a tile of \(tile.map(String.init).joined(separator: "x")) for what has no axes to cut", remedy: "leave it out")
            }
            guard tile.count == axes.count, tile.allSatisfy({ $0 > 0 }) else {
                throw .noTiling(
                    found: "a tile of \(tile.map(String.init).joined(separator: "x"))",
                    remedy: "give \(axes.count) extents, one for each of \(axes.map(\.name).joined(separator: ", ")), such as "
                        + axes.map { _ in "512" }.joined(separator: "x"))
            }
            inner = zip(axes, tile).map { $0.isWhole ? nil : $1 }
        }
        var plans = try TilePlan.plans(axes, inner)
        while true {
            let needed = try bytes(plans.map(\.largestWindow))
            if needed <= allowedBytes { break }
            guard tile == nil, let longest = TilePlan.longest(plans, axes) else {
                throw .memory(neededBytes: needed, allowedBytes: allowedBytes)
            }
            inner[longest] = max(axes[longest].stride, (plans[longest].spans[0].inner.count + 1) / 2)
            plans = try TilePlan.plans(axes, inner)
        }
        let count = plans.reduce(1) { $0.multipliedReportingOverflow(by: $1.spans.count).overflow ? .max : $0 * $1.spans.count }
        guard count <= Self.mostTiles else {
            let size = plans.map { "\($0.spans[0].inner.count)" }.joined(separator: "x")
            throw .noTiling(
                found: "\(count) tiles of \(size)\(tile == nil ? ", as memory allows no larger ones" : ""); at most \(Self.mostTiles)"
                    + " are planned",
                remedy: tile == nil ? "allow more memory" : "give a larger tile")
        }
        self.init(axes, plans)
    }

    /// The most tiles of a sample: their list lies in memory.
    private static let mostTiles = 100_000

    /// Elements that the network reads for one element of the padded image: 1 where nothing is read twice.
    ///
    /// - Parameter inBands: whether tiles below each other go through the network as one window.
    public func readFactor(inBands: Bool = false) -> Double {
        guard !extents.isEmpty else { return 1 }
        let read = tiles.reduce(0.0) { sum, tile in
            let rows = inBands ? tile.inner[0].count : tile.window[0].count
            return sum + tile.window.dropFirst().reduce(Double(rows)) { $0 * Double($1.count) }
        }
        return read / paddedExtents.reduce(1.0) { $0 * Double($1) }
    }

    /// Windows of one size that may overlap; each is kept whole.
    init(overlapping windows: [[Range<Int>]], extents: [Int], padded: [Int], window: [Int]) {
        self.extents = extents
        paddedExtents = padded
        coveredExtents = padded
        largestWindow = window
        tiles = windows.map { Tile(window: $0, inner: $0) }
    }

    private init(_ axes: [AxisRequest], _ plans: [AxisPlan]) {
        var tiles = [Tile(window: [], inner: [])]
        for plan in plans {
            tiles = tiles.flatMap { tile in
                plan.spans.map { Tile(window: tile.window + [$0.window], inner: tile.inner + [$0.inner]) }
            }
        }
        extents = axes.map(\.extent)
        paddedExtents = plans.map(\.paddedExtent)
        coveredExtents = plans.map(\.coveredExtent)
        largestWindow = plans.map(\.largestWindow)
        self.tiles = tiles
    }

    private static func plans(_ axes: [AxisRequest], _ inner: [Int?]) throws(InferenceError) -> [AxisPlan] {
        var plans: [AxisPlan] = []
        for (axis, inner) in zip(axes, inner) { plans.append(try AxisPlan(axis, inner: inner)) }
        return plans
    }

    /// The axis whose inner part is longest and can still become shorter; the first of equals.
    private static func longest(_ plans: [AxisPlan], _ axes: [AxisRequest]) -> Int? {
        var best: Int?
        for index in plans.indices {
            if case .fixed = axes[index].sizes { continue }
            if axes[index].isWhole { continue }
            let length = plans[index].spans[0].inner.count
            guard length > axes[index].stride else { continue }
            if best.map({ length > plans[$0].spans[0].inner.count }) ?? true { best = index }
        }
        return best
    }
}
