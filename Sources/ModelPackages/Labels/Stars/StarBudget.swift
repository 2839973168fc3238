/// Bounds how much is done for star-shaped objects, so that rays without sense end in an error and not in an endless run.
struct StarBudget {
    private var remaining: Int
    private let what: String

    /// Comparisons of objects: real images need about ten for each candidate, of 32 rays each.
    init(candidates: Int) {
        remaining = (1 << 14) + 64 * candidates
        what = "so many overlapping candidates that choosing among them would not end"
    }

    /// Places that are looked at to find the neighbours of candidates; real images need about a hundred for each.
    init(neighboursOf candidates: Int) {
        remaining = (1 << 28) + 4096 * candidates
        what = "rays so long that each candidate is near to all others"
    }

    /// Voxels of polyhedra that are painted over each other; real objects share few. Polygons are all compared before.
    init(places: Int) {
        remaining = (1 << 26) + 256 * places
        what = "so many objects over each other that painting them would not end"
    }

    /// Voxels of pairs of objects; real stacks need some ten thousand for each candidate.
    init(voxelsOf candidates: Int) {
        remaining = (1 << 30) + (1 << 17) * candidates
        what = "objects so large that choosing among them would not end"
    }

    mutating func take(_ steps: Int = 1) throws(PackageError) {
        remaining -= min(steps, .max / 2)
        guard remaining >= 0 else {
            throw StarLabels.fault(what, "correct the model, raise the probability threshold or lower the overlap threshold")
        }
    }
}
