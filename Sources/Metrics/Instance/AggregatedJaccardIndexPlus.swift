/// Aggregated Jaccard index with a one-to-one assignment (AJI+).
public struct AggregatedJaccardIndexPlus: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `aji.plus`.
    public var id: MetricID { MetricID(name: "aji.plus") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Aggregated Jaccard index, one to one (AJI+)",
            convention:
                "Objects are assigned one to one so that the sum of IoU is largest, without a threshold; of assignments with the same "
                + "sum (to 12 decimals) the one with the most shared voxels. Sum of the intersections / (sum of the unions + voxels "
                + "of all objects that stay alone). \(emptyConvention)",
            source: "Graham et al. 2019, Medical Image Analysis 58 (HoVer-Net get_fast_aji_plus)")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            // Unions and lone objects together are all voxels of both images less what the pairs share.
            let intersection = BestAssignment.pairs(in: overlap).reduce(0) { $0 + $1.voxels }
            return Double(intersection) / Double(overlap.truthVoxels + overlap.predictionVoxels - intersection)
        }
    }
}
