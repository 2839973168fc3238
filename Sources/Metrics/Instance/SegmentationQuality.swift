/// Segmentation quality: the mean IoU of matched pairs.
public struct SegmentationQuality: InstanceMetric {
    private let rule: PanopticRule

    /// Matches strictly above IoU 1/2, as the paper has it.
    public init() { rule = .aboveOneHalf }

    /// Matches at or above a threshold; `threshold` is raised to 1/2, below which pairs would not be unique.
    public init(atLeast threshold: Fraction) { rule = .atLeast(max(threshold, .oneHalf)) }

    /// `sq`, or `sq.ge@1/2`.
    public var id: MetricID { rule.id(of: "sq") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Segmentation quality (\(rule.words))",
            convention: "Mean IoU of the matched pairs of one image. \(rule.convention)No pair matches: 0, flagged noMatch. "
                + emptyConvention,
            source: "Kirillov et al. 2019, CVPR, equation 2; sq.ge agrees with stardist 0.9.2 matching(...).mean_matched_score")
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score {
        let pairs = rule.matching(of: overlap).pairs
        let score = overlap.scoreUnlessEmpty { pairs.isEmpty ? 0 : overlap.iouSum(pairs) / Double(pairs.count) }
        return pairs.isEmpty && score.flags.isEmpty ? Score(score.value, flags: [.noMatch]) : score
    }
}
