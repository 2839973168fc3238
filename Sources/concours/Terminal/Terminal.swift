import Foundation
import Records
import Sandbox

/// Where people read: results on standard output, progress and complaints on standard error.
enum Terminal {
    /// Whether standard error is a screen on which a line can be written over.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// The width of the screen on which results or complaints are read, 80 where there is none; never so narrow that words are lost.
    static let columns: Int = {
        var size = winsize()
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
            return max(40, min(120, Int(size.ws_col)))
        }
        return 80
    }()

    /// A line of the result. Names and texts of strangers may be in it, so that control characters are taken out.
    static func say(_ text: String = "") {
        write(text + "\n", to: .standardOutput)
    }

    /// A line about the work, for whoever waits.
    static func note(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    /// Writes harmless text; a reader who has gone away is no reason to stop the work.
    private static func write(_ text: String, to stream: FileHandle) {
        try? stream.write(contentsOf: Data(HarmlessText.of(Array(text.utf8)).utf8))
    }

    /// An error message.
    static func complain(_ text: String) {
        note(text.hasPrefix("Error:") || text.contains("\nUsage:") ? text : "Error: \(text)")
    }
}

extension Terminal {
    /// One JSON document on standard output, with sorted keys, indented for people.
    static func json(_ value: some Encodable) throws {
        try FileHandle.standardOutput.write(contentsOf: Data(CanonicalJSON.json(of: value).prettyText().utf8))
    }

    /// One JSON object in one line, flushed at once, for programs that follow.
    static func jsonLine(_ value: some Encodable) throws {
        try FileHandle.standardOutput.write(contentsOf: Data(CanonicalJSON.encode(value) + [UInt8(ascii: "\n")]))
    }
}
