/// What is wrong with a model package, its description, or a tensor that was given to it.
///
/// The message names the place (file inside the package, line, field), what was found and what to write instead. No path
/// outside the package appears in it.
public struct PackageError: Error, Sendable, Equatable {
    /// The kinds of mistake.
    public enum Code: String, Sendable {
        /// A file or a field that must be there is not.
        case missing
        /// A file is there and cannot be read.
        case unreadable
        /// A limit on bytes, depth, aliases or nodes is exceeded.
        case tooLarge
        /// The description is not YAML.
        case syntax
        /// A value has another type than the format says.
        case wrongType
        /// A value has the right type and is not allowed.
        case invalidValue
        /// The description is of a format version that is not read here.
        case unsupportedVersion
        /// The package has no weights that can be run here.
        case unsupportedWeights
        /// A processing step, or one of its options, that is not computed here.
        case unsupportedStep
        /// A source that does not lie inside the package.
        case unsafePath
        /// A file's SHA-256 is not the declared one.
        case digestMismatch
        /// The network cannot be loaded or run.
        case network
        /// A tensor does not fit its description.
        case tensor
    }

    /// The kind of mistake.
    public let code: Code
    /// The file, relative to the package; `nil` if the mistake is not in a file.
    public let file: String?
    /// The line in that file, counted from 1.
    public let line: Int?
    /// The field, such as `inputs[0].axes[2].size`.
    public let field: String?
    /// What was found.
    public let found: String
    /// What to write or do instead.
    public let remedy: String

    /// States a mistake.
    public init(_ code: Code, file: String? = nil, line: Int? = nil, field: String? = nil, found: String, remedy: String) {
        self.code = code
        self.file = file
        self.line = line
        self.field = field
        self.found = found
        self.remedy = remedy
    }
}

extension PackageError {
    /// The same mistake in one of several samples, which are counted from 0.
    package func inSample(_ words: String) -> PackageError {
        PackageError(
            code, file: file, line: line, field: field, found: "in the sample \(words), counted from 0, \(found)", remedy: remedy)
    }
}

extension PackageError: CustomStringConvertible {
    /// The whole message in one line: `file:line: field: found; remedy`.
    public var description: String {
        var place = ""
        if let file { place += line.map { "\(file):\($0): " } ?? "\(file): " }
        if let field, !field.isEmpty { place += "\(field): " }
        return place + found + "; " + remedy
    }
}
