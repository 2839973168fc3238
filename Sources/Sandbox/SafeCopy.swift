import FoundationEssentials
import Glibc

/// Takes in folders that somebody else filled.
public enum SafeCopy {
    /// Copies the regular files and folders of `source` to `destination`, which appears whole or not at all.
    ///
    /// Symbolic links, pipes, sockets, devices, files with several names, set-user-id bits, names that are no text, and whatever is over
    /// the limits make the whole copy fail, with every such entry named; sizes are judged before anything is copied. Of the modes only
    /// "executable" is kept.
    /// - Parameter paths: what is copied, with all that is below: relative paths without `.` and `..`; `nil` for everything. Other entries
    ///   are passed over.
    /// - Returns: the files, sorted by path within each folder.
    public static func folder(
        from source: String, to destination: String, limits: CopyLimits = CopyLimits(), only paths: [String]? = nil
    ) throws(SafeCopyError) -> [CopiedFile] {
        let opened = FileDescriptor.open(source, O_RDONLY | O_DIRECTORY)
        guard case .success(let number) = opened else { throw .sourceUnreadable(opened.failureText) }
        let folder = FileDescriptor(owning: number)
        let selection = paths.map { CopySelection($0) }
        let survey = CopySurvey(folder, limits: limits, selection: selection)
        if !survey.refusals.isEmpty { throw .refused(survey.refusals) }
        // The survey has read the folder's names to their end.
        lseek(number, 0, SEEK_SET)
        let walk = CopyWalk(limits: limits, selection: selection) { _, _ in true }
        let (files, refusals) = try copy(folder, to: destination, walk: walk)
        if !refusals.isEmpty { throw .refused(refusals) }
        return files
    }

    /// Copies an open folder by a walk; the destination stays away if anything is refused.
    /// `required` are paths that must be among the files.
    static func copy(_ folder: borrowing FileDescriptor, to destination: String, walk: CopyWalk, required: [String] = [])
        throws(SafeCopyError) -> (files: [CopiedFile], refusals: [CopyRefusal])
    {
        var walk = walk
        if access(destination, F_OK) == 0 { throw .destinationExists }
        let partial = "\(destination).partial-\(RandomName.make())"
        guard mkdir(partial, 0o700) == 0 else { throw .destinationUnwritable(SystemErrorText.describe(errno)) }
        var isComplete = false
        defer { if !isComplete { try? FileManager.default.removeItem(atPath: partial) } }
        let opened = FileDescriptor.open(partial, O_RDONLY | O_DIRECTORY)
        guard case .success(let number) = opened else { throw .destinationUnwritable(opened.failureText) }
        let target = FileDescriptor(owning: number)
        walk.copy(folder, to: target)
        if let failure = walk.targetFailure { throw .destinationUnwritable(failure) }
        let present = Set(walk.files.map(\.path))
        let missing = required.filter { !present.contains($0) }.map {
            CopyRefusal(path: HarmlessText.name(Array($0.utf8)), reason: .missing)
        }
        // An entry that was refused under the name of a required file is named once, with its own reason.
        let refusals = walk.refusals + missing.filter { absent in !walk.refusals.contains { $0.path == absent.path } }
        if !refusals.isEmpty { return ([], refusals) }
        fchmod(number, 0o755)
        guard rename(partial, destination) == 0 else { throw .destinationUnwritable(SystemErrorText.describe(errno)) }
        isComplete = true
        return (walk.files, [])
    }
}

/// Why a folder was not copied.
public enum SafeCopyError: Error, Equatable, CustomStringConvertible {
    /// The source is no folder, or cannot be opened; the system's reason.
    case sourceUnreadable(String)
    /// There is something under the destination's name already.
    case destinationExists
    /// The destination cannot be written; the system's reason.
    case destinationUnwritable(String)
    /// These entries may not be taken.
    case refused([CopyRefusal])

    /// The message for people.
    public var description: String {
        switch self {
        case .sourceUnreadable(let reason): "the folder cannot be opened: \(reason)"
        case .destinationExists: "the destination exists already; remove it or choose another"
        case .destinationUnwritable(let reason): "the destination cannot be written: \(reason)"
        case .refused(let refusals): refusals.map(\.description).joined(separator: "\n")
        }
    }
}
