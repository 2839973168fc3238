/// A metric with all that a reader needs to know about its values.
public struct BoardMetric: Sendable, Equatable {
    /// The text by which the metric is known everywhere, such as `ap@1/2`.
    public var id: String
    /// The name in words.
    public var title: String
    /// One paragraph: formula, threshold rule, what happens with empty images.
    public var convention: String
    /// Where the definition comes from and which implementation agrees.
    public var source: String
    /// The version of the implementation.
    public var version: Int
    /// The values that the metric can take; an end is infinite where it has no bound.
    public var range: ClosedRange<Double>
    /// Whether more is better; `nil` for a number that describes and ranks nothing.
    public var higherIsBetter: Bool?
    /// The value that a failed case costs; `nil` where there is none.
    public var worst: Double?

    /// Makes a metric's entry.
    public init(
        id: String, title: String, convention: String, source: String, version: Int, range: ClosedRange<Double>,
        higherIsBetter: Bool?, worst: Double?
    ) {
        self.id = id
        self.title = title
        self.convention = convention
        self.source = source
        self.version = version
        self.range = range
        self.higherIsBetter = higherIsBetter
        self.worst = worst
    }

    /// Stands where a board has no metric at all.
    static let none = BoardMetric(
        id: "–", title: "no metric", convention: "", source: "", version: 0, range: 0...1, higherIsBetter: nil, worst: nil)

    /// An arrow that points to better values; empty for a metric that ranks nothing.
    var arrow: String {
        switch higherIsBetter {
        case true?: "↑"
        case false?: "↓"
        case nil: ""
        }
    }

    /// The direction in words.
    var direction: String {
        switch higherIsBetter {
        case true?: "higher is better"
        case false?: "lower is better"
        case nil: "describes, does not rank"
        }
    }

    /// The bounds in words.
    var rangeText: String {
        switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
        case (true, true): "\(BoardMetric.text(range.lowerBound)) to \(BoardMetric.text(range.upperBound))"
        case (true, false): "\(BoardMetric.text(range.lowerBound)) upwards"
        case (false, true): "up to \(BoardMetric.text(range.upperBound))"
        case (false, false): "any number"
        }
    }

    /// The value that a failed case costs, in words.
    var worstText: String {
        worst.map(BoardMetric.text) ?? "no finite worst value: the case counts as undefined and ranks last"
    }

    /// The id with everything but letters and digits replaced, for links within a page.
    var anchor: String {
        "metric-" + String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }

    private static func text(_ value: Double) -> String {
        let whole = value.rounded()
        return whole == value && whole.magnitude < 1e15 ? (value < 0 ? "−" : "") + String(Int(whole.magnitude)) : "\(value)"
    }
}
