/// The rows of a tensor along axes next to each other, behind which other axes follow: their elements lie apart.
struct StridedRows {
    /// Axes in front, those of a row, and those behind, each taken together.
    private let outer: Int
    private let row: Int
    private let inner: Int
    /// Rows that are gathered at once.
    private let columns: Int

    /// Elements that are gathered at once, where a single row is not more.
    private static let gathered = 1 << 16

    /// Whether axes, in ascending order, are next to each other and not the last ones, and there are elements.
    static func are(_ axes: [Int], of shape: [Int]) -> Bool {
        guard let first = axes.first, let last = axes.last else { return false }
        return axes == Array(first...last) && last < shape.count - 1 && !shape.contains(0)
    }

    /// - Parameter axes: those of the rows.
    /// - Returns: `nil` for other axes.
    init?(_ shape: [Int], axes: [Int]) {
        guard Self.are(axes, of: shape), let first = axes.first, let last = axes.last else { return nil }
        outer = shape[..<first].reduce(1, *)
        row = shape[first...last].reduce(1, *)
        inner = shape[(last + 1)...].reduce(1, *)
        columns = max(1, min(inner, 64, Self.gathered / row))
    }

    /// A function of each row, in C order of the axes in front and behind.
    func map(
        _ values: [Float], threads: Int, _ body: (UnsafeBufferPointer<Float>) -> Float
    ) throws(NetworkError) -> [Float] {
        let pieces = (inner + columns - 1) / columns
        return try floats(count: outer * inner) { (target) throws(NetworkError) in
            try Parallel.run(threads: threads, blocks: outer * pieces, scratchBytes: columns * row * MemoryLayout<Float>.stride) {
                block, scratch in
                guard let rows = scratch?.assumingMemoryBound(to: Float.self) else { return }
                let part = block / pieces, first = block % pieces * columns, count = min(columns, inner - first)
                values.withUnsafeBufferPointer { source in
                    for place in 0..<row {
                        let start = (part * row + place) * inner + first
                        for column in 0..<count { rows[column * row + place] = source[start + column] }
                    }
                }
                for column in 0..<count {
                    target[part * inner + first + column] = body(UnsafeBufferPointer(start: rows + column * row, count: row))
                }
            }
        }
    }
}
