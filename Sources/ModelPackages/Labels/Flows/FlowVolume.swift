/// The extents of what flows: planes, rows and columns; images have one plane.
struct FlowVolume: Sendable {
    let planes: Int
    let rows: Int
    let columns: Int
    /// Whether there are planes along which pixels move.
    let isStack: Bool

    init(_ shape: [Int]) {
        isStack = shape.count == 3
        planes = isStack ? shape[0] : 1
        rows = shape[shape.count - 2]
        columns = shape[shape.count - 1]
    }

    var count: Int { planes * rows * columns }

    @inline(__always)
    func place(_ z: Int, _ y: Int, _ x: Int) -> Int { (z * rows + y) * columns + x }

    /// Plane, row and column of an index.
    @inline(__always)
    func position(_ place: Int) -> (z: Int, y: Int, x: Int) {
        let row = place / columns
        return (row / rows, row % rows, place % columns)
    }
}
