#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A star-shaped polyhedron: a centre and the lengths of rays along the directions of a golden spiral.
struct StarPolyhedron: Sendable {
    /// The middle, (z, y, x) in pixels.
    let center: SIMD3<Float>
    /// The ends of the rays.
    let corners: [SIMD3<Float>]
    /// The triangles between the rays.
    let faces: [SIMD3<Int32>]
    /// The sum of the tetrahedra between centre and triangles, in voxels.
    let volume: Float
    /// The first and the last voxel of the bounding box; ends of rays are rounded, halves to even numbers.
    let low: SIMD3<Int>
    let high: SIMD3<Int>

    init(center: SIMD3<Float>, rays: [Float], spiral: GoldenSpiral) {
        self.center = center
        faces = spiral.faces
        let offsets = zip(rays, spiral.directions).map { $0 * $1 }
        corners = offsets.map { center + $0 }
        var low = SIMD3(repeating: Float.infinity)
        var high = SIMD3(repeating: -Float.infinity)
        for corner in corners {
            let voxel = corner.rounded(.toNearestOrEven)
            low = pointwiseMin(low, voxel)
            high = pointwiseMax(high, voxel)
        }
        self.low = SIMD3<Int>(low)
        self.high = SIMD3<Int>(high)
        var volume: Float = 0
        for face in spiral.faces {
            let (a, b, c) = (offsets[Int(face.x)], offsets[Int(face.y)], offsets[Int(face.z)])
            volume -= StarPolyhedron.determinant(b - a, c - a, a) / 6
        }
        self.volume = volume
    }

    /// The number of voxels of the bounding box.
    var boxVoxels: Int {
        let extents = high &- low &+ 1
        return extents.x * extents.y * extents.z
    }

    /// Marks the voxels whose middle is in the polyhedron or on its surface.
    ///
    /// The polyhedron is the union of the tetrahedra between centre and triangles; each is looked for in its own box, so that a voxel
    /// is looked at a few times only.
    /// - Parameters:
    ///   - low, high: the first and the last voxel of the box in which voxels are marked.
    ///   - visit: called with the index of a voxel in that box, perhaps more than once.
    func forEachVoxel(from low: SIMD3<Int>, to high: SIMD3<Int>, _ visit: (Int) -> Void) {
        let extents = high &- low &+ 1
        guard extents.x > 0, extents.y > 0, extents.z > 0 else { return }
        for face in faces {
            let tetrahedron = Tetrahedron(
                center, corners[Int(face.x)], corners[Int(face.y)], corners[Int(face.z)])
            let first = pointwiseMax(low, tetrahedron.low)
            let last = pointwiseMin(high, tetrahedron.high)
            guard first.x <= last.x, first.y <= last.y, first.z <= last.z else { continue }
            for z in first.x...last.x {
                for y in first.y...last.y {
                    let base = ((z - low.x) * extents.y + y - low.y) * extents.z - low.z
                    for x in first.z...last.z where tetrahedron.contains(SIMD3(Double(z), Double(y), Double(x))) { visit(base + x) }
                }
            }
        }
    }

    /// How many voxels `forEachVoxel` looks at: many times those of the box where rays are long and thin.
    func visits(from low: SIMD3<Int>, to high: SIMD3<Int>) -> Int {
        faces.reduce(faces.count) { sum, face in
            let box = Tetrahedron.box(center, corners[Int(face.x)], corners[Int(face.y)], corners[Int(face.z)])
            let extents = pointwiseMax(pointwiseMin(high, box.high) &- pointwiseMax(low, box.low) &+ 1, .zero)
            return sum + extents.x * extents.y * extents.z
        }
    }

    private static func determinant(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) -> Float {
        let first = a.x * (b.y * c.z - c.y * b.z)
        let second = a.y * (b.x * c.z - b.z * c.x)
        let third = a.z * (b.x * c.y - b.y * c.x)
        return first - second + third
    }
}

/// Four half-spaces; what is in all of them is inside.
private struct Tetrahedron {
    /// The first and the last voxel of the bounding box.
    let low: SIMD3<Int>
    let high: SIMD3<Int>
    private let planes: (Plane, Plane, Plane, Plane)

    init(_ r: SIMD3<Float>, _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) {
        (low, high) = Tetrahedron.box(r, a, b, c)
        let (r, a, b, c) = (SIMD3<Double>(r), SIMD3<Double>(a), SIMD3<Double>(b), SIMD3<Double>(c))
        planes = (Plane(a, b, c), Plane(r, b, a), Plane(r, c, b), Plane(r, a, c))
    }

    static func box(
        _ r: SIMD3<Float>, _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>
    ) -> (low: SIMD3<Int>, high: SIMD3<Int>) {
        let least = pointwiseMin(pointwiseMin(r, a), pointwiseMin(b, c)).rounded(.down)
        let most = pointwiseMax(pointwiseMax(r, a), pointwiseMax(b, c)).rounded(.up)
        return (SIMD3<Int>(least), SIMD3<Int>(most))
    }

    @inline(__always)
    func contains(_ point: SIMD3<Double>) -> Bool {
        planes.0.holds(point) && planes.1.holds(point) && planes.2.holds(point) && planes.3.holds(point)
    }

    /// A half-space with its boundary.
    private struct Plane {
        let normal: SIMD3<Double>
        let offset: Double

        init(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) {
            let (p, q) = (b - a, c - a)
            normal = SIMD3(p.y * q.z - p.z * q.y, p.z * q.x - p.x * q.z, p.x * q.y - p.y * q.x)
            // What lies on a face that two tetrahedra share belongs to one at least, however the product is rounded.
            let slack = 1e-6 * (normal * normal).sum().squareRoot()
            offset = (normal * a).sum() - slack
        }

        @inline(__always)
        func holds(_ point: SIMD3<Double>) -> Bool { (normal * point).sum() >= offset }
    }
}
