#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Non-maximum suppression of star-shaped polyhedra: the most probable one stays, those that it covers too much go, and so on.
///
/// The overlap of two polyhedra is the number of their common voxels divided by the smaller of their volumes. Before voxels are counted,
/// spheres and bounding boxes around and within the polyhedra decide where they can.
/// Source: Weigert et al. 2020; agrees with stardist 0.9.2 `non_maximum_suppression_3d` but for two things. Stardist also asks the
/// exact volumes that kernels and convex hulls share, which differ from counted voxels by a few in a hundred for small objects.
/// Equal probabilities are taken in raster order here, in no defined order there.
struct PolyhedronSuppression {
    /// Directions and triangles.
    let spiral: GoldenSpiral
    /// A polyhedron goes if more of it is covered.
    let overlapThreshold: Float

    /// The most voxels of a bounding box.
    private static let mostVoxels = 1 << 28

    /// The polyhedra that stay, most probable first.
    func survivors(
        of candidates: [StarCandidate], center: (_ place: Int) -> SIMD3<Float>
    ) throws(PackageError) -> [StarPolyhedron] {
        let sorted = StarCandidate.sorted(candidates)
        let centers = sorted.map { center($0.place) }
        let outlines = zip(sorted, centers).map { Outline(StarPolyhedron(center: $1, rays: $0.rays, spiral: spiral)) }
        let anisotropy = try anisotropy(outlines)
        let scale = anisotropy.x * anisotropy.y * anisotropy.z
        let spheres = zip(sorted, centers).map { Sphere($0, center: $1 * anisotropy, spiral, anisotropy) }
        let near = CenterGrid(spheres)
        var isSuppressed = [Bool](repeating: false, count: sorted.count)
        var compared = StarBudget.voxels, searched = StarBudget.neighbours
        func decide() {
            compared.decide()
            searched.decide()
        }
        var survivors: [StarPolyhedron] = []
        for number in sorted.indices where !isSuppressed[number] {
            let polyhedron = StarPolyhedron(center: centers[number], rays: sorted[number].rays, spiral: spiral)
            survivors.append(polyhedron)
            decide()
            var voxels: VoxelSet?
            try near.forEach(around: number) { (other) throws(PackageError) in
                try searched.take(1)
                guard other > number, !isSuppressed[other] else { return }
                let least = min(outlines[number].volume, outlines[other].volume) + 1e-10
                let most = min(spheres[number].outerOverlap(spheres[other]) / scale, outlines[number].overlap(outlines[other]))
                guard most >= 1e-10, min(1, most / least) > overlapThreshold else { return }
                if spheres[number].innerOverlap(spheres[other]) / scale / least > overlapThreshold {
                    isSuppressed[other] = true
                    decide()
                    return
                }
                let rival = StarPolyhedron(center: centers[other], rays: sorted[other].rays, spiral: spiral)
                if voxels == nil { try compared.take(polyhedron.visits(from: polyhedron.low, to: polyhedron.high)) }
                let own = voxels ?? VoxelSet(polyhedron)
                voxels = own
                try compared.take(rival.visits(from: pointwiseMax(own.low, rival.low), to: pointwiseMin(own.high, rival.high)))
                guard Float(own.common(with: rival)) / least > overlapThreshold else { return }
                isSuppressed[other] = true
                decide()
            }
        }
        return survivors
    }

    /// How many times wider the boxes are along their widest axis than along each, on average.
    private func anisotropy(_ outlines: [Outline]) throws(PackageError) -> SIMD3<Float> {
        var mean = SIMD3<Float>.zero
        for outline in outlines {
            guard outline.boxVoxels <= Self.mostVoxels else {
                throw StarLabels.fault("an object that spans \(outline.boxVoxels) voxels", "correct the model: rays are lengths in pixels")
            }
            mean += SIMD3<Float>(outline.high &- outline.low) / Float(outlines.count)
        }
        // Objects of one plane, row or column have no width there.
        return mean.max() / pointwiseMax(mean, SIMD3(repeating: 1e-3))
    }
}

/// What is known of a polyhedron before it is compared.
private struct Outline {
    let volume: Float
    let low: SIMD3<Int>
    let high: SIMD3<Int>
    let boxVoxels: Int

    init(_ polyhedron: StarPolyhedron) {
        (volume, low, high, boxVoxels) = (polyhedron.volume, polyhedron.low, polyhedron.high, polyhedron.boxVoxels)
    }

    /// The voxels that both bounding boxes hold, each taken as wide as from its first to its last voxel.
    func overlap(_ other: Outline) -> Float {
        let widths = pointwiseMax(pointwiseMin(high, other.high) &- pointwiseMax(low, other.low), .zero)
        return Float(widths.x) * Float(widths.y) * Float(widths.z)
    }
}

/// The spheres around and within a polyhedron, in coordinates in which objects are about as wide along all axes.
private struct Sphere {
    let center: SIMD3<Float>
    let outer: Float
    let inner: Float

    init(_ candidate: StarCandidate, center: SIMD3<Float>, _ spiral: GoldenSpiral, _ anisotropy: SIMD3<Float>) {
        self.center = center
        let ends = zip(candidate.rays, spiral.directions).map { $0 * $1 * anisotropy }
        outer = ends.map { ($0 * $0).sum() }.max()?.squareRoot() ?? 0
        inner = spiral.faces.reduce(Float.infinity) { least, face in
            let (a, b, c) = (ends[Int(face.x)], ends[Int(face.y)], ends[Int(face.z)])
            let (p, q) = (b - a, c - a)
            let normal = SIMD3(p.z * q.y - p.y * q.z, p.x * q.z - p.z * q.x, p.y * q.x - p.x * q.y)
            let length = (normal * normal).sum().squareRoot() + 1e-10
            return min(least, (a * normal).sum() / length)
        }
    }

    func outerOverlap(_ other: Sphere) -> Float { Sphere.overlap(outer, other.outer, distance(to: other)) }

    func innerOverlap(_ other: Sphere) -> Float {
        min(inner, other.inner) <= 0 ? 0 : Sphere.overlap(inner, other.inner, distance(to: other))
    }

    func distance(to other: Sphere) -> Float {
        let difference = center - other.center
        return (difference * difference).sum().squareRoot()
    }

    /// The volume that two spheres share.
    private static func overlap(_ first: Float, _ second: Float, _ distance: Float) -> Float {
        guard distance <= first + second else { return 0 }
        let (least, most) = (min(first, second), max(first, second))
        guard most < distance + least else { return .pi * 4 / 3 * least * least * least }
        let share = (first + second - distance) / 2 / distance
        let (upper, lower) = ((second - first + distance) * share, (first - second + distance) * share)
        return .pi / 3 * (upper * upper * (3 * first - upper) + lower * lower * (3 * second - lower))
    }
}

/// The voxels of a polyhedron.
private struct VoxelSet {
    let low: SIMD3<Int>
    let high: SIMD3<Int>
    private let isInside: [Bool]

    init(_ polyhedron: StarPolyhedron) {
        low = polyhedron.low
        high = polyhedron.high
        var inside = [Bool](repeating: false, count: polyhedron.boxVoxels)
        polyhedron.forEachVoxel(from: low, to: high) { inside[$0] = true }
        isInside = inside
    }

    /// The number of voxels that another polyhedron has too.
    func common(with other: StarPolyhedron) -> Int {
        let (first, last) = (pointwiseMax(low, other.low), pointwiseMin(high, other.high))
        let extents = last &- first &+ 1
        guard extents.x > 0, extents.y > 0, extents.z > 0 else { return 0 }
        var isCommon = [Bool](repeating: false, count: extents.x * extents.y * extents.z)
        other.forEachVoxel(from: first, to: last) { isCommon[$0] = true }
        let size = high &- low &+ 1
        var count = 0
        var index = 0
        for z in first.x...last.x {
            for y in first.y...last.y {
                let base = ((z - low.x) * size.y + y - low.y) * size.z - low.z
                for x in first.z...last.z {
                    if isCommon[index], isInside[base + x] { count += 1 }
                    index += 1
                }
            }
        }
        return count
    }
}

/// The middles of objects by cells as wide as the widest sphere, so that only neighbours are compared.
private struct CenterGrid {
    private let spheres: [Sphere]
    private let width: Float
    private var cells: [SIMD3<Int>: [Int32]] = [:]

    init(_ spheres: [Sphere]) {
        self.spheres = spheres
        // An object that is much longer than the others costs time only.
        width = max(1, spheres.reduce(0) { max($0, $1.outer) })
        for (index, sphere) in spheres.enumerated() { cells[cell(sphere.center), default: []].append(Int32(index)) }
    }

    private func cell(_ place: SIMD3<Float>) -> SIMD3<Int> { SIMD3<Int>((place / width).rounded(.down)) }

    /// Visits all objects whose spheres may touch that of one.
    func forEach(around number: Int, _ visit: (Int) throws(PackageError) -> Void) throws(PackageError) {
        let middle = cell(spheres[number].center)
        for z in -2...2 {
            for y in -2...2 {
                for x in -2...2 {
                    for other in cells[middle &+ SIMD3(z, y, x)] ?? [] { try visit(Int(other)) }
                }
            }
        }
    }
}
