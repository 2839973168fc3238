/// The number of predicted less the number of true objects; its sign tells splits from merges, and it ranks nothing.
public struct CountDifference: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `count.difference`.
    public var id: MetricID { MetricID(name: "count.difference") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Difference of the object counts",
            convention:
                "Objects in the prediction less objects in the truth: negative where objects are missing or merged. It describes a case and ranks nothing, because errors of either sign cancel.",
            source: "counted labels above 0; gaps between labels do not matter", range: (-.infinity)...(.infinity), higherIsBetter: nil,
            worst: nil)
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score { Score(Double(overlap.prediction.count - overlap.truth.count)) }
}
