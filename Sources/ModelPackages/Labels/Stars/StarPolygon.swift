#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A star-shaped polygon: a centre and the lengths of rays at equal angles, the first along x, the next ones towards y.
///
/// For overlaps the corners are cut off to whole pixels towards 0, as stardist does.
struct StarPolygon {
    /// The corners with whole coordinates.
    let corners: [(y: Double, x: Double)]
    /// The area by the shoelace formula.
    let area: Double
    /// The bounding box of the corners.
    let box: (yMin: Double, yMax: Double, xMin: Double, xMax: Double)

    init(y: Int, x: Int, rays: [Float]) {
        let step = Float(2 * Double.pi / Double(rays.count))
        var corners: [(y: Double, x: Double)] = []
        corners.reserveCapacity(rays.count)
        for (index, ray) in rays.enumerated() {
            let angle = Double(Float(index) * step)
            let corner = (y: Float(y) + ray * Float(sin(angle)), x: Float(x) + ray * Float(cos(angle)))
            corners.append((y: Double(corner.y.rounded(.towardZero)), x: Double(corner.x.rounded(.towardZero))))
        }
        self.corners = corners
        var twice = 0.0
        var box = (yMin: Double.infinity, yMax: -Double.infinity, xMin: Double.infinity, xMax: -Double.infinity)
        for (index, corner) in corners.enumerated() {
            let next = corners[index + 1 == corners.count ? 0 : index + 1]
            twice += corner.x * next.y - corner.y * next.x
            box = (min(box.yMin, corner.y), max(box.yMax, corner.y), min(box.xMin, corner.x), max(box.xMax, corner.x))
        }
        area = abs(twice) / 2
        self.box = box
    }

    /// Whether the bounding boxes share a point.
    func isNear(_ other: StarPolygon) -> Bool {
        other.box.xMin <= box.xMax && box.xMin <= other.box.xMax && other.box.yMin <= box.yMax && box.yMin <= other.box.yMax
    }

    /// The area that both polygons cover, exact up to double precision; what is inside is said by the non-zero rule.
    ///
    /// The plane is cut into slabs between neighbouring y of corners, and these where edges cross; in each piece the covered width
    /// is linear in y, so that its value in the middle times the height is the area.
    func intersectionArea(
        _ other: StarPolygon, scratch: inout SlabScratch, budget: inout StarBudget
    ) throws(PackageError) -> Double {
        let (top, bottom) = (max(box.yMin, other.box.yMin), min(box.yMax, other.box.yMax))
        try budget.take(corners.count)
        guard top < bottom else { return 0 }
        scratch.collect(corners, other.corners, top: top, bottom: bottom)
        var area = 0.0
        for (upper, lower) in zip(scratch.heights, scratch.heights.dropFirst()) where upper < lower {
            area += try scratch.coveredArea(from: upper, to: lower, budget: &budget)
        }
        return area
    }
}

/// The edges and heights of two polygons; kept from pair to pair, so that memory is taken once.
struct SlabScratch {
    private struct Edge {
        let upper: Double
        let lower: Double
        let xUpper: Double
        let slope: Double
        /// 1 downwards, -1 upwards.
        let winding: Int
        let isFirst: Bool
    }

    /// The y of corners within the common range, ascending, with both ends.
    private(set) var heights: [Double] = []
    private var edges: [Edge] = []
    private var active: [(x0: Double, x1: Double, winding: Int, isFirst: Bool)] = []
    private var cuts: [Double] = []

    mutating func collect(_ first: [(y: Double, x: Double)], _ second: [(y: Double, x: Double)], top: Double, bottom: Double) {
        heights.removeAll(keepingCapacity: true)
        edges.removeAll(keepingCapacity: true)
        heights.append(top)
        heights.append(bottom)
        add(first, isFirst: true, top, bottom)
        add(second, isFirst: false, top, bottom)
        heights.sort()
    }

    private mutating func add(_ corners: [(y: Double, x: Double)], isFirst: Bool, _ top: Double, _ bottom: Double) {
        var last = corners[corners.count - 1]
        for corner in corners {
            if corner.y > top, corner.y < bottom { heights.append(corner.y) }
            if corner.y != last.y {
                let (start, end) = last.y < corner.y ? (last, corner) : (corner, last)
                edges.append(
                    Edge(
                        upper: start.y, lower: end.y, xUpper: start.x, slope: (end.x - start.x) / (end.y - start.y),
                        winding: last.y < corner.y ? 1 : -1, isFirst: isFirst))
            }
            last = corner
        }
    }

    /// The area between two neighbouring heights.
    mutating func coveredArea(from upper: Double, to lower: Double, budget: inout StarBudget) throws(PackageError) -> Double {
        active.removeAll(keepingCapacity: true)
        for edge in edges where edge.upper <= upper && edge.lower >= lower {
            active.append(
                (
                    edge.xUpper + (upper - edge.upper) * edge.slope, edge.xUpper + (lower - edge.upper) * edge.slope, edge.winding,
                    edge.isFirst
                ))
        }
        // Each pair of edges may cross, and between crossings all edges are sorted.
        try budget.take(edges.count + active.count * active.count)
        cuts.removeAll(keepingCapacity: true)
        cuts.append(0)
        cuts.append(1)
        for index in active.indices {
            for other in 0..<index {
                let (above, below) = (active[index].x0 - active[other].x0, active[index].x1 - active[other].x1)
                if above * below < 0 { cuts.append(above / (above - below)) }
            }
        }
        cuts.sort()
        var area = 0.0
        try budget.take(cuts.count * active.count)
        for (start, end) in zip(cuts, cuts.dropFirst()) where start < end {
            area += coveredWidth(at: (start + end) / 2) * (end - start) * (lower - upper)
        }
        return area
    }

    /// The width at a share of the slab's height; edges do not cross within the piece around it.
    private mutating func coveredWidth(at share: Double) -> Double {
        func place(_ edge: (x0: Double, x1: Double, winding: Int, isFirst: Bool)) -> Double { edge.x0 + (edge.x1 - edge.x0) * share }
        active.sort { place($0) < place($1) }
        var width = 0.0
        var (first, second) = (0, 0)
        var last = 0.0
        for edge in active {
            let x = place(edge)
            if first != 0, second != 0 { width += x - last }
            if edge.isFirst { first += edge.winding } else { second += edge.winding }
            last = x
        }
        return width
    }
}
