import Glibc

/// The control groups below which this process can make groups, by what they count.
///
/// Groups are made below the group of this process, so that the limits around it (a container, a batch job) stay in force.
/// Version 1 has one tree per controller, version 2 a single one; on a hybrid machine the version 2 tree has no controllers, and still
/// gives `cgroup.kill` and `cpu.stat`.
struct ControlGroupParents: Sendable, Equatable {
    /// The folder of the version 2 tree.
    var unified: String?
    /// Whether groups below `unified` bound memory, processes, and processor share.
    var unifiedBoundsMemory = false
    var unifiedBoundsProcesses = false
    var unifiedBoundsShare = false
    /// The folders of version 1 trees.
    var memory: String?
    var processes: String?
    var share: String?

    /// No control groups at all.
    static let none = ControlGroupParents()

    /// The prefix of our groups' names; the process id of the supervisor follows.
    static let namePrefix = "concours-"

    /// Looks for groups that can be made, by making one in each tree; removes what a killed supervisor left.
    static func detect() -> ControlGroupParents {
        guard let groups = SystemFile.read("/proc/self/cgroup"), let mounts = SystemFile.read("/proc/self/mountinfo") else { return .none }
        let places = ControlGroupPlaces(groups: groups, mounts: mounts)
        var parents = ControlGroupParents()
        parents.memory = places.versionOne("memory").flatMap { usable($0, ["memory.limit_in_bytes", "memory.oom_control"]) }
        parents.processes = places.versionOne("pids").flatMap { usable($0, ["pids.max", "pids.events"]) }
        parents.share = places.versionOne("cpu").flatMap { usable($0, ["cpu.cfs_quota_us"]) }
        for candidate in places.versionTwoCandidates {
            guard usable(candidate, ["cgroup.kill", "cpu.stat"]) != nil else { continue }
            let boundsMemory = usable(candidate, ["memory.max"]) != nil || enableControllers(candidate)
            if parents.unified == nil || boundsMemory {
                parents.unified = candidate
                parents.unifiedBoundsMemory = boundsMemory
                parents.unifiedBoundsProcesses = usable(candidate, ["pids.max"]) != nil
                parents.unifiedBoundsShare = usable(candidate, ["cpu.max"]) != nil
            }
            if boundsMemory { break }
        }
        for folder in [parents.unified, parents.memory, parents.processes, parents.share] {
            if let folder { removeStaleGroups(in: folder) }
        }
        return parents
    }

    /// The folder if a group below it can be made and has these files, writable where they are limits.
    private static func usable(_ folder: String, _ files: [String]) -> String? {
        // A name of its own, since another thread of this process may look at the same time and would remove it under us.
        let probe = "\(folder)/\(namePrefix)\(getpid())-probe-\(RandomName.make())"
        guard mkdir(probe, 0o755) == 0 else { return nil }
        defer { rmdir(probe) }
        guard access("\(probe)/cgroup.procs", W_OK) == 0, access("\(folder)/cgroup.procs", W_OK) == 0 else { return nil }
        return files.allSatisfy { access("\(probe)/\($0)", F_OK) == 0 } ? folder : nil
    }

    /// Hands controllers down in a group that holds no process itself, such as a delegated unit with its services in a subgroup.
    private static func enableControllers(_ folder: String) -> Bool {
        guard SystemFile.read("\(folder)/cgroup.procs")?.isEmpty == true,
            SystemFile.read("\(folder)/cgroup.controllers")?.contains("memory") == true
        else { return false }
        try? SystemFile.write("+memory +pids +cpu", to: "\(folder)/cgroup.subtree_control")
        return usable(folder, ["memory.max"]) != nil
    }

    /// Removes groups of supervisors that do not live any more; a group with processes in it cannot be removed, and stays.
    private static func removeStaleGroups(in folder: String) {
        for name in SystemFile.names(in: folder) where name.hasPrefix(namePrefix) {
            guard let owner = name.dropFirst(namePrefix.count).split(separator: "-").first.flatMap({ Int32($0) }), owner > 1 else {
                continue
            }
            if kill(owner, 0) != 0, errno == ESRCH { rmdir("\(folder)/\(name)") }
        }
    }
}
