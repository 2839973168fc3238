import Glibc

/// Takes a run's results out of its output file system, after every process of the run is gone.
enum OutputCollector {
    /// Copies what the rules allow; with a refusal nothing is copied.
    static func collect(_ folder: borrowing FileDescriptor, rules: OutputRules, limits: SandboxLimits) throws(SafeCopyError)
        -> (files: [CopiedFile], refusals: [CopyRefusal])
    {
        var copyLimits = CopyLimits()
        copyLimits.maximumEntries = limits.outputFiles
        copyLimits.maximumBytes = limits.outputBytes
        copyLimits.maximumFileBytes = min(rules.maximumFileBytes, limits.outputBytes)
        copyLimits.maximumDepth = rules.depth
        let walk = CopyWalk(limits: copyLimits) { path, isFolder in
            isFolder ? rules.allowsFolder(path) : rules.allowsFile(path)
        }
        return try SafeCopy.copy(folder, to: rules.destination, walk: walk, required: rules.expected)
    }

    /// The mount options of a file system that holds what the limits allow, and a page and a file more: so a full one means "over".
    static func mountOptions(_ limits: SandboxLimits, owner: Int?) -> String {
        let page = SystemConstant.pageBytes
        let pages = (limits.outputBytes + page - 1) / page + 1
        // The top folder counts as one.
        let options = "size=\(pages * page),nr_inodes=\(limits.outputFiles + 2),mode=0700"
        return owner.map { "\(options),uid=\($0),gid=\($0)" } ?? options
    }

    /// Whether a write has failed for want of room, or the next one would.
    static func isFull(_ folder: borrowing FileDescriptor) -> Bool {
        var status = statvfs()
        guard fstatvfs(folder.number, &status) == 0 else { return false }
        return status.f_bfree == 0 || status.f_ffree == 0
    }
}
