import Foundation
import Records

/// Where people read: results on standard output, progress and complaints on standard error.
enum Terminal {
    /// Whether standard error is a screen on which a line can be written over.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// A line of the result.
    static func say(_ text: String = "") {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A line about the work, for whoever waits.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// An error message.
    static func complain(_ text: String) {
        note(text.hasPrefix("Error:") || text.contains("\nUsage:") ? text : "Error: \(text)")
    }
}

extension Terminal {
    /// One JSON document on standard output, with sorted keys, indented for people.
    static func json(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(Data(try CanonicalJSON.json(of: value).prettyText().utf8))
    }

    /// One JSON object in one line, flushed at once, for programs that follow.
    static func jsonLine(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(Data(try CanonicalJSON.encode(value) + [UInt8(ascii: "\n")]))
    }
}
