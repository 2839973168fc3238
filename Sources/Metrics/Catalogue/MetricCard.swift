/// What people and ranking need to know about the values of a metric.
public struct MetricCard: Sendable, Equatable {
    /// The name in words.
    public let title: String
    /// One paragraph: formula, threshold rule, what happens with empty images.
    public let convention: String
    /// Where the definition comes from and which implementation agrees.
    public let source: String
    /// The version of the implementation; it changes whenever a value could change.
    public let version: Int
    /// The values that the metric can take; an end is infinite where it has no bound.
    public let range: ClosedRange<Double>
    /// Whether more is better; `nil` for a number that describes and ranks nothing.
    public let higherIsBetter: Bool?
    /// The value that a failed case costs; `nil` where there is no finite worst value.
    public let worst: Double?

    /// Describes a metric; without further words it runs from 0, the worst, to 1, the best.
    public init(
        title: String, convention: String, source: String, version: Int = 1, range: ClosedRange<Double> = 0...1,
        higherIsBetter: Bool? = true, worst: Double? = 0
    ) {
        self.title = title
        self.convention = convention
        self.source = source
        self.version = version
        self.range = range
        self.higherIsBetter = higherIsBetter
        self.worst = worst
    }
}
