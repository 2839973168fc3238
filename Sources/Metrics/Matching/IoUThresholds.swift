/// One IoU threshold, or a range over which a metric is averaged.
public struct IoUThresholds: Sendable, Hashable {
    /// As the metric's id has it.
    public let parameter: MetricParameter
    /// The thresholds, ascending; never empty.
    public let values: [Fraction]

    /// The thresholds of a metric's parameter.
    public init(_ parameter: MetricParameter) {
        self.parameter = parameter
        values =
            switch parameter {
            case .threshold(let threshold): [threshold]
            case .thresholds(let range): range.values
            }
    }

    /// The mean over the thresholds of what `value` makes of the matching at each.
    func mean(of overlap: OverlapTable, _ value: (ObjectMatching) -> Double) -> Double {
        values.reduce(0) { $0 + value(overlap.matching(atLeast: $1)) } / Double(values.count)
    }

    /// How a title ends, such as `at IoU >= 1/2`.
    var words: String {
        switch parameter {
        case .threshold(let threshold): "at IoU >= \(threshold)"
        case .thresholds(let range): "over IoU >= \(range.start) to \(range.end)"
        }
    }
}

/// What the metrics with a threshold share in their conventions.
let matchingConvention =
    "Objects are matched one to one, as many pairs as possible with IoU at or above the threshold; IoU and threshold are compared as "
    + "exact fractions. Over a range START:END:STEP the value is the mean over its thresholds. "
