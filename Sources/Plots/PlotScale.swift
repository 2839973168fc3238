/// A linear scale with round ticks, shared by all rows of a plot.
public struct PlotScale: Sendable, Equatable {
    /// The value at the left end; a tick.
    public let lower: Double
    /// The value at the right end; a tick.
    public let upper: Double
    /// Round values from `lower` to `upper`, ascending, both ends included.
    public let ticks: [Double]
    /// How many decimals the ticks need.
    public let places: Int

    /// The smallest scale with round ends that covers the values.
    ///
    /// - Parameters:
    ///   - values: what is to be shown; values that are not finite are left out. Without any, the scale runs from 0 to 1.
    ///   - range: where a value can lie at all; the scale does not go beyond it.
    ///   - intervals: about how many steps to aim for.
    public init(covering values: [Double], within range: ClosedRange<Double>? = nil, intervals: Int = 5) {
        let finite = values.filter(\.isFinite)
        var low = finite.min() ?? 0
        var high = finite.max() ?? 1
        if high - low <= max(high.magnitude, low.magnitude) * 1e-9 {
            low -= 0.05
            high += 0.05
        }
        if let range {
            low = max(low, range.lowerBound)
            high = min(high, range.upperBound)
            if !(low < high) { (low, high) = (range.lowerBound, range.upperBound) }
        }
        guard low < high, (high - low).isFinite else {
            (lower, upper, ticks, places) = (0, 1, [0, 1], 0)
            return
        }
        let step = RoundStep(atLeast: (high - low) / Double(max(1, intervals)))
        let first = (low / step.value + 1e-9).rounded(.down)
        let last = max(first + 1, (high / step.value - 1e-9).rounded(.up))
        // A scale far from zero relative to its width has no exact ticks; its ends then stand alone.
        guard first.magnitude < 1e12, last.magnitude < 1e12, last - first <= Double(max(1, intervals)) * 4 else {
            (lower, upper, ticks, places) = (low, high, [low, high], 3)
            return
        }
        ticks = (Int(first)...Int(last)).map(step.multiple)
        lower = ticks.first ?? low
        upper = ticks.last ?? high
        places = step.places
    }

    /// The position of a value from 0 (left end) to 1 (right end); values beyond an end are drawn at it.
    public func position(_ value: Double) -> Double {
        min(1, max(0, (value - lower) / (upper - lower)))
    }

    /// The tick as it is written.
    public func label(_ tick: Double) -> String {
        NumberText.fixed(tick, places: places)
    }

    /// The position as an SVG percentage with a margin at both ends, so that a mark at an end is not cut.
    func percent(_ value: Double) -> String {
        SVG.number(6 + 88 * position(value)) + "%"
    }

    /// The distance between two values as an SVG percentage.
    func percentWidth(_ range: ClosedRange<Double>) -> String {
        SVG.number(88 * (position(range.upperBound) - position(range.lowerBound))) + "%"
    }
}

/// 1, 2 or 5 times a power of ten.
private struct RoundStep {
    let factor: Int
    let exponent: Int

    init(atLeast width: Double) {
        var exponent = 0
        var power = 1.0
        while power > width && exponent > -300 {
            exponent -= 1
            power = RoundStep.power(exponent)
        }
        while power * 10 <= width && exponent < 300 {
            exponent += 1
            power = RoundStep.power(exponent)
        }
        let ratio = width / power
        let slack = 1 + 1e-9
        if ratio <= slack {
            (factor, self.exponent) = (1, exponent)
        } else if ratio <= 2 * slack {
            (factor, self.exponent) = (2, exponent)
        } else if ratio <= 5 * slack {
            (factor, self.exponent) = (5, exponent)
        } else {
            (factor, self.exponent) = (1, exponent + 1)
        }
    }

    var value: Double { multiple(1) }
    var places: Int { max(0, -exponent) }

    /// Divides for negative exponents: 3 / 10 is the double nearest to 0.3, 3 × 0.1 is not.
    func multiple(_ count: Int) -> Double {
        let whole = Double(count * factor)
        return exponent < 0 ? whole / RoundStep.power(-exponent) : whole * RoundStep.power(exponent)
    }

    private static func power(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<abs(exponent) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }
}
