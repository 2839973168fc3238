/// Labels from star-shaped objects: polygons in images, polyhedra in stacks, chosen by probability and overlap.
///
/// A network gives, at each place of a grid, an object probability and the lengths of rays in pixels. Places above the probability
/// threshold are candidates, except at the rim; non-maximum suppression chooses among them; more probable objects lie over less
/// probable ones. Rays below 1e-3 become 1e-3, as in stardist's own prediction.
/// Source: Schmidt et al. 2018, Weigert et al. 2020; stardist 0.9.2.
package struct StarLabels: Sendable, Equatable {
    /// Candidates are above it.
    package var probabilityThreshold = 0.5
    /// A candidate goes if a larger share of the smaller object is covered by a more probable one.
    package var overlapThreshold = 0.4
    /// Pixels between neighbouring places of the network's grid, along (y, x) or (z, y, x).
    package var grid = [1, 1]
    /// Places at both ends of each axis that are no candidates.
    package var border = [Border(2), Border(2)]
    /// Pixel sizes along (z, y, x), in any unit, by which the rays of stacks spread.
    package var anisotropy = [1.0, 1.0, 1.0]
    /// The label of pixels that lie in more than one polyhedron; `nil` for that of the most probable one.
    package var overlapLabel: Int?

    /// Places at the ends of an axis that are no candidates.
    package struct Border: Sendable, Equatable {
        package let before: Int
        package let after: Int

        package init(_ both: Int) { (before, after) = (both, both) }

        package init(before: Int, after: Int) { (self.before, self.after) = (before, after) }
    }

    /// The longest ray that is taken for one, in pixels.
    static let longestRay: Float = 1e6
    /// The most rays of an object.
    package static let mostRays = 1024

    /// The defaults, which are stardist's.
    package init() {}

    /// Makes labels.
    ///
    /// - Parameters:
    ///   - probabilities: in C order.
    ///   - rays: the lengths of each ray, in C order: at equal angles from x towards y in images, along a golden spiral in stacks.
    ///   - shape: rows and columns of the grid, or planes, rows and columns.
    ///   - extents: those of the labels.
    /// - Returns: labels in C order; numbers fall with the probability from 1 on. In images a number is missing where an object is hidden
    ///   by others, in stacks numbers have no gaps.
    package func labels(probabilities: [Float], rays: [[Float]], shape: [Int], extents: [Int]) throws(PackageError) -> [UInt32] {
        guard shape.count == grid.count, shape.count == border.count else {
            throw StarLabels.fault(
                "\(shape.count) space axes for a grid of \(grid.count)", "write one number of `grid` for each space axis")
        }
        try check(probabilities, rays)
        let values = probabilities.count * (rays.count + 1), pixels = extents.reduce(1.0) { $0 * Double($1) }
        guard pixels <= Double(2 * values + 1 << 24) else {
            throw StarLabels.fault("labels of \(extents) pixels from \(values) values", "write the grid that the network was trained with")
        }
        let places = candidates(probabilities, shape)
        guard !places.isEmpty else { return [UInt32](repeating: 0, count: extents.reduce(1, *)) }
        let found = places.map { place in
            StarCandidate(place: place, probability: probabilities[place], rays: rays.map { max(1e-3, $0[place]) })
        }
        return shape.count == 2 ? try polygons(found, shape, extents) : try polyhedra(found, shape, extents, rays: rays.count)
    }

    private func check(_ probabilities: [Float], _ rays: [[Float]]) throws(PackageError) {
        if let fault = StarLabels.fault(ofRays: rays.count, spaces: grid.count) { throw fault }
        guard !probabilities.contains(where: \.isNaN) else {
            throw StarLabels.fault("a probability that is not a number", "correct the model")
        }
        for values in rays {
            guard values.allSatisfy({ $0 <= StarLabels.longestRay }) else {
                throw StarLabels.fault("a ray that is not a number or longer than a million pixels", "correct the model")
            }
        }
    }

    /// The places of candidates in raster order.
    private func candidates(_ probabilities: [Float], _ shape: [Int]) -> [Int] {
        let threshold = Float(probabilityThreshold)
        let ranges = zip(border, shape).map { border, extent in
            border.before < extent - border.after ? border.before..<extent - border.after : 0..<0
        }
        guard ranges.allSatisfy({ !$0.isEmpty }) else { return [] }
        var places: [Int] = []
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        for plane in shape.count == 3 ? ranges[0] : 0..<1 {
            for row in ranges[shape.count - 2] {
                let base = (plane * rows + row) * columns
                for column in ranges[shape.count - 1] where probabilities[base + column] > threshold { places.append(base + column) }
            }
        }
        return places
    }

    private func polygons(_ candidates: [StarCandidate], _ shape: [Int], _ extents: [Int]) throws(PackageError) -> [UInt32] {
        let suppression = StarSuppression(grid: (grid[0], grid[1]), overlapThreshold: Float(overlapThreshold))
        let survivors = try suppression.survivors(of: candidates, shape: (shape[0], shape[1]))
        var painter = StarPainter(shape: (extents[0], extents[1]))
        var budget = StarBudget.painting(places: extents[0] * extents[1], corners: candidates.first?.rays.count ?? 0)
        for (number, object) in survivors.enumerated().reversed() {
            try painter.paint(
                y: object.place / shape[1] * grid[0], x: object.place % shape[1] * grid[1], rays: object.rays, label: UInt32(number + 1),
                budget: &budget)
        }
        return painter.labels
    }

    private func polyhedra(
        _ candidates: [StarCandidate], _ shape: [Int], _ extents: [Int], rays: Int
    ) throws(PackageError) -> [UInt32] {
        let spiral = try GoldenSpiral(count: rays, anisotropy: anisotropy)
        let suppression = PolyhedronSuppression(spiral: spiral, overlapThreshold: Float(overlapThreshold))
        let survivors = try suppression.survivors(of: candidates) { place in
            let (row, column) = (place / shape[2] % shape[1], place % shape[2])
            return SIMD3(Float(place / (shape[1] * shape[2]) * grid[0]), Float(row * grid[1]), Float(column * grid[2]))
        }
        var painter = PolyhedronPainter(shape: extents, overlapLabel: overlapLabel)
        var budget = StarBudget.painting(places: extents.reduce(1, *))
        for polyhedron in survivors { try budget.take(painter.visits(of: polyhedron)) }
        for (number, polyhedron) in survivors.enumerated() { painter.paint(polyhedron, label: number + 1) }
        return painter.sequentialLabels
    }

    /// Why so many rays make no polygons (2 space axes) or polyhedra (3); `nil` if they do.
    package static func fault(ofRays count: Int, spaces: Int) -> PackageError? {
        let least = spaces == 2 ? 3 : 4
        guard !(least...mostRays).contains(count) else { return nil }
        return fault(
            "\(max(0, count)) channel\(count == 1 ? "" : "s") for rays",
            "give \(least) to \(mostRays), after the probability or in an output of their own")
    }

    static func fault(_ found: String, _ remedy: String) -> PackageError { PackageError(.tensor, found: found, remedy: remedy) }
}

/// A place of the grid at which an object may be.
struct StarCandidate: Sendable {
    /// The place's index in C order.
    let place: Int
    /// How sure the network is.
    let probability: Float
    /// The lengths of the rays in pixels.
    let rays: [Float]

    /// Most probable first; equal ones in raster order.
    static func sorted(_ candidates: [StarCandidate]) -> [StarCandidate] {
        candidates.sorted { $0.probability != $1.probability ? $0.probability > $1.probability : $0.place < $1.place }
    }
}
