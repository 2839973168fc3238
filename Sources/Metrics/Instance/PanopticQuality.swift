/// Panoptic quality of one class: the sum of the IoU of matched pairs / (TP + FP/2 + FN/2).
public struct PanopticQuality: InstanceMetric {
    private let rule: PanopticRule

    /// Matches strictly above IoU 1/2, as the paper has it.
    public init() { rule = .aboveOneHalf }

    /// Matches at or above a threshold; `threshold` is raised to 1/2, below which pairs would not be unique.
    public init(atLeast threshold: Fraction) { rule = .atLeast(max(threshold, .oneHalf)) }

    /// `pq`, or `pq.ge@1/2`.
    public var id: MetricID { rule.id(of: "pq") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Panoptic quality (\(rule.words))",
            convention: "Sum of the IoU of matched pairs / (TP + FP/2 + FN/2) of one image, all objects in one class; "
                + "the product of segmentation and recognition quality. \(rule.convention)\(emptyConvention)",
            source: "Kirillov et al. 2019, CVPR, equation 1, which matches strictly above 1/2; "
                + "pq.ge agrees with stardist 0.9.2 matching(...).panoptic_quality, which matches at and above the threshold")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        overlap.scoreUnlessEmpty {
            let matching = rule.matching(of: overlap)
            let denominator = 2 * matching.truePositives + matching.falsePositives + matching.falseNegatives
            return 2 * overlap.iouSum(matching.pairs) / Double(denominator)
        }
    }
}
