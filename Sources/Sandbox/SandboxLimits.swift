/// What one sandboxed run may use.
public struct SandboxLimits: Sendable, Hashable, Codable {
    /// Elapsed time from the start of the sandbox to its end, in seconds of the monotonic clock.
    public var wallSeconds: Double
    /// Time past `wallSeconds` after which the sandbox is killed; pays for set-up and tear-down.
    public var graceSeconds: Double
    /// Processor time of the whole process tree, in seconds.
    public var cpuSeconds: Double
    /// Memory of the whole process tree with its temporary files and outputs, in bytes; no swap on top.
    public var memoryBytes: Int
    /// Processes and threads at the same time.
    public var processes: Int
    /// Processor cores' worth of time; `nil` leaves it open. Sets `OMP_NUM_THREADS` too.
    public var cores: Int?
    /// Everything in `/output` together, in bytes; 0 gives no `/output`.
    public var outputBytes: Int
    /// Files and folders in `/output`.
    public var outputFiles: Int
    /// What is kept of standard output, and again of standard error: this much of the start and this much of the end, in bytes.
    public var logBytes: Int
    /// Size of `/tmp`, in bytes.
    public var temporaryBytes: Int
    /// Size of `/dev/shm`, in bytes.
    public var sharedMemoryBytes: Int

    /// Makes limits; the defaults are those of a small case.
    public init(
        wallSeconds: Double = 60, graceSeconds: Double = 1, cpuSeconds: Double = 60, memoryBytes: Int = 2 << 30, processes: Int = 64,
        cores: Int? = nil, outputBytes: Int = 256 << 20, outputFiles: Int = 1024, logBytes: Int = 64 << 10,
        temporaryBytes: Int = 64 << 20, sharedMemoryBytes: Int = 16 << 20
    ) {
        self.wallSeconds = wallSeconds
        self.graceSeconds = graceSeconds
        self.cpuSeconds = cpuSeconds
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.cores = cores
        self.outputBytes = outputBytes
        self.outputFiles = outputFiles
        self.logBytes = logBytes
        self.temporaryBytes = temporaryBytes
        self.sharedMemoryBytes = sharedMemoryBytes
    }
}
