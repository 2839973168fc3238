/// Average precision at an IoU threshold, TP / (TP + FP + FN), or its mean over a range of thresholds.
public struct AveragePrecision: InstanceMetric {
    /// The IoU that a pair needs.
    public let thresholds: IoUThresholds

    /// Chooses the thresholds.
    public init(_ thresholds: IoUThresholds) { self.thresholds = thresholds }

    /// `ap@1/2` or `ap@1/2:19/20:1/20`.
    public var id: MetricID { MetricID(name: "ap", parameter: thresholds.parameter) }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Average precision \(thresholds.words)",
            convention: "TP / (TP + FP + FN) of one image. \(matchingConvention)\(emptyConvention)",
            source: "Caicedo et al. 2019, Nature Methods 16 (Data Science Bowl 2018); agrees with stardist 0.9.2 "
                + "matching(...).accuracy except where both images are empty, which stardist scores 0")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            thresholds.mean(of: overlap) { matching in
                let all = matching.truePositives + matching.falsePositives + matching.falseNegatives
                return Double(matching.truePositives) / Double(all)
            }
        }
    }
}
