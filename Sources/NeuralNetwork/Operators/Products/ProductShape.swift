/// The extents of a matrix product as NumPy's `matmul` means it: the last two axes multiply, leading axes are broadcast, a list is a
/// row on the left and a column on the right.
struct ProductShape: Sendable {
    let rows, depth, columns: Int
    /// The leading axes of the product and of the operands.
    let batch, left, right: [Int]
    /// The shape of the product.
    let result: [Int]

    /// The extents for two operands; `nil` if they do not multiply.
    init?(_ left: [Int], _ right: [Int], transposes: (a: Bool, b: Bool) = (false, false)) {
        guard !left.isEmpty, !right.isEmpty else { return nil }
        var a = left.count == 1 ? [1] + left : left, b = right.count == 1 ? right + [1] : right
        if transposes.a { a.swapAt(a.count - 1, a.count - 2) }
        if transposes.b { b.swapAt(b.count - 1, b.count - 2) }
        rows = a[a.count - 2]
        depth = a[a.count - 1]
        columns = b[b.count - 1]
        guard depth == b[b.count - 2], let batch = Broadcast.shape(Array(a.dropLast(2)), Array(b.dropLast(2))) else { return nil }
        self.batch = batch
        self.left = Array(a.dropLast(2))
        self.right = Array(b.dropLast(2))
        result = batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    }

    /// Whether one right matrix multiplies all left ones, whose rows then are those of one matrix.
    var sharesRight: Bool { left == batch && right.allSatisfy { $0 == 1 } }

    /// Calls a closure with the number of each product and the first elements of its operands.
    func forEachProduct(
        _ body: (_ number: Int, _ left: Int, _ right: Int) throws(NetworkError) -> Void
    ) throws(NetworkError) {
        let walk = Broadcast(left, right, shape: batch)
        for row in 0..<walk.rows {
            let start = walk.offsets(row)
            for index in 0..<walk.run {
                try body(
                    row * walk.run + index, (start.left + index * walk.leftStep) * rows * depth,
                    (start.right + index * walk.rightStep) * depth * columns)
            }
        }
    }

    /// How an operand of `rank` axes is seen by the product; its rows (columns) are those of the product, the depth is summed over.
    static func views(isLeft: Bool, shape: [Int], result: [Int], isTransposed: Bool = false) -> [AxisView] {
        guard shape.count >= 2, result.count >= 2 else { return shape.map { _ in .whole } }
        return shape.indices.map { axis in
            if axis < shape.count - 2 { return shape[axis] == 1 ? .detached : .same(axis + result.count - shape.count) }
            let isRow = (axis == shape.count - 2) != isTransposed
            if isLeft { return isRow ? .same(result.count - 2) : .whole }
            return isRow ? .whole : .same(result.count - 1)
        }
    }
}
