/// An entry of a foreign folder that was not taken.
public struct CopyRefusal: Sendable, Hashable, CustomStringConvertible {
    /// Why not.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case symbolicLink, namedPipe, socket, device, hardLink, setUserID, unreadable
        case nameNotText, nameTooLong, tooDeep, tooManyEntries, fileTooLarge, totalTooLarge
        case notExpected, missing, changedMeanwhile, otherFileSystem
    }

    /// The path within the folder, made harmless: `\xNN` for everything that is no printable ASCII.
    public var path: String
    /// Why not.
    public var reason: Reason
    /// What was found and what is allowed, where that is more than the reason; no path.
    public var detail: String?

    /// Names a refusal.
    public init(path: String, reason: Reason, detail: String? = nil) {
        self.path = path
        self.reason = reason
        self.detail = detail
    }

    /// Names a refusal of an entry, whose names are made harmless.
    init(path: [String], reason: Reason, detail: String? = nil) {
        self.init(path: path.map { HarmlessText.name(Array($0.utf8)) }.joined(separator: "/"), reason: reason, detail: detail)
    }

    static func fileTooLarge(_ path: [String], bytes: Int, limits: CopyLimits) -> CopyRefusal {
        let (found, most) = ByteCount.texts(bytes, above: min(limits.maximumFileBytes, limits.maximumBytes))
        return CopyRefusal(path: path, reason: .fileTooLarge, detail: "has \(found); a file of at most \(most) is taken")
    }

    /// The sentence for people.
    public var description: String { "\(path): \(detail ?? Self.texts[reason] ?? reason.rawValue)" }

    private static let texts: [Reason: String] = [
        .symbolicLink: "is a symbolic link; put the file itself there",
        .namedPipe: "is a named pipe; only regular files and folders are taken",
        .socket: "is a socket; only regular files and folders are taken",
        .device: "is a device; only regular files and folders are taken",
        .hardLink: "has more than one name (hard link); copy the file",
        .setUserID: "has the set-user-id or set-group-id bit; remove it",
        .unreadable: "cannot be read; give its owner the right to",
        .nameNotText: "has a name that is no plain UTF-8 text; rename it",
        .nameTooLong: "has a name that is too long; rename it",
        .tooDeep: "lies too deep; use fewer folders",
        .tooManyEntries: "and what follows: there are too many files and folders",
        .fileTooLarge: "is larger than a file may be",
        .totalTooLarge: "does not fit: all files together are larger than allowed",
        .notExpected: "is not among the files that are asked for",
        .missing: "is asked for and is not there",
        .changedMeanwhile: "changed while it was being copied",
        .otherFileSystem: "lies on another file system",
    ]
}
