/// Paints star-shaped polyhedra into a label stack: who comes first stays on top.
/// Source: stardist 0.9.2 `polyhedron_to_label`.
struct PolyhedronPainter {
    private let shape: SIMD3<Int>
    private let overlapLabel: Int?
    private var labels: [Int32]

    /// - Parameter shape: planes, rows and columns.
    init(shape: [Int], overlapLabel: Int?) {
        self.shape = SIMD3(shape[0], shape[1], shape[2])
        self.overlapLabel = overlapLabel
        labels = [Int32](repeating: 0, count: shape.reduce(1, *))
    }

    /// How many voxels of the stack are looked at to paint a polyhedron.
    func visits(of polyhedron: StarPolyhedron) -> Int { polyhedron.visits(from: .zero, to: shape &- 1) }

    /// Paints a polyhedron behind what is there; where there is something, the overlap's label is painted, if there is one.
    mutating func paint(_ polyhedron: StarPolyhedron, label: Int) {
        let low = pointwiseMax(polyhedron.low, .zero)
        let high = pointwiseMin(polyhedron.high, shape &- 1)
        let extents = high &- low &+ 1
        guard extents.x > 0, extents.y > 0, extents.z > 0 else { return }
        var isInside = [Bool](repeating: false, count: extents.x * extents.y * extents.z)
        polyhedron.forEachVoxel(from: low, to: high) { isInside[$0] = true }
        var index = 0
        for z in low.x...high.x {
            for y in low.y...high.y {
                let base = (z * shape.y + y) * shape.z
                for x in low.z...high.z {
                    if isInside[index] {
                        if labels[base + x] == 0 {
                            labels[base + x] = Int32(label)
                        } else if let overlapLabel {
                            labels[base + x] = Int32(overlapLabel)
                        }
                    }
                    index += 1
                }
            }
        }
    }

    /// The labels, their numbers without gaps and in the same order.
    var sequentialLabels: [UInt32] {
        var found: Set<Int32> = []
        var previous: Int32 = 0
        for label in labels where label != previous {
            found.insert(label)
            previous = label
        }
        var numbers: [Int32: UInt32] = [0: 0]
        for (index, label) in found.subtracting([0]).sorted().enumerated() { numbers[label] = UInt32(index + 1) }
        var last: (label: Int32, number: UInt32) = (0, 0)
        return labels.map { label in
            if label != last.label { last = (label, numbers[label] ?? 0) }
            return last.number
        }
    }
}
