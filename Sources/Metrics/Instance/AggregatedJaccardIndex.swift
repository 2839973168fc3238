/// Aggregated Jaccard index (AJI), where one object of the prediction may serve several objects of the truth.
public struct AggregatedJaccardIndex: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `aji`.
    public var id: MetricID { MetricID(name: "aji") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Aggregated Jaccard index",
            convention:
                "Every object of the truth takes the object of the prediction with the largest IoU, compared as exact fractions; one "
                + "object of the prediction may be taken more than once, and of equal ones the first by label is taken. Sum of the "
                + "intersections / (sum of the unions + voxels of true objects that nothing overlaps + voxels of predicted objects that "
                + "were not taken). \(emptyConvention)",
            source: "Kumar et al. 2017, IEEE Transactions on Medical Imaging 36, with the largest IoU as in HoVer-Net get_fast_aji; "
                + "Cellpose's aggregated_jaccard_index is another number")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            var best = [OverlapCell?](repeating: nil, count: overlap.truth.count)
            for cell in overlap.cells where best[cell.truth].map({ overlap.hasLargerIoU(cell, than: $0) }) ?? true {
                best[cell.truth] = cell
            }
            var intersection = 0
            var union = 0
            var isTaken = [Bool](repeating: false, count: overlap.prediction.count)
            for (object, cell) in zip(overlap.truth, best) {
                guard let cell else {
                    union += object.voxels
                    continue
                }
                intersection += cell.voxels
                union += overlap.union(cell)
                isTaken[cell.prediction] = true
            }
            for (object, isTaken) in zip(overlap.prediction, isTaken) where !isTaken { union += object.voxels }
            return Double(intersection) / Double(union)
        }
    }
}

extension OverlapTable {
    /// Compared crosswise in 128 bits.
    fileprivate func hasLargerIoU(_ cell: OverlapCell, than other: OverlapCell) -> Bool {
        let left = UInt64(cell.voxels).multipliedFullWidth(by: UInt64(union(other)))
        let right = UInt64(other.voxels).multipliedFullWidth(by: UInt64(union(cell)))
        return (left.high, left.low) > (right.high, right.low)
    }
}
