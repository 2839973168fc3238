/// Intersection over union (Jaccard index) of the foreground, TP / (TP + FP + FN) over voxels.
public struct IntersectionOverUnion: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `iou`.
    public var id: MetricID { MetricID(name: "iou") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Intersection over union of the foreground",
            convention:
                "Voxels with a label above 0 are foreground, whichever object they belong to: TP / (TP + FP + FN) over the voxels of one "
                + "image. Orders single images as dice does. \(emptyConvention)",
            source: "Jaccard 1912, New Phytologist 11; checked against the formula in numpy 2")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            let shared = overlap.sharedVoxels
            return Double(shared) / Double(overlap.truthVoxels + overlap.predictionVoxels - shared)
        }
    }
}
