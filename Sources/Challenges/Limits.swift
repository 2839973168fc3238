/// What a submission may use for one case.
public struct Limits: Sendable, Equatable {
    /// Elapsed seconds.
    public let wallSeconds: Int
    /// Processor seconds of the whole process tree.
    public let cpuSeconds: Int
    /// Memory of the whole process tree.
    public let memoryBytes: Int
    /// Processes and threads at one time.
    public let processes: Int
    /// Bytes of everything written to the output.
    public let outputBytes: Int

    /// Makes limits.
    public init(wallSeconds: Int, cpuSeconds: Int, memoryBytes: Int, processes: Int, outputBytes: Int) {
        self.wallSeconds = wallSeconds
        self.cpuSeconds = cpuSeconds
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.outputBytes = outputBytes
    }

    /// The limits by name, as the recipe of an evaluation holds them; the names carry the units.
    public var byName: [String: Int] {
        [
            "wallSeconds": wallSeconds, "cpuSeconds": cpuSeconds, "memoryBytes": memoryBytes, "processes": processes,
            "outputBytes": outputBytes,
        ]
    }
}
