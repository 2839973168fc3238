/// The share of predicted objects that are right at an IoU threshold, TP / (TP + FP), or its mean over a range of thresholds.
public struct Precision: InstanceMetric {
    /// The IoU that a pair needs.
    public let thresholds: IoUThresholds

    /// Chooses the thresholds.
    public init(_ thresholds: IoUThresholds) { self.thresholds = thresholds }

    /// `precision@1/2` or `precision@1/2:19/20:1/20`.
    public var id: MetricID { MetricID(name: "precision", parameter: thresholds.parameter) }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Precision of objects \(thresholds.words)",
            convention: "TP / (TP + FP) of one image. \(matchingConvention)\(emptyConvention)",
            source: "agrees with stardist 0.9.2 matching(...).precision except where both images are empty, which stardist scores 0")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            thresholds.mean(of: overlap) { Double($0.truePositives) / Double($0.truePositives + $0.falsePositives) }
        }
    }
}
