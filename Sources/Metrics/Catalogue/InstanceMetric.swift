/// A metric that is computed from the overlap table.
public protocol InstanceMetric: Metric {
    /// The score of one pair of label images.
    func score(_ overlap: OverlapTable) -> Score
}

extension InstanceMetric {
    /// The overlap table.
    public var evidenceKind: EvidenceKind { .overlap }

    /// The score of one case; without a value where the evidence holds no overlap table.
    public func score(_ evidence: Evidence) -> Score {
        guard let overlap = evidence.overlap else { return Score(nil, flags: [.evidenceMissing]) }
        return score(overlap)
    }
}

/// What every metric of ours from 0 to 1 says about empty images.
let emptyConvention = "Both images empty: 1, flagged bothEmpty. Only one of them empty: 0, flagged truthEmpty or predictionEmpty."

extension OverlapTable {
    /// Best value 1 where both images are empty, worst value 0 where one is, each flagged; otherwise what `value` gives.
    func scoreUnlessEmpty(_ value: () -> Double) -> Score {
        switch (truth.isEmpty, prediction.isEmpty) {
        case (true, true): Score(1, flags: [.bothEmpty])
        case (true, false): Score(0, flags: [.truthEmpty])
        case (false, true): Score(0, flags: [.predictionEmpty])
        case (false, false): Score(value())
        }
    }
}
