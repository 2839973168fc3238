/// The share of true objects that were found at an IoU threshold, TP / (TP + FN), or its mean over a range of thresholds.
public struct Recall: InstanceMetric {
    /// The IoU that a pair needs.
    public let thresholds: IoUThresholds

    /// Chooses the thresholds.
    public init(_ thresholds: IoUThresholds) { self.thresholds = thresholds }

    /// `recall@1/2` or `recall@1/2:19/20:1/20`.
    public var id: MetricID { MetricID(name: "recall", parameter: thresholds.parameter) }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Recall of objects \(thresholds.words)",
            convention: "TP / (TP + FN) of one image. \(matchingConvention)\(emptyConvention)",
            source: "agrees with stardist 0.9.2 matching(...).recall except where both images are empty, which stardist scores 0")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            thresholds.mean(of: overlap) { Double($0.truePositives) / Double($0.truePositives + $0.falseNegatives) }
        }
    }
}
