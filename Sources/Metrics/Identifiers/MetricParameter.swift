/// What stands behind the `@` of a metric's id.
public enum MetricParameter: Sendable, Hashable {
    /// One threshold, such as `1/2`.
    case threshold(Fraction)
    /// A range of thresholds, such as `1/2:19/20:1/20`.
    case thresholds(FractionRange)

    /// Reads `a/b` or `a/b:c/d:e/f`.
    init(_ text: Substring) throws(ParameterProblem) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: self = .threshold(try Self.threshold(parts[0]))
        case 3: self = .thresholds(try FractionRange(parts: parts))
        default:
            let found = "'\(text)' is neither a threshold nor a range"
            throw ParameterProblem(found: found, write: "1/2, or as a range START:END:STEP 1/2:19/20:1/20")
        }
    }

    private static func threshold(_ text: Substring) throws(ParameterProblem) -> Fraction {
        let fraction = try Fraction(parsing: text)
        guard fraction > .zero, fraction <= .one else {
            throw ParameterProblem(found: "the threshold \(fraction) is not above 0 and at most 1", write: nil)
        }
        return fraction
    }
}

extension MetricParameter: CustomStringConvertible {
    /// The parameter's text.
    public var description: String {
        switch self {
        case .threshold(let fraction): "\(fraction)"
        case .thresholds(let range): "\(range)"
        }
    }
}

/// What is wrong with the text of a parameter.
struct ParameterProblem: Error {
    /// The mistake.
    let found: String
    /// The parameter to write instead; `nil` where it cannot be guessed.
    let write: String?
}
