/// Evidence as it is stored: columns of numbers, so that 5,000 objects take some 100 kB.
///
/// `{"overlap":{"cells":{"prediction":[0,2],"truth":[0,1],"voxels":[9,7]},"prediction":{"labels":[…],"voxels":[…]},
/// "truth":{"labels":[…],"voxels":[…]}},"shape":[64,64],"spacing":[0.5,null],"version":1}`; the entries of `cells` are positions in
/// the lists of objects.
struct EvidenceForm: Codable {
    struct Objects: Codable {
        let labels: [UInt32]
        let voxels: [Int]
    }

    struct Cells: Codable {
        let prediction: [Int]
        let truth: [Int]
        let voxels: [Int]
    }

    struct Overlap: Codable {
        let cells: Cells
        let prediction: Objects
        let truth: Objects
    }

    let overlap: Overlap?
    let shape: [Int]
    let spacing: [Double?]
    let version: Int

    init(_ evidence: Evidence) {
        overlap = evidence.overlap.map(Overlap.init)
        shape = evidence.shape
        spacing = evidence.spacing
        version = Evidence.version
    }

    /// The evidence that is stored here, checked.
    func evidence(limits: EvidenceLimits) throws(MetricError) -> Evidence {
        guard version == Evidence.version else {
            throw .invalidEvidence(place: "version", found: "\(version)", expected: "\(Evidence.version)")
        }
        let voxelCount = try Evidence.voxelCount(of: shape)
        let table = try overlap?.table(voxelCount: voxelCount, limits: limits)
        return try Evidence(shape: shape, spacing: spacing, overlap: table)
    }
}

extension EvidenceForm.Overlap {
    init(_ table: OverlapTable) {
        cells = EvidenceForm.Cells(
            prediction: table.cells.map(\.prediction), truth: table.cells.map(\.truth), voxels: table.cells.map(\.voxels))
        prediction = EvidenceForm.Objects(table.prediction)
        truth = EvidenceForm.Objects(table.truth)
    }

    func table(voxelCount: Int, limits: EvidenceLimits) throws(MetricError) -> OverlapTable {
        guard cells.prediction.count == cells.truth.count, cells.truth.count == cells.voxels.count else {
            let found = "columns of \(cells.prediction.count), \(cells.truth.count) and \(cells.voxels.count) entries"
            throw .invalidEvidence(place: "overlap.cells", found: found, expected: "columns of the same length")
        }
        return try OverlapTable(
            voxelCount: voxelCount, truth: truth.list(image: "truth"), prediction: prediction.list(image: "prediction"),
            cells: cells.voxels.indices.map {
                OverlapCell(truth: cells.truth[$0], prediction: cells.prediction[$0], voxels: cells.voxels[$0])
            }, limits: limits)
    }
}

extension EvidenceForm.Objects {
    init(_ objects: [LabelledObject]) {
        labels = objects.map(\.label)
        voxels = objects.map(\.voxels)
    }

    func list(image: String) throws(MetricError) -> [LabelledObject] {
        guard labels.count == voxels.count else {
            let found = "\(labels.count) labels and \(voxels.count) counts"
            throw .invalidEvidence(place: "overlap.\(image)", found: found, expected: "as many counts as labels")
        }
        return zip(labels, voxels).map { LabelledObject(label: $0, voxels: $1) }
    }
}
