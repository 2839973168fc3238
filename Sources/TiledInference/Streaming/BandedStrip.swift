internal import ModelPackages
internal import NeuralNetwork

/// Tiles that lie below each other and go through the network in bands of rows, as one window.
struct BandedStrip {
    /// The tiles' numbers in the plan, top to bottom.
    let tiles: [Int]
    /// The window: all columns of the tiles', and the rows from the first tile's to the last one's.
    let window: [Range<Int>]
    /// What is kept.
    let inner: [Range<Int>]

    /// The strips of the tiles that are still to be run: columns from left to right, tiles that are done cut them.
    static func strips(_ plan: TilePlan, _ bands: BandShape, isDone: (Int) -> Bool = { _ in false }) -> [BandedStrip] {
        let tiles = plan.tiles
        var columns: [[Range<Int>]: [Int]] = [:]
        var order: [[Range<Int>]] = []
        for (number, tile) in tiles.enumerated() {
            let column = Array(tile.inner.dropFirst())
            if columns[column] == nil { order.append(column) }
            columns[column, default: []].append(number)
        }
        var strips: [BandedStrip] = []
        for column in order {
            let pending = (columns[column] ?? []).split(whereSeparator: isDone)
            strips += pending.compactMap { BandedStrip(Array($0), plan, bands) }
        }
        return strips
    }

    private init?(_ numbers: [Int], _ plan: TilePlan, _ bands: BandShape) {
        guard let first = numbers.first, let last = numbers.last, case .stepped(let least, let step) = bands.request.sizes else {
            return nil
        }
        let (top, bottom) = (plan.tiles[first], plan.tiles[last])
        tiles = numbers
        let rows = AxisPlan.allowed(
            top.window[0].lowerBound..<bottom.window[0].upperBound, within: plan.paddedExtents[0], least: least, step: max(1, step),
            stride: bands.request.stride)
        window = [rows] + top.window.dropFirst()
        inner = [top.inner[0].lowerBound..<bottom.inner[0].upperBound] + top.inner.dropFirst()
    }

    /// The windows of the bands, top to bottom.
    func bands(of rows: Int) -> [TilePlan.Tile] {
        stride(from: window[0].lowerBound, to: window[0].upperBound, by: rows).map { start in
            let part = [start..<min(window[0].upperBound, start + rows)] + window.dropFirst()
            return TilePlan.Tile(window: part, inner: part)
        }
    }
}

extension Stitcher {
    /// What is taken of finished rows of a strip's result, where it goes, and the extents of the whole.
    ///
    /// - Parameters:
    ///   - rows: the rows that `result` holds, counted from the first row of the strip's result.
    ///   - height: all rows of the strip's result.
    func placement(
        of output: TensorDescription, _ result: AxisTensor, rows: Range<Int>, height: Int, of strip: BandedStrip
    ) throws(InferenceError) -> (source: [Range<Int>], target: [Range<Int>], full: [Int]) {
        guard let scale = tiling.scales[output.id]?.first ?? nil else {
            throw .unfitOutput(output: output.id, found: "rows of an unknown scale", remedy: "give a tile, such as --tile 512x512")
        }
        // Along the other axes the rows lie as a tile would; along the first they are placed here.
        let tile = TilePlan.Tile(window: strip.window, inner: strip.inner)
        var whole = result.shape
        whole[2] = height
        var (source, target, full) = try placement(of: output, axes: result.axes, shape: whole, tile)
        let first = strip.window[0].lowerBound * scale.numerator / scale.denominator + rows.lowerBound
        let kept = (first..<first + rows.count).clamped(to: target[2])
        target[2] = kept
        source[2] = kept.isEmpty ? 0..<0 : kept.lowerBound - first..<kept.upperBound - first
        return (source, target, full)
    }
}
