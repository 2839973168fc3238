import Glibc

/// The control groups of one run: one folder in each tree that the machine has. Removed with the value.
struct ControlGroup: ~Copyable {
    private let unified: String?
    private let memory: String?
    private let processes: String?
    private let share: String?
    private let countsMemoryInUnified: Bool
    private let countsProcessesInUnified: Bool
    /// Open `cgroup.procs` files that the first process of the run joins.
    let joinFiles: [Int32]

    /// Two more than the policy says: bubblewrap's own two processes are in the group too.
    static let ownProcesses = 2

    /// Makes the groups and sets their limits.
    init(below parents: ControlGroupParents, name: String, limits: SandboxLimits) throws(SystemFailure) {
        var made: [String] = []
        var joinFiles: [Int32] = []
        do {
            func make(_ parent: String?) throws(SystemFailure) -> String? {
                guard let parent else { return nil }
                let folder = "\(parent)/\(name)"
                guard mkdir(folder, 0o755) == 0 else { throw SystemFailure(errno) }
                made.append(folder)
                joinFiles.append(try FileDescriptor.open("\(folder)/cgroup.procs", O_WRONLY).get())
                return folder
            }
            let unified = try make(parents.unified)
            let memory = try make(parents.unifiedBoundsMemory ? nil : parents.memory)
            let processes = try make(parents.unifiedBoundsProcesses ? nil : parents.processes)
            let share = try make(limits.cores == nil || parents.unifiedBoundsShare ? nil : parents.share)
            if let unified {
                if parents.unifiedBoundsMemory {
                    try SystemFile.write(String(limits.memoryBytes), to: "\(unified)/memory.max")
                    try Self.writeIfPresent("0", to: "\(unified)/memory.swap.max")
                    try Self.writeIfPresent("1", to: "\(unified)/memory.oom.group")
                }
                if parents.unifiedBoundsProcesses {
                    try SystemFile.write(String(limits.processes + Self.ownProcesses), to: "\(unified)/pids.max")
                }
                if parents.unifiedBoundsShare, let cores = limits.cores {
                    try SystemFile.write("\(cores * 100_000) 100000", to: "\(unified)/cpu.max")
                }
            }
            if let memory {
                // The order matters: memory and swap together may not be less than memory.
                try SystemFile.write(String(limits.memoryBytes), to: "\(memory)/memory.limit_in_bytes")
                try Self.writeIfPresent(String(limits.memoryBytes), to: "\(memory)/memory.memsw.limit_in_bytes")
            }
            if let processes { try SystemFile.write(String(limits.processes + Self.ownProcesses), to: "\(processes)/pids.max") }
            if let share, let cores = limits.cores {
                try SystemFile.write("100000", to: "\(share)/cpu.cfs_period_us")
                try SystemFile.write(String(cores * 100_000), to: "\(share)/cpu.cfs_quota_us")
            }
            self.unified = unified
            self.memory = memory
            self.processes = processes
            self.share = share
            self.countsMemoryInUnified = parents.unifiedBoundsMemory
            self.countsProcessesInUnified = parents.unifiedBoundsProcesses
            self.joinFiles = joinFiles
        } catch {
            for file in joinFiles { close(file) }
            for folder in made { rmdir(folder) }
            throw error
        }
    }

    deinit {
        for file in joinFiles { close(file) }
        for folder in [unified, memory, processes, share] {
            guard let folder else { continue }
            // The last process can be counted for a moment after it was reaped.
            for _ in 0..<500 where rmdir(folder) != 0 && errno == EBUSY { usleep(1000) }
        }
    }

    /// Kills every process of the run at once; false where the machine has no `cgroup.kill`.
    func killAll() -> Bool {
        guard let unified else { return false }
        return (try? SystemFile.write("1", to: "\(unified)/cgroup.kill")) != nil
    }

    /// Whether no process is left in any of the groups.
    var isEmpty: Bool {
        [unified, memory, processes, share].allSatisfy { folder in
            folder.map { SystemFile.read("\($0)/cgroup.procs")?.isEmpty ?? true } ?? true
        }
    }

    /// Processor time of the tree in seconds.
    var cpuSeconds: Double? {
        unified.flatMap { SystemFile.number("usage_usec", in: "\($0)/cpu.stat") }.map { Double($0) / 1e6 }
    }

    /// Processes that were killed for memory; `nil` where no group bounds it. Never the exit code: a program can return 137 itself.
    var memoryKills: Int? {
        if let memory { return SystemFile.number("oom_kill", in: "\(memory)/memory.oom_control") }
        return countsMemoryInUnified ? unified.flatMap { SystemFile.number("oom_kill", in: "\($0)/memory.events") } : nil
    }

    /// Highest memory of the tree in bytes, with temporary files and page cache.
    var peakMemoryBytes: Int? {
        if let memory { return SystemFile.number("\(memory)/memory.max_usage_in_bytes") }
        return countsMemoryInUnified ? unified.flatMap { SystemFile.number("\($0)/memory.peak") } : nil
    }

    /// Forks that were refused for the limit on processes; `nil` where no group bounds them.
    var refusedForks: Int? {
        if let processes { return SystemFile.number("max", in: "\(processes)/pids.events") }
        return countsProcessesInUnified ? unified.flatMap { SystemFile.number("max", in: "\($0)/pids.events") } : nil
    }

    private static func writeIfPresent(_ text: String, to path: String) throws(SystemFailure) {
        if access(path, F_OK) == 0 { try SystemFile.write(text, to: path) }
    }
}
