/// Non-maximum suppression of star-shaped polygons: the most probable one stays, those that it covers too much go, and so on.
///
/// The overlap of two polygons is their common area divided by the smaller of their areas.
/// Source: Schmidt et al. 2018; agrees with stardist 0.9.2 `non_maximum_suppression` but for two things. The common area is exact
/// here, while stardist rounds the points where edges cross to whole pixels, which moves its overlap by up to about 0.02 for small
/// ragged polygons. Equal probabilities are taken in raster order here, in no defined order there.
struct StarSuppression {
    /// Pixels between neighbouring places of the grid, along y and x.
    let grid: (y: Int, x: Int)
    /// A polygon goes if more of it is covered.
    let overlapThreshold: Float

    /// The candidates that stay, most probable first.
    ///
    /// - Parameters:
    ///   - candidates: in raster order.
    ///   - shape: rows and columns of the network's grid.
    func survivors(of candidates: [StarCandidate], shape: (rows: Int, columns: Int)) throws(PackageError) -> [StarCandidate] {
        let sorted = StarCandidate.sorted(candidates)
        let polygons = sorted.map { candidate in
            StarPolygon(
                y: candidate.place / shape.columns * grid.y, x: candidate.place % shape.columns * grid.x, rays: candidate.rays)
        }
        var numbers = [Int32](repeating: -1, count: shape.rows * shape.columns)
        for (number, candidate) in sorted.enumerated() { numbers[candidate.place] = Int32(number) }
        let reach = Double(sorted.reduce(0) { max($0, $1.rays.max() ?? 0) }) + 1
        var isSuppressed = [Bool](repeating: false, count: sorted.count)
        var scratch = SlabScratch()
        var compared = StarBudget.comparisons(rays: polygons.first?.corners.count ?? 0), searched = StarBudget.neighbours
        func decide() {
            compared.decide()
            searched.decide()
        }
        for (number, polygon) in polygons.enumerated() where !isSuppressed[number] {
            decide()
            let rows = places(from: polygon.box.yMin - reach, to: polygon.box.yMax + reach, step: grid.y, count: shape.rows)
            let columns = places(from: polygon.box.xMin - reach, to: polygon.box.xMax + reach, step: grid.x, count: shape.columns)
            try searched.take(rows.count * columns.count)
            for row in rows {
                for column in columns {
                    let other = Int(numbers[row * shape.columns + column])
                    guard other > number, !isSuppressed[other], polygon.isNear(polygons[other]) else { continue }
                    let common = try polygon.intersectionArea(polygons[other], scratch: &scratch, budget: &compared)
                    let overlap = Float(common / (min(polygon.area, polygons[other].area) + 1e-10))
                    guard overlap > overlapThreshold else { continue }
                    isSuppressed[other] = true
                    decide()
                }
            }
        }
        return zip(sorted, isSuppressed).filter { !$1 }.map(\.0)
    }

    /// The places of the grid whose pixels lie in a range.
    private func places(from low: Double, to high: Double, step: Int, count: Int) -> Range<Int> {
        let first = max(0, Int((low / Double(step)).rounded(.down)))
        let last = min(count - 1, Int((high / Double(step)).rounded(.up)))
        return first <= last ? first..<last + 1 : 0..<0
    }
}
