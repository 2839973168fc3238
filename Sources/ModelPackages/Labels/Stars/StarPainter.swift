#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Paints star-shaped polygons into a label image.
///
/// A pixel belongs to a polygon if its centre is inside by the even-odd rule, on an edge or on a corner.
/// Source: stardist 0.9.2 `polygons_to_label` and `skimage.draw.polygon`, whose pixels these are.
struct StarPainter {
    /// Rows and columns.
    let shape: (rows: Int, columns: Int)
    /// The labels in C order.
    private(set) var labels: [UInt32]

    init(shape: (rows: Int, columns: Int)) {
        self.shape = shape
        labels = [UInt32](repeating: 0, count: shape.rows * shape.columns)
    }

    /// Paints a polygon over what is there.
    mutating func paint(y: Int, x: Int, rays: [Float], label: UInt32, budget: inout StarBudget) throws(PackageError) {
        let step = 2 * Double.pi / Double(rays.count)
        let ys = rays.indices.map { Double(Float(Double(Float(Double(rays[$0]) * sin(Double($0) * step))) + Double(y))) }
        let xs = rays.indices.map { Double(Float(Double(Float(Double(rays[$0]) * cos(Double($0) * step))) + Double(x))) }
        let rows = range(ys, count: shape.rows)
        let columns = range(xs, count: shape.columns)
        try budget.take(rows.count * columns.count * rays.count)
        for row in rows {
            for column in columns where StarPainter.contains(ys, xs, y: Double(row), x: Double(column)) {
                labels[row * shape.columns + column] = label
            }
        }
    }

    private func range(_ values: [Double], count: Int) -> Range<Int> {
        let low = max(0, values.min() ?? 0)
        let high = min(Double(count - 1), (values.max() ?? -1).rounded(.up))
        return low <= high ? Int(low)..<Int(high) + 1 : 0..<0
    }

    /// Counts crossings of the rays to both sides; they differ in parity exactly on an edge.
    private static func contains(_ ys: [Double], _ xs: [Double], y: Double, x: Double) -> Bool {
        var (isRightOdd, isLeftOdd) = (false, false)
        var (x1, y1) = (xs[xs.count - 1] - x, ys[ys.count - 1] - y)
        for index in xs.indices {
            let (x0, y0) = (xs[index] - x, ys[index] - y)
            if abs(x0) < 1e-12, abs(y0) < 1e-12 { return true }
            if (y0 > 0) != (y1 > 0), (x0 * y1 - x1 * y0) / (y1 - y0) > 0 { isRightOdd.toggle() }
            if (y0 < 0) != (y1 < 0), (x0 * y1 - x1 * y0) / (y1 - y0) < 0 { isLeftOdd.toggle() }
            (x1, y1) = (x0, y0)
        }
        return isRightOdd || isRightOdd != isLeftOdd
    }
}
