internal import CKernels

/// How one channel block is resized: an image whose innermost axis holds the channels, the last axis first, as plain tensors are,
/// since the order decides how results are rounded.
///
/// Results are made in pieces of rows along the first axis, so that little lies between the axes.
struct BlockedResizing {
    /// The number of pieces.
    var pieces: Int { (rows.output + BlockedResizing.pieceRows - 1) / BlockedResizing.pieceRows }
    /// Floats of scratch memory for a piece.
    let scratchFloats: Int

    /// Result rows of a piece.
    private static let pieceRows = 32

    /// The axis of the rows.
    private let rows: ResizeAxis
    private let low: [Int32]
    private let high: [Int32]
    private let weight: [Float]
    /// The other axes that change, in the order in which they are resized, for one row.
    private let steps: [Resizing.Step]
    /// Floats of a row in the input, and in the result.
    private let rowFloats: (input: Int, output: Int)
    /// Floats of the largest row between two axes.
    private let middle: Int

    /// - Parameter axes: the axes of the image, without the channels.
    init(_ axes: [ResizeAxis]) {
        rows = axes[0]
        (low, high, weight) = rows.table()
        var extents = axes.map(\.input) + [Int(CK_LANES)]
        rowFloats.input = extents.dropFirst().reduce(1, *)
        var steps: [Resizing.Step] = []
        for axis in axes.indices.dropFirst().reversed() where !axes[axis].isIdentity {
            steps.append(Resizing.Step(axes[axis], outer: extents[1..<axis].reduce(1, *), inner: extents[(axis + 1)...].reduce(1, *)))
            extents[axis] = axes[axis].output
        }
        self.steps = steps
        rowFloats.output = extents.dropFirst().reduce(1, *)
        middle = steps.map(\.resultCount).max() ?? 0
        let most = (0..<(rows.output + Self.pieceRows - 1) / Self.pieceRows).map { [rows, low, high] piece in
            Self.inputRows(of: piece, rows, low, high).count
        }
        scratchFloats = steps.isEmpty ? 0 : min(2, steps.count) * middle * (most.max() ?? 0)
    }

    /// The result rows of a piece.
    private static func resultRows(of piece: Int, _ rows: ResizeAxis) -> Range<Int> {
        piece * pieceRows..<min(rows.output, (piece + 1) * pieceRows)
    }

    /// The input rows that a piece reads.
    private static func inputRows(of piece: Int, _ rows: ResizeAxis, _ low: [Int32], _ high: [Int32]) -> Range<Int> {
        let results = resultRows(of: piece, rows)
        let first = low[results].min() ?? 0, last = (high.isEmpty ? low : high)[results].max() ?? 0
        return Int(first)..<Int(last) + 1
    }

    /// Makes the results of a piece.
    func run(_ piece: Int, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>?)
    {
        let results = Self.resultRows(of: piece, rows), taken = Self.inputRows(of: piece, rows, low, high)
        let half = middle * taken.count, target = target + results.lowerBound * rowFloats.output
        var from = source + taken.lowerBound * rowFloats.input
        for (index, step) in steps.enumerated() {
            let isLast = rows.isIdentity && index == steps.count - 1
            guard let to = isLast ? target : scratch.map({ $0 + index % 2 * half }) else { return }
            step.run(from, to, repeated: taken.count)
            from = UnsafePointer(to)
        }
        guard !rows.isIdentity else {
            if steps.isEmpty { target.update(from: from, count: taken.count * rowFloats.input) }
            return
        }
        let shift = Int32(taken.lowerBound), count = Int64(taken.count), wanted = Int64(results.count)
        let low = low[results].map { $0 - shift }, inner = Int64(rowFloats.output)
        switch rows.mode {
        case .nearest: ck_resize_nearest(1, count, wanted, inner, low, from, target)
        case .linear:
            ck_resize_linear(1, count, wanted, inner, low, high[results].map { $0 - shift }, Array(weight[results]), from, target)
        }
    }
}
