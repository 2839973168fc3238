/// Bounds how much is done for star-shaped objects, so that rays without sense end in an error within seconds and not in an endless run.
///
/// A budget begins with a few hundred million steps and grows with each candidate of which is decided whether it stays: real objects
/// cover hundreds of candidates each, which are decided with them, while objects without sense are compared without end and cover none.
struct StarBudget {
    private var remaining: Int
    private let perCandidate: Int
    private let what: String

    private init(_ start: Int, perCandidate: Int = 0, _ what: String) {
        remaining = start
        self.perCandidate = perCandidate
        self.what = what
    }

    /// Edges that are looked at to compare polygons: real images need about ten comparisons for each candidate, in each of which the heights
    /// of all corners meet all edges. Objects of more than 128 rays must need fewer.
    static func comparisons(rays: Int) -> StarBudget {
        let edges = 4 * min(rays, 128) * min(rays, 128)
        return StarBudget(1 << 28, perCandidate: 64 * edges, "so many overlapping candidates that choosing among them would not end")
    }

    /// Places that are looked at to find the neighbours of candidates; real images need about a hundred for each.
    static var neighbours: StarBudget {
        StarBudget(1 << 27, perCandidate: 4096, "rays so long that each candidate is near to all others")
    }

    /// Voxels of pairs of polyhedra; real stacks need some ten thousand for each candidate.
    static var voxels: StarBudget {
        StarBudget(1 << 29, perCandidate: 1 << 19, "objects so large that choosing among them would not end")
    }

    /// Places that are looked at to paint objects over each other, those of polygons once for each corner; real objects share few.
    static func painting(places: Int, corners: Int = 32) -> StarBudget {
        StarBudget(1 << 28 + 32 * max(32, corners) * places, "so many objects over each other that painting them would not end")
    }

    mutating func take(_ steps: Int) throws(PackageError) {
        remaining -= min(steps, .max / 2)
        guard remaining >= 0 else {
            throw StarLabels.fault(what, "correct the model, raise the probability threshold or lower the overlap threshold")
        }
    }

    /// Grows by what a candidate may take that stays or goes from now on.
    mutating func decide() { remaining = min(.max / 2, remaining + perCandidate) }
}
