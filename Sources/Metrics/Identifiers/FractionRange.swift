/// Evenly spaced thresholds with both ends included: `1/2:19/20:1/20` is 1/2, 11/20, 3/5 … 19/20.
public struct FractionRange: Sendable, Hashable {
    /// The first threshold.
    public let start: Fraction
    /// The last threshold, a whole number of steps above `start`.
    public let end: Fraction
    /// The distance between neighbours.
    public let step: Fraction
    /// The thresholds, ascending.
    public let values: [Fraction]

    /// The ten thresholds of the Data Science Bowl 2018 and of COCO: 1/2 to 19/20 in steps of 1/20.
    public static let oneHalfToNineteenTwentieths = FractionRange(twentiethsFrom: 10, to: 19)

    static let largestCount = 1000

    /// Makes a range; `nil` unless 0 < start < end <= 1, and `end` lies 1 to 999 whole steps above `start`.
    public init?(start: Fraction, end: Fraction, step: Fraction) {
        guard Fraction.zero < start, start < end, end <= .one, step > .zero else { return nil }
        guard [start, end, step].allSatisfy({ $0.denominator <= Fraction.largestDenominator }) else { return nil }
        // Everything in units of one common denominator, at most 10^12.
        let common = [start, end, step].reduce(1) { product, fraction in
            product / Fraction.greatestCommonDivisor(product, fraction.denominator) * fraction.denominator
        }
        let units = [start, end, step].map { $0.numerator * (common / $0.denominator) }
        let distance = units[1] - units[0]
        guard distance % units[2] == 0, distance / units[2] < Self.largestCount else { return nil }
        let values = (0...distance / units[2]).compactMap { Fraction(units[0] + $0 * units[2], common) }
        guard values.count == distance / units[2] + 1 else { return nil }
        self.start = start
        self.end = end
        self.step = step
        self.values = values
    }

    /// Twentieths from `first` to `last`; both within 1...20.
    private init(twentiethsFrom first: Int, to last: Int) {
        values = (first...last).compactMap { Fraction($0, 20) }
        start = values[0]
        end = values[values.count - 1]
        step = Fraction(1, 20) ?? .one
    }

    /// Reads the three parts of `START:END:STEP`.
    init(parts: [Substring]) throws(ParameterProblem) {
        var fractions: [Fraction] = []
        var isExact = true
        var rewritten: [String] = []
        for part in parts {
            do {
                let fraction = try Fraction(parsing: part)
                fractions.append(fraction)
                rewritten.append("\(fraction)")
            } catch {
                guard let write = error.write else { throw error }
                isExact = false
                rewritten.append(write)
            }
        }
        guard isExact else {
            let corrected = rewritten.joined(separator: ":")
            let range = try? MetricParameter(Substring(corrected))
            let found = "thresholds are exact fractions in lowest terms"
            throw ParameterProblem(found: found, write: range.map { "\($0)" } ?? "1/2:19/20:1/20")
        }
        guard let range = FractionRange(start: fractions[0], end: fractions[1], step: fractions[2]) else {
            // Other tools write START:STEP:END; where that reading fits, it is what was meant.
            let swapped = FractionRange(start: fractions[0], end: fractions[2], step: fractions[1])
            let found =
                "a range is START:END:STEP with 0 < START < END <= 1 and at most \(Self.largestCount) thresholds, and ends on a step"
            throw ParameterProblem(found: found, write: swapped.map { "\($0)" } ?? "1/2:19/20:1/20")
        }
        self = range
    }
}

extension FractionRange: CustomStringConvertible {
    /// The range as it is written.
    public var description: String { "\(start):\(end):\(step)" }
}
