/// F1 of detected objects at an IoU threshold, 2 TP / (2 TP + FP + FN), or its mean over a range of thresholds.
public struct F1: InstanceMetric {
    /// The IoU that a pair needs.
    public let thresholds: IoUThresholds

    /// Chooses the thresholds.
    public init(_ thresholds: IoUThresholds) { self.thresholds = thresholds }

    /// `f1@1/2` or `f1@1/2:19/20:1/20`.
    public var id: MetricID { MetricID(name: "f1", parameter: thresholds.parameter) }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "F1 of objects \(thresholds.words)",
            convention: "2 TP / (2 TP + FP + FN) of one image. \(matchingConvention)\(emptyConvention)",
            source: "agrees with stardist 0.9.2 matching(...).f1 except where both images are empty, which stardist scores 0")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            thresholds.mean(of: overlap) { matching in
                let matched = 2 * matching.truePositives
                return Double(matched) / Double(matched + matching.falsePositives + matching.falseNegatives)
            }
        }
    }
}
