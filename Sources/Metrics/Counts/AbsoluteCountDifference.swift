/// The distance between the numbers of predicted and of true objects.
public struct AbsoluteCountDifference: InstanceMetric {
    /// The metric has no parameter.
    public init() {}

    /// `count.absoluteDifference`.
    public var id: MetricID { MetricID(name: "count.absoluteDifference") }

    /// Formula, convention and source.
    public var card: MetricCard {
        MetricCard(
            title: "Absolute difference of the object counts",
            convention:
                "The number of objects in the prediction less that in the truth, without its sign; 0 is best. There is no finite worst value: a failed case ranks behind every value. Errors within an image cancel, so that it says nothing about places.",
            source: "counted labels above 0; gaps between labels do not matter", range: 0...(.infinity), higherIsBetter: false, worst: nil)
    }

    /// The score of one pair of label images.
    public func score(_ overlap: OverlapTable) -> Score { Score(Double(abs(overlap.prediction.count - overlap.truth.count))) }
}
