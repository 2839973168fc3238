/// The number of objects in the prediction; it describes and ranks nothing.
public struct PredictionCount: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `count.prediction`.
    public var id: MetricID { MetricID(name: "count.prediction") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Objects in the prediction",
            convention: "The number of different labels above 0 in the prediction. It describes a case and ranks nothing.",
            source: "counted labels above 0; gaps between labels do not matter", range: 0...(.infinity), higherIsBetter: nil, worst: nil)
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score { Score(Double(overlap.prediction.count)) }
}
