/// A positive fraction in lowest terms.
public struct Ratio: Sendable, Hashable, CustomStringConvertible {
    /// The part above the line, at least 1.
    public let numerator: Int
    /// The part below the line, at least 1.
    public let denominator: Int

    /// One.
    public static let one = Ratio(reduced: 1, 1)

    /// Makes a fraction in lowest terms; `nil` unless both parts are positive.
    public init?(_ numerator: Int, _ denominator: Int) {
        guard numerator > 0, denominator > 0 else { return nil }
        let divisor = greatestCommonDivisor(numerator, denominator)
        self.init(reduced: numerator / divisor, denominator / divisor)
    }

    private init(reduced numerator: Int, _ denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The fraction as text, such as `1/2`.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }

    /// The most that a part of a scale may be: extents and places, which are below 2^32, can be multiplied by it.
    private static let mostPart = 1 << 30

    /// The product in lowest terms; `nil` if a part is beyond 2^30, more than any two places of an image lie apart.
    func multiplied(by other: Ratio) -> Ratio? {
        let (top, topOverflow) = numerator.multipliedReportingOverflow(by: other.numerator)
        let (bottom, bottomOverflow) = denominator.multipliedReportingOverflow(by: other.denominator)
        guard !topOverflow, !bottomOverflow, let product = Ratio(top, bottom),
            max(product.numerator, product.denominator) <= Ratio.mostPart
        else { return nil }
        return product
    }
}

/// The greatest common divisor of two positive numbers.
func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
}

/// The least common multiple of two positive numbers, at most 2^52: no image is as large, so that all of it lies before the first multiple.
public func leastCommonMultiple(_ first: Int, _ second: Int) -> Int {
    let (multiple, overflow) = (first / greatestCommonDivisor(first, second)).multipliedReportingOverflow(by: second)
    return overflow ? beyondImages : min(multiple, beyondImages)
}

private let beyondImages = 1 << 52

/// Division rounding to minus infinity, for a positive divisor.
func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}

/// Division rounding to plus infinity, for a positive divisor.
func ceilDivide(_ dividend: Int, _ divisor: Int) -> Int { -floorDivide(-dividend, divisor) }
