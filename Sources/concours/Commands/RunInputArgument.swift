import Evaluation
import Foundation

/// An image on the command line: `FILE`, or `NAME=FILE` for an input of the model.
struct RunInputArgument: Sendable {
    let input: PackageInspection.RunInput

    /// A file of the whole name wins, and what has a `/` in front of its `=` names no input.
    init(_ text: String) {
        guard !FileManager.default.fileExists(atPath: text), let sign = text.firstIndex(of: "="), sign > text.startIndex,
            !text[..<sign].contains("/")
        else {
            input = PackageInspection.RunInput(path: text)
            return
        }
        input = PackageInspection.RunInput(name: String(text[..<sign]), path: String(text[text.index(after: sign)...]))
    }
}
