/// Dice coefficient of the foreground, 2 TP / (2 TP + FP + FN) over voxels.
public struct Dice: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `dice`.
    public var id: MetricID { MetricID(name: "dice") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Dice coefficient of the foreground",
            convention:
                "Voxels with a label above 0 are foreground, whichever object they belong to: 2 TP / (2 TP + FP + FN) over the voxels of "
                + "one image. \(emptyConvention)",
            source: "Dice 1945, Ecology 26; checked against the formula in numpy 2")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty { Double(2 * overlap.sharedVoxels) / Double(overlap.truthVoxels + overlap.predictionVoxels) }
    }
}
