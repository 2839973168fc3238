import CSandbox
import Glibc

/// What this machine offers to enforce limits and isolation with; stored with every run.
public struct Capabilities: Sendable {
    /// What bounds memory.
    public enum Memory: String, Sendable {
        /// The whole tree, counted by the kernel.
        case groupV2 = "cgroup-v2"
        /// The whole tree, counted by the kernel.
        case groupV1 = "cgroup-v1"
        /// Each process's address space by `RLIMIT_AS`, and the tree's resident memory by looking every 100 ms.
        case addressSpace = "rlimit-as"
    }

    /// What bounds the number of processes.
    public enum Processes: String, Sendable {
        case groupV2 = "cgroup-v2"
        case groupV1 = "cgroup-v1"
        /// `RLIMIT_NPROC` of the sandbox's user or user namespace: held, but a hit is not told from other failures.
        case userLimit = "rlimit-nproc"
    }

    /// What bounds processor time.
    public enum ProcessorTime: String, Sendable {
        /// The tree's time as the group counts it, and `RLIMIT_CPU` for each process.
        case group = "cgroup-usage+rlimit-cpu"
        /// The tree's time as `/proc` shows it, and `RLIMIT_CPU` for each process.
        case processTable = "proc-usage+rlimit-cpu"
    }

    /// Whose rights the sandboxed processes have on the host.
    public enum Identity: String, Sendable {
        /// A user of its own for each running sandbox.
        case slotUser = "slot-user"
        /// The user who runs this process: enough for one team's own machine, not for submissions of several teams beside each other.
        case ownUser = "own-user"
    }

    /// The path of bubblewrap.
    public let bubblewrap: String
    /// What bounds memory.
    public let memory: Memory
    /// What bounds the number of processes.
    public let processes: Processes
    /// What bounds processor time.
    public let processorTime: ProcessorTime
    /// Whose rights the processes have.
    public let identity: Identity
    /// Whether a run can be killed in one step (`cgroup.kill`); else its first process is killed, and its namespace with it.
    public let killsByGroup: Bool
    let groups: ControlGroupParents

    /// Looks at the machine. Nothing is run; `Sandbox.open` adds a trial run.
    /// - Parameter usesControlGroups: `false` for the mechanisms of a machine without control groups.
    public static func detect(usesControlGroups: Bool = true) throws(SandboxError) -> Capabilities {
        guard let bubblewrap = BubblewrapArguments.places.first(where: { access($0, X_OK) == 0 }) else {
            throw .unavailable(.bubblewrapMissing)
        }
        let isRoot = ProcessRights.isRoot
        if let obstacle = SandboxObstacle.known(isRoot: isRoot) { throw .unavailable(obstacle) }
        let process = csandbox_open_process(getpid())
        guard process >= 0 else { throw .unavailable(.kernelTooOld(feature: "pidfd_open")) }
        close(process)
        let root = csandbox_open_beneath(AT_FDCWD, ".", UInt64(O_RDONLY | O_CLOEXEC))
        guard root != -ENOSYS else { throw .unavailable(.kernelTooOld(feature: "openat2")) }
        if root >= 0 { close(root) }
        return Capabilities(bubblewrap: bubblewrap, isRoot: isRoot, groups: usesControlGroups ? .detect() : .none)
    }

    private init(bubblewrap: String, isRoot: Bool, groups: ControlGroupParents) {
        self.bubblewrap = bubblewrap
        self.groups = groups
        memory = groups.unifiedBoundsMemory ? .groupV2 : groups.memory != nil ? .groupV1 : .addressSpace
        processes = groups.unifiedBoundsProcesses ? .groupV2 : groups.processes != nil ? .groupV1 : .userLimit
        processorTime = groups.unified != nil ? .group : .processTable
        identity = isRoot ? .slotUser : .ownUser
        killsByGroup = groups.unified != nil
    }

    /// Which mechanism enforces what, by the name of the limit; the `enforced` of a record and of `concours doctor`.
    public var enforced: [String: String] {
        [
            "memory": memory.rawValue,
            "cpu": processorTime.rawValue,
            "processes": processes.rawValue,
            "wall": killsByGroup ? "monotonic-clock+cgroup.kill" : "monotonic-clock+pidfd-kill",
            "output": "tmpfs",
            "files": "mount-namespace",
            "network": "network-namespace+seccomp",
            "syscalls": "seccomp",
            "identity": identity.rawValue,
        ]
    }
}
