/// The network's flow, along which pixels move.
///
/// In single precision and in the order of cellpose 4.0.8 `steps_interp`, with its conventions: positions are kept as -1 to 1 between the
/// first and the last pixel, while the flow is read as if these ends were the outer borders of the pixels (`grid_sample` without
/// `align_corners`), and it is 0 outside.
struct FlowField {
    private let volume: FlowVolume
    /// The extents, slowest first.
    private let extents: [Int]
    /// Steps in positions from -1 to 1 along (z, y, x); 0 outside of cells.
    private let steps: [SIMD3<Float>]

    /// - Parameter places: the pixels inside cells.
    init(_ volume: FlowVolume, flows: [[Float]], places: [Int]) {
        self.volume = volume
        let extents = volume.isStack ? [volume.planes, volume.rows, volume.columns] : [volume.rows, volume.columns]
        self.extents = extents
        var steps = [SIMD3<Float>](repeating: .zero, count: volume.count)
        for (axis, (flow, extent)) in zip(flows, extents).enumerated() {
            // Along an axis of one pixel nothing can move.
            let scale = extent > 1 ? Float(2 / Double(extent - 1)) : 0
            let lane = axis + 3 - extents.count
            for place in places { steps[place][lane] = flow[place] / FlowLabels.flowScale * scale }
        }
        self.steps = steps
    }

    /// The pixel in which each of some pixels is after a number of steps; nobody leaves the image.
    func ends(of places: [Int], iterations: Int) -> [Int] {
        volume.isStack ? places.map { stackEnd(of: $0, iterations) } : places.map { imageEnd(of: $0, iterations) }
    }

    private func imageEnd(of start: Int, _ iterations: Int) -> Int {
        let (rows, columns) = (extents[0], extents[1])
        let (_, row, column) = volume.position(start)
        var y = Self.position(row, rows)
        var x = Self.position(column, columns)
        let halves = (y: Float(rows) / 2, x: Float(columns) / 2)
        for _ in 0..<iterations {
            let place = (y: (y + 1) * halves.y - 0.5, x: (x + 1) * halves.x - 0.5)
            let floor = (y: place.y.rounded(.down), x: place.x.rounded(.down))
            let west = place.x - floor.x
            let east = 1 - west
            let north = place.y - floor.y
            let south = 1 - north
            let (r, c) = (Int(floor.y), Int(floor.x))
            var move = SIMD3<Float>.zero
            if r >= 0, r < rows {
                if c >= 0, c < columns { move += steps[r * columns + c] * (east * south) }
                if c + 1 >= 0, c + 1 < columns { move += steps[r * columns + c + 1] * (west * south) }
            }
            if r + 1 >= 0, r + 1 < rows {
                if c >= 0, c < columns { move += steps[(r + 1) * columns + c] * (east * north) }
                if c + 1 >= 0, c + 1 < columns { move += steps[(r + 1) * columns + c + 1] * (west * north) }
            }
            let next = (y: Self.clamped(y + move.y), x: Self.clamped(x + move.z))
            // Who stands still, stands still for ever.
            if next == (y, x) { break }
            (y, x) = next
        }
        return Self.pixel(y, rows) * columns + Self.pixel(x, columns)
    }

    private func stackEnd(of start: Int, _ iterations: Int) -> Int {
        let (plane, row, column) = volume.position(start)
        var at = SIMD3(Self.position(plane, extents[0]), Self.position(row, extents[1]), Self.position(column, extents[2]))
        let sizes = SIMD3(Float(extents[0]), Float(extents[1]), Float(extents[2]))
        for _ in 0..<iterations {
            let next = (at + move(((at + 1) * sizes - 1) / 2)).clamped(lowerBound: SIMD3(repeating: -1), upperBound: SIMD3(repeating: 1))
            if next == at { break }
            at = next
        }
        return volume.place(Self.pixel(at.x, extents[0]), Self.pixel(at.y, extents[1]), Self.pixel(at.z, extents[2]))
    }

    /// The step at a place between voxels: that of each of the eight around it by its nearness, 0 outside of the stack.
    @inline(__always)
    private func move(_ place: SIMD3<Float>) -> SIMD3<Float> {
        let floor = place.rounded(.down)
        let far = place - floor
        let near = floor + 1 - place
        let (z, y, x) = (Int(floor.x), Int(floor.y), Int(floor.z))
        let (planes, rows, columns) = (volume.planes, volume.rows, volume.columns)
        var move = SIMD3<Float>.zero
        if z >= 0, z + 1 < planes, y >= 0, y + 1 < rows, x >= 0, x + 1 < columns {
            let (upper, lower) = (volume.place(z, y, x), volume.place(z + 1, y, x))
            move += steps[upper] * (near.z * near.y * near.x)
            move += steps[upper + 1] * (far.z * near.y * near.x)
            move += steps[upper + columns] * (near.z * far.y * near.x)
            move += steps[upper + columns + 1] * (far.z * far.y * near.x)
            move += steps[lower] * (near.z * near.y * far.x)
            move += steps[lower + 1] * (far.z * near.y * far.x)
            move += steps[lower + columns] * (near.z * far.y * far.x)
            move += steps[lower + columns + 1] * (far.z * far.y * far.x)
            return move
        }
        for corner in 0..<8 {
            let (dz, dy, dx) = (corner >> 2, corner >> 1 & 1, corner & 1)
            guard z + dz >= 0, z + dz < planes, y + dy >= 0, y + dy < rows, x + dx >= 0, x + dx < columns else { continue }
            let weight = (dx == 1 ? far.z : near.z) * (dy == 1 ? far.y : near.y) * (dz == 1 ? far.x : near.x)
            move += steps[volume.place(z + dz, y + dy, x + dx)] * weight
        }
        return move
    }

    /// A pixel's index as a position from -1 to 1.
    private static func position(_ index: Int, _ extent: Int) -> Float {
        extent > 1 ? Float(index) / Float(extent - 1) * 2 - 1 : 0
    }

    /// The pixel of a position: cut off towards 0.
    private static func pixel(_ position: Float, _ extent: Int) -> Int { min(extent - 1, Int((position + 1) * 0.5 * Float(extent - 1))) }

    private static func clamped(_ position: Float) -> Float { min(1, max(-1, position)) }
}
