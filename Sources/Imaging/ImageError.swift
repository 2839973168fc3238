/// Why a file could not be read as an image, or an image not be written or used.
public struct ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, in one word.
    public enum Kind: String, Sendable, Codable {
        /// The file cannot be opened or read: missing, no permission, not a regular file.
        case unreadable
        /// The first bytes are of no format that Concours reads.
        case unknownFormat
        /// The file may be right, but uses a feature that Concours does not read; the message names it.
        case unsupported
        /// The file contradicts itself or its format.
        case malformed
        /// The file claims more than the limits allow.
        case limit
        /// The image is not of the kind that is needed here, such as labels that are not whole numbers.
        case unsuitable
        /// The file cannot be written.
        case unwritable
    }

    /// What is wrong, in one word.
    public let kind: Kind
    /// The file's name without its folders; empty where no file is involved.
    public let file: String
    /// Where, what was found, what was expected, what to do.
    public let message: String

    /// Makes an error; of `path` only the last component is kept.
    public init(_ kind: Kind, file path: String = "", _ message: String) {
        self.kind = kind
        self.file = path.split(separator: "/").last.map(String.init) ?? path
        self.message = message
    }

    /// The file and the message in one line.
    public var description: String { file.isEmpty ? message : "\(file): \(message)" }
}
