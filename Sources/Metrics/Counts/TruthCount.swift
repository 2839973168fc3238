/// The number of objects in the truth; it describes and ranks nothing.
public struct TruthCount: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `count.truth`.
    public var id: MetricID { MetricID(name: "count.truth") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Objects in the truth",
            convention: "The number of different labels above 0 in the truth. It describes a case and ranks nothing.",
            source: "counted labels above 0; gaps between labels do not matter", range: 0...(.infinity), higherIsBetter: nil, worst: nil)
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score { Score(Double(overlap.truth.count)) }
}
