/// What a command may see, use and leave behind: data, without a mechanism.
///
/// The command sees a read-only `/usr` of the host (with the loader's cache and the alternatives of `/etc`), its binds, an empty `/tmp`,
/// an empty `/output`, and nothing else. There is no network; no value of this type can give one.
public struct SandboxPolicy: Sendable {
    /// The program and its arguments; the program is looked up inside the sandbox.
    public var command: [String]
    /// Where the command starts, inside the sandbox.
    public var workingDirectory: String
    /// Files and folders of the host that are readable inside.
    public var binds: [ReadOnlyBind]
    /// Variables besides the fixed ones (`SandboxEnvironment.fixedNames`), such as `OPENBLAS_CORETYPE`.
    public var environment: [String: String]
    /// What the command may use.
    public var limits: SandboxLimits
    /// Which files of `/output` are taken, and to where; `nil` takes nothing.
    public var outputs: OutputRules?
    /// A folder of the host in which the command may write beside `/output`; it keeps what is written. `nil` for none.
    public var work: WritableBind?

    /// Makes a policy.
    public init(
        command: [String], workingDirectory: String = "/tmp", binds: [ReadOnlyBind] = [], environment: [String: String] = [:],
        limits: SandboxLimits = SandboxLimits(), outputs: OutputRules? = nil, work: WritableBind? = nil
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.binds = binds
        self.environment = environment
        self.limits = limits
        self.outputs = outputs
        self.work = work
    }

    /// Refuses a policy that could not be carried out as written.
    func validate() throws(SandboxError) {
        func check(_ holds: Bool, _ message: @autoclosure () -> String) throws(SandboxError) {
            if !holds { throw .invalidPolicy(message()) }
        }
        try check(!(command.first ?? "").isEmpty, "the command is empty; name a program and its arguments")
        try check(!command.contains { $0.utf8.contains(0) }, "an argument of the command contains a NUL byte")
        try check(
            ReadOnlyBind.isPlainPath(workingDirectory),
            "the working directory '\(workingDirectory)' is no absolute path without '.', '..' and '//'")
        if let work {
            try check(
                work.inside == "/state" && work.host.hasPrefix("/") && work.host != "/" && !work.host.utf8.contains(0),
                "the writable folder is '\(work.inside)'; it must be an absolute path on the host, bound to /state")
        }
        for bind in binds {
            try check(
                ReadOnlyBind.isPlainPath(bind.inside) && bind.inside != "/",
                "the bind's inner path '\(bind.inside)' is no absolute path below '/' without '.', '..' and '//'")
            try check(
                !["/proc", "/dev", "/output", "/state"].contains { bind.inside == $0 || bind.inside.hasPrefix($0 + "/") }
                    && bind.inside != "/tmp",
                "the bind's inner path '\(bind.inside)' lies in a folder that the sandbox makes itself")
            try check(
                bind.host.hasPrefix("/") && !bind.host.utf8.contains(0), "the bind for '\(bind.inside)' has no absolute path on the host")
        }
        try check(Set(binds.map(\.inside)).count == binds.count, "two binds have the same inner path")
        for (name, value) in environment {
            try check(SandboxEnvironment.isName(name), "'\(name)' is no name of an environment variable")
            try check(!SandboxEnvironment.fixedNames.contains(name), "the environment variable \(name) is fixed by the sandbox")
            try check(!value.utf8.contains(0), "the environment variable \(name) contains a NUL byte")
        }
        try check(limits.wallSeconds > 0 && limits.wallSeconds.isFinite, "wallSeconds must be above 0")
        try check(limits.graceSeconds >= 0 && limits.graceSeconds.isFinite, "graceSeconds must not be negative")
        try check(limits.cpuSeconds > 0 && limits.cpuSeconds < 1e9, "cpuSeconds must be above 0")
        try check(limits.memoryBytes >= 4 << 20, "memoryBytes must be at least 4 MiB, which is what the sandbox itself may need")
        try check(limits.processes > 0 && limits.processes < 1 << 20, "processes must be between 1 and 1048575")
        try check(limits.cores.map { $0 > 0 } ?? true, "cores must be at least 1")
        try check(limits.outputBytes >= 0 && limits.outputFiles >= 0, "the output limits must not be negative")
        try check(limits.logBytes >= 0, "logBytes must not be negative")
        try check(limits.temporaryBytes > 0 && limits.sharedMemoryBytes > 0, "temporaryBytes and sharedMemoryBytes must be above 0")
        try check(outputs == nil || limits.outputBytes > 0, "outputs are asked for, and outputBytes is 0")
    }
}
