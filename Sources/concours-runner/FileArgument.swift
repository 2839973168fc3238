import ArgumentParser
import Foundation

/// A file on the command line: a path, or the name of a model's input or output, `=` and a path.
struct FileArgument: ExpressibleByArgument {
    /// The input or output; `nil` where none is named.
    let name: String?
    let path: String

    /// The host gives absolute paths, so that a text with `/` at its beginning names nothing else.
    init(argument: String) {
        guard !argument.hasPrefix("/"), let sign = argument.firstIndex(of: "=") else {
            (name, path) = (nil, argument)
            return
        }
        (name, path) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
    }

    /// The file's name without its folders.
    var file: String { (path as NSString).lastPathComponent }
}
