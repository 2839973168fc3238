/// One mistake in a challenge folder: where it is, what was found there and what to write instead.
///
/// Printed as `challenge.yaml:12: found …; write …`; a warning carries the word `warning` after the place.
public struct Diagnostic: Sendable, Hashable, Codable {
    /// How much a diagnostic weighs.
    public enum Severity: String, Sendable, Codable {
        /// The challenge cannot be used as it is.
        case error
        /// The challenge can be used, but its results may not mean what the organiser thinks.
        case warning
    }

    /// The file, as a path relative to the challenge folder.
    public let file: String
    /// The line, from 1; `nil` where the whole file is meant.
    public let line: Int?
    /// The column in characters, from 1; `nil` where the whole line is meant.
    public let column: Int?
    /// Whether it is an error.
    public let severity: Severity
    /// What is there.
    public let found: String
    /// What to write or do instead.
    public let write: String

    /// Makes a diagnostic.
    public init(file: String, line: Int?, column: Int? = nil, severity: Severity = .error, found: String, write: String) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.found = found
        self.write = write
    }

    /// The line for people: `challenge.yaml:12: found …; write …`.
    public var text: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(severity == .warning ? "warning: " : "")found \(found); \(write)"
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The same as `text`.
    public var description: String { text }
}

extension [Diagnostic] {
    /// Whether one of them is an error.
    public var containError: Bool { contains { $0.severity == .error } }

    /// The diagnostics in reading order: by file (the challenge file first), then line, errors before warnings, then column; equal ones once.
    public var inReadingOrder: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        let once = filter { seen.insert($0).inserted }
        return once.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            if a.file != b.file { return (a.file != Challenge.fileName, a.file) < (b.file != Challenge.fileName, b.file) }
            return (a.line ?? 0, a.weight, a.column ?? 0, left.offset) < (b.line ?? 0, b.weight, b.column ?? 0, right.offset)
        }.map(\.element)
    }
}

extension Diagnostic {
    /// The place of its severity within a line: errors come first.
    fileprivate var weight: Int { severity == .error ? 0 : 1 }
}

/// Makes `(Bool, String)` pairs comparable with false first.
private func < (left: (Bool, String), right: (Bool, String)) -> Bool {
    left.0 != right.0 ? !left.0 : left.1 < right.1
}
