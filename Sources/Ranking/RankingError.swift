/// What can be wrong with a table of values or with a scheme.
///
/// Lines are those of the CSV text; for rows made in a program they are the rows' positions, counted from 1.
public enum RankingError: Error, Equatable, Sendable {
    /// A line of the CSV text cannot be read.
    case malformed(line: Int, found: String, expected: String)
    /// The same algorithm has two rows for the same case.
    case duplicate(algorithm: String, caseID: String, firstLine: Int, secondLine: Int)
    /// One case is said to belong to two groups.
    case conflictingGroup(caseID: String, firstLine: Int, firstGroup: String, secondLine: Int, secondGroup: String)
    /// A value is infinite, not a number, or beyond 1e300.
    case unusableValue(algorithm: String, caseID: String, line: Int, found: Double)
    /// A value is worse than what a missing value costs, so that a missing value would outrank it.
    case worseThanWorst(algorithm: String, caseID: String, found: Double, worst: Double)
    /// There are no rows.
    case noRows
    /// A scheme cannot be used.
    case unusableScheme(member: String, found: String, expected: String)
}

extension RankingError: CustomStringConvertible {
    /// The message: where, what was found, what was expected or what to do.
    public var description: String {
        switch self {
        case .malformed(let line, let found, let expected):
            "line \(line): found \(found); expected \(expected)"
        case .duplicate(let algorithm, let caseID, let first, let second):
            "lines \(first) and \(second): both hold algorithm “\(algorithm)” on case “\(caseID)”; remove one of them"
        case .conflictingGroup(let caseID, let first, let firstGroup, let second, let secondGroup):
            "lines \(first) and \(second): case “\(caseID)” is in group “\(firstGroup)” and in group “\(secondGroup)”; "
                + "a case belongs to one group"
        case .unusableValue(let algorithm, let caseID, let line, let found):
            "line \(line): found the value \(found) of algorithm “\(algorithm)” on case “\(caseID)”; "
                + "expected a number between -1e300 and 1e300, or no value where the case failed"
        case .worseThanWorst(let algorithm, let caseID, let found, let worst):
            "algorithm “\(algorithm)”, case “\(caseID)”: found \(found), which is worse than the \(worst) that a missing value costs; "
                + "set the scheme's worst value to the worst that the metric can be"
        case .noRows:
            "found no rows; expected at least one algorithm with one case"
        case .unusableScheme(let member, let found, let expected):
            "ranking scheme, \(member): found \(found); expected \(expected)"
        }
    }
}
