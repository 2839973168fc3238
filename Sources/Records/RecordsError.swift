/// What can be wrong with a document, a digest, a chain or a file.
///
/// Each message says where, what was found and what was expected. Paths are those that the caller gave; places inside a
/// document are written as `cases[3].scores[0].value`.
public enum RecordsError: Error, Equatable, Sendable {
    /// The text is not JSON, or not the strict JSON that is read here; line and column count from 1, columns in characters.
    case malformed(line: Int, column: Int, found: String, expected: String)
    /// A document is larger, deeper or fuller than the reader's limits allow.
    case limitExceeded(what: String, limit: Int)
    /// The document is JSON, but not of the shape that was asked for.
    case mismatch(place: String, found: String, expected: String)
    /// A value has no canonical JSON, such as NaN or an integer that JSON readers would round.
    case notEncodable(place: String, found: String, expected: String)
    /// A text is not a digest of 64 lowercase hexadecimal digits.
    case malformedDigest(found: String)
    /// A file or folder could not be read or written.
    case file(path: String, problem: String)
    /// A folder holds something that has no digest: a link, a device, a name that is not UTF-8.
    case unsuitableFile(path: String, found: String, expected: String)
    /// An entry of a hash chain is not what its neighbours say; the index counts from 0.
    case brokenChain(index: Int, name: String?, found: String, expected: String)
}

extension RecordsError: CustomStringConvertible {
    /// The message: where, what was found, what was expected.
    public var description: String {
        switch self {
        case .malformed(let line, let column, let found, let expected):
            "line \(line), column \(column): found \(found); expected \(expected)"
        case .limitExceeded(let what, let limit):
            "\(what) exceeds the limit of \(limit)"
        case .mismatch(let place, let found, let expected):
            "\(place): found \(found); expected \(expected)"
        case .notEncodable(let place, let found, let expected):
            "\(place): \(found) cannot be written as JSON; expected \(expected)"
        case .malformedDigest(let found):
            "found \(found); expected a SHA-256 digest of 64 lowercase hexadecimal digits"
        case .file(let path, let problem):
            "\(path): \(problem)"
        case .unsuitableFile(let path, let found, let expected):
            "\(path): found \(found); expected \(expected)"
        case .brokenChain(let index, let name, let found, let expected):
            "entry \(index)\(name.map { " (\($0))" } ?? "") of the chain: found \(found); expected \(expected)"
        }
    }
}
