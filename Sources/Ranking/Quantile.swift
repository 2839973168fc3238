/// Quantiles of type 7 of Hyndman and Fan 1996: linear between the order statistics, as R's and numpy's default.
public enum Quantile {
    /// The quantile at a probability from 0 to 1 of values in ascending order; `nil` where there are none.
    public static func of(sorted values: [Double], at probability: Double) -> Double? {
        guard let first = values.first, let last = values.last else { return nil }
        let position = probability * Double(values.count - 1)
        if position <= 0 { return first }
        if position >= Double(values.count - 1) { return last }
        let below = Int(position)
        let fraction = position - Double(below)
        return values[below] + fraction * (values[below + 1] - values[below])
    }

    /// The interval between the 2.5 % and the 97.5 % quantile of values in any order; `nil` where there are none.
    static func interval95(_ values: [Double]) -> Interval? {
        let sorted = values.sorted()
        guard let low = of(sorted: sorted, at: 0.025), let high = of(sorted: sorted, at: 0.975) else { return nil }
        return Interval(low: low, high: high)
    }
}

/// A closed interval.
public struct Interval: Sendable, Codable, Equatable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// Makes an interval of its ends.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }
}
