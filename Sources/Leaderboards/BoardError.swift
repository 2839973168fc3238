public import Records
public import WebAssets

/// Why a leaderboard could not be made or written.
public enum BoardError: Error, Sendable {
    /// A page's template is unusable: a fault of the build, not of the input.
    case template(TemplateError)
    /// A value has no exact written form, or a file could not be written.
    case records(RecordsError)
    /// The folder holds files that this program did not write there.
    case foreignFolder(path: String, found: String)
    /// A folder could not be read or made.
    case folder(path: String, problem: String)
    /// The evaluations do not fit together into one board.
    case evaluations(found: String, write: String)
}

extension BoardError: CustomStringConvertible {
    /// Where, what was found, and what to do.
    public var description: String {
        switch self {
        case .template(let error): "\(error)"
        case .records(let error): "\(error)"
        case .foreignFolder(let path, let found):
            "\(path): found \(found), which is not part of a leaderboard; choose an empty folder or a new one"
        case .folder(let path, let problem): "\(path): \(problem)"
        case .evaluations(let found, let write): "evaluations: found \(found); \(write)"
        }
    }
}
