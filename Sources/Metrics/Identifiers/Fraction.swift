/// A non-negative fraction in lowest terms, so that 3/5 means 3/5 and not the binary number next to it.
public struct Fraction: Sendable, Hashable {
    /// The number above the line.
    public let numerator: Int
    /// The number below the line; at least 1.
    public let denominator: Int

    /// 0.
    public static let zero = Fraction(unchecked: 0, 1)
    /// 1/2.
    public static let oneHalf = Fraction(unchecked: 1, 2)
    /// 1.
    public static let one = Fraction(unchecked: 1, 1)

    /// The largest denominator that may be written; it keeps every comparison within 128 bits.
    static let largestDenominator = 10_000

    /// Makes a fraction and reduces it; `nil` if it is negative, or a part exceeds 2^31 after reduction.
    public init?(_ numerator: Int, _ denominator: Int) {
        guard numerator >= 0, denominator > 0 else { return nil }
        let divisor = Self.greatestCommonDivisor(numerator, denominator)
        guard numerator / divisor <= 1 << 31, denominator / divisor <= 1 << 31 else { return nil }
        self.init(unchecked: numerator / divisor, denominator / divisor)
    }

    private init(unchecked numerator: Int, _ denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Reads `a/b` in lowest terms, or a whole number. A decimal number is refused with the fraction to write.
    init(parsing text: Substring) throws(ParameterProblem) {
        if let decimal = Self.reduced(decimal: text) {
            throw ParameterProblem(found: "'\(text)' is a decimal number, and thresholds are exact fractions", write: "\(decimal)")
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(Self.number)
        guard numbers.count == parts.count, parts.count <= 2, let fraction = Fraction(numbers[0], numbers.count == 2 ? numbers[1] : 1)
        else {
            throw ParameterProblem(found: "'\(text)' is not a fraction such as 1/2", write: nil)
        }
        guard fraction.denominator <= Self.largestDenominator else {
            throw ParameterProblem(found: "the denominator of \(text) exceeds \(Self.largestDenominator)", write: nil)
        }
        guard fraction.description == text else {
            throw ParameterProblem(found: "\(text) is not in lowest terms", write: "\(fraction)")
        }
        self = fraction
    }

    /// Digits only, and few enough for `Int` products.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    /// The fraction that a decimal such as `0.95` or `.5` stands for; `nil` if the text is no decimal.
    private static func reduced(decimal text: Substring) -> Fraction? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count <= 6, let decimals = number(parts[1]) else { return nil }
        guard let whole = parts[0].isEmpty ? 0 : number(parts[0]) else { return nil }
        let scale = parts[1].utf8.reduce(1) { product, _ in product * 10 }
        return Fraction(whole * scale + decimals, scale)
    }

    static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        var (larger, smaller) = (first, second)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return larger
    }
}

extension Fraction: Comparable {
    /// Whether the left fraction is less; exact.
    public static func < (left: Fraction, right: Fraction) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }
}

extension Fraction: CustomStringConvertible {
    /// The fraction as it is written: `1/2`, and `1` for a whole number.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
