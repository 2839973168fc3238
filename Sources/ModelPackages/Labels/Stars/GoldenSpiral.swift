#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The directions of the rays of star-shaped polyhedra and the triangles between them.
///
/// The directions follow a golden spiral from -z to z on a sphere, which is then divided by the pixel sizes; the triangles are those
/// of the convex hull, corners in the order in which `(a × b) · c` is not positive with the axes taken as (z, y, x).
/// Source: stardist 0.9.2 `Rays_GoldenSpiral`.
package struct GoldenSpiral: Sendable {
    /// Unit vectors (z, y, x).
    package let directions: [SIMD3<Float>]
    /// Three indices of directions for each triangle.
    package let faces: [SIMD3<Int32>]

    /// - Parameter anisotropy: pixel sizes along (z, y, x).
    package init(count: Int, anisotropy: [Double]) throws(PackageError) {
        let turn = (3 - 5.0.squareRoot()) * .pi
        guard count >= 2, anisotropy.count == 3 else {
            throw StarLabels.fault("\(count) rays and \(anisotropy.count) pixel sizes", "give at least 4 rays and 3 pixel sizes")
        }
        let sizes = SIMD3(anisotropy[0], anisotropy[1], anisotropy[2])
        let points = (0..<count).map { index in
            let z = index == count - 1 ? 1 : -1 + Double(index) * (2 / Double(count - 1))
            let radius = max(0, 1 - z * z).squareRoot()
            let angle = turn * Double(index)
            return SIMD3(z, radius * sin(angle), radius * cos(angle)) / sizes
        }
        directions = points.map { SIMD3<Float>($0 / ($0 * $0).sum().squareRoot()) }
        faces = GoldenSpiral.hull(points)
        // The hull of points of which no four lie in a plane that bounds it has so many triangles.
        guard count >= 4, faces.count == 2 * count - 4 else {
            throw StarLabels.fault(
                "\(count) rays with the pixel sizes \(anisotropy) do not span a polyhedron", "write other pixel sizes, such as [1, 1, 1]")
        }
    }

    /// The triangles of the convex hull of points that are all on it: from one edge to the next, the point beyond which there is none.
    private static func hull(_ points: [SIMD3<Double>]) -> [SIMD3<Int32>] {
        guard let first = firstFace(points) else { return [] }
        var faces = [first]
        var isDone: Set<Edge> = []
        var open = edges(first)
        isDone.formUnion(open)
        while let edge = open.popLast(), faces.count < 2 * points.count {
            let reversed = Edge(from: edge.to, to: edge.from)
            guard !isDone.contains(reversed) else { continue }
            var corner: Int32 = -1
            for index in points.indices {
                let candidate = Int32(index)
                guard candidate != edge.from, candidate != edge.to else { continue }
                if corner < 0 || side(points, edge.to, edge.from, corner, candidate) > 0 { corner = candidate }
            }
            let face = SIMD3(edge.to, edge.from, corner)
            faces.append(face)
            for edge in edges(face) where isDone.insert(edge).inserted { open.append(edge) }
        }
        return faces
    }

    /// A triangle at the first point beyond which there is nothing.
    private static func firstFace(_ points: [SIMD3<Double>]) -> SIMD3<Int32>? {
        for second in points.indices.dropFirst() {
            for third in points.indices.dropFirst() where third != second {
                let (b, c) = (Int32(second), Int32(third))
                let isOuter = points.indices.allSatisfy { index in
                    index == 0 || index == second || index == third || side(points, 0, b, c, Int32(index)) < 0
                }
                if isOuter { return SIMD3(0, b, c) }
            }
        }
        return nil
    }

    /// Positive where `point` is outside of the plane through three corners.
    private static func side(_ points: [SIMD3<Double>], _ a: Int32, _ b: Int32, _ c: Int32, _ point: Int32) -> Double {
        let origin = points[Int(a)]
        let (p, q, r) = (points[Int(b)] - origin, points[Int(c)] - origin, points[Int(point)] - origin)
        let crossed = p.y * q.z - p.z * q.y
        let turned = p.z * q.x - p.x * q.z
        let last = p.x * q.y - p.y * q.x
        return -(crossed * r.x + turned * r.y + last * r.z)
    }

    private static func edges(_ face: SIMD3<Int32>) -> [Edge] {
        [Edge(from: face.x, to: face.y), Edge(from: face.y, to: face.z), Edge(from: face.z, to: face.x)]
    }

    private struct Edge: Hashable {
        let from: Int32
        let to: Int32
    }
}
