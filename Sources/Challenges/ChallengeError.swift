/// Why a challenge folder could not be used.
public enum ChallengeError: Error, Sendable, Equatable {
    /// The folder or a file of it cannot be read; the path is the one that was asked for.
    case unreadable(path: String, reason: String)
    /// The folder was read and holds mistakes: all of them, errors and warnings, in reading order.
    case invalid([Diagnostic])
    /// A new challenge would overwrite what is there.
    case exists(path: String)
    /// A new challenge cannot have this id.
    case badID(String)
    /// A file of a new challenge cannot be written.
    case unwritable(path: String, reason: String)
}

extension ChallengeError: CustomStringConvertible {
    /// The message for people; one line, or one line per diagnostic.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): \(reason); "
                + ([ChallengeFolder.absent, ChallengeFolder.noFolder].contains(reason)
                    ? "give the folder that holds \(Challenge.fileName)" : "put a file there that you may read, of at most 1 MiB")
        case .invalid(let diagnostics):
            diagnostics.map(\.text).joined(separator: "\n")
        case .exists(let path):
            "\(path): there is something already; give a folder that does not exist or is empty (nothing was overwritten)"
        case .badID(let id):
            "\(Quoting.quoted(id)) cannot be the id of a challenge; use \(Identifier.rule)"
        case .unwritable(let path, let reason):
            "\(path): \(reason); give a folder that you may write to"
        }
    }
}
