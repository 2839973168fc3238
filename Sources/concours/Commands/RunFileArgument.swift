import Evaluation
import Foundation

/// A file on the command line: `FILE`, or `NAME=FILE` for an input or output of the model.
struct RunFileArgument: Sendable {
    let file: PackageInspection.NamedFile

    /// A file of the whole name wins, and what has a `/` in front of its `=` names no input or output.
    init(_ text: String) {
        guard !FileManager.default.fileExists(atPath: text), let sign = text.firstIndex(of: "="), sign > text.startIndex,
            !text[..<sign].contains("/")
        else {
            file = PackageInspection.NamedFile(path: text)
            return
        }
        file = PackageInspection.NamedFile(name: String(text[..<sign]), path: String(text[text.index(after: sign)...]))
    }
}
