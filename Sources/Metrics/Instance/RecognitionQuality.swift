/// Recognition quality: TP / (TP + FP/2 + FN/2) with pairs strictly above IoU 1/2.
public struct RecognitionQuality: InstanceMetric {
    /// The metric has no parameter; `f1@1/2` is the same with pairs at and above 1/2.
    public init() {}

    /// `rq`.
    public var id: MetricID { PanopticRule.aboveOneHalf.id(of: "rq") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Recognition quality (\(PanopticRule.aboveOneHalf.words))",
            convention: "TP / (TP + FP/2 + FN/2) of one image. \(PanopticRule.aboveOneHalf.convention)\(emptyConvention)",
            source: "Kirillov et al. 2019, CVPR, equation 2")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            Double(2 * overlap.matchingAboveOneHalf().truePositives) / Double(overlap.truth.count + overlap.prediction.count)
        }
    }
}
