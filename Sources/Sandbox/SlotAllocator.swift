import Glibc

/// Gives each running sandbox a user id of its own, across all processes of ours on the machine.
///
/// A slot is a file that stays locked while its user is in use; the lock falls with the process that holds it. Two sandboxes with one
/// user would share that user's kernel quotas, and could see each other wherever a namespace has a gap.
public struct SlotAllocator: Sendable {
    /// The users that slots stand for; none of them may belong to a person or service of the machine.
    public let users: ClosedRange<Int>
    private let lockFolder: String

    /// Slots of a range of user ids. The folder for the locks is made if it is missing, and must be writable for its owner only.
    public init(users: ClosedRange<Int> = 20000...20255, lockFolder: String = "/run/concours-slots") {
        self.users = users
        self.lockFolder = lockFolder
    }

    /// Takes the first free slot.
    func acquire() throws(SandboxError) -> Slot {
        try makeLockFolder()
        let taken = Self.usersOfThisMachine()
        for user in users where user > 0 && !taken.contains(user) {
            if let slot = try lock(user) { return slot }
        }
        throw .noFreeSlot(users)
    }

    private func makeLockFolder() throws(SandboxError) {
        if mkdir(lockFolder, 0o700) != 0, errno != EEXIST { throw .system("making the folder for slot locks", errno) }
        var status = stat()
        guard lstat(lockFolder, &status) == 0 else { throw .system("looking at the folder for slot locks", errno) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw .system("the folder for slot locks must be a folder of ours that nobody else can write", EACCES)
        }
    }

    private func lock(_ user: Int) throws(SandboxError) -> Slot? {
        let opened = FileDescriptor.open("\(lockFolder)/\(user)", O_RDWR | O_CREAT | O_NOFOLLOW)
        guard case .success(let number) = opened else { throw .system("opening a slot's lock", errno) }
        let file = FileDescriptor(owning: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        // A mark in the file means that its last holder was killed: its sandbox dies too, and may not be quite gone yet.
        if file.read(upTo: 1)?.isEmpty == false, Self.hasProcesses(user) { return nil }
        _ = pwrite(number, "x", 1, 0)
        return Slot(user: user, lock: file)
    }

    // From the file: a name service could block, and would not know more about system users.
    private static func usersOfThisMachine() -> Set<Int> {
        let lines = (SystemFile.read("/etc/passwd") ?? "").split(separator: "\n")
        return Set(
            lines.compactMap { line in
                let fields = line.split(separator: ":", omittingEmptySubsequences: false)
                return fields.count > 2 ? Int(fields[2]) : nil
            })
    }

    private static func hasProcesses(_ user: Int) -> Bool {
        SystemFile.names(in: "/proc").contains { name in
            // A zombie runs no more, wherever it waits for a parent that does not look.
            guard Int(name) != nil, let status = SystemFile.read("/proc/\(name)/status"), !status.contains("State:\tZ") else {
                return false
            }
            let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") } ?? ""
            return line.split(whereSeparator: \.isWhitespace).dropFirst().contains { Int($0) == user }
        }
    }
}

/// A user id in use by one sandbox; free again when the value goes away.
struct Slot: ~Copyable {
    let user: Int
    private let lock: FileDescriptor

    fileprivate init(user: Int, lock: consuming FileDescriptor) {
        self.user = user
        self.lock = lock
    }

    deinit {
        ftruncate(lock.number, 0)
        // Closing would not do: a process that is just being forked elsewhere has the descriptor for a moment too.
        flock(lock.number, LOCK_UN)
    }
}
