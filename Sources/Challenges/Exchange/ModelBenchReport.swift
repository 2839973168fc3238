/// What running one network costs, as the runner measured it.
public struct ModelBenchReport: Sendable, Codable, Equatable {
    /// Wall time of a run, the median.
    public var wallSecondsPerRun: Double
    /// Processor time of a run over all threads, the mean.
    public var cpuSecondsPerRun: Double
    /// From the network's bytes to the end of the first run: reading, checking, preparing weights, running.
    public var firstOutputSeconds: Double
    /// The most memory that the process has held.
    public var peakMemoryBytes: Int
    /// What the plan of a run holds for activations; `nil` where extents follow from values, so that there is none.
    public var activationBytes: Int?
    /// The vector instructions that were used: `avx512`, `avx2` or `baseline`.
    public var isa: String
    /// How convolutions of 3 x 3 were computed: `winograd4`, `winograd2` or `direct`.
    public var convolutions: String
    /// The number of threads.
    public var threads: Int

    /// Makes a report.
    public init(
        wallSecondsPerRun: Double, cpuSecondsPerRun: Double, firstOutputSeconds: Double, peakMemoryBytes: Int, activationBytes: Int?,
        isa: String, threads: Int, convolutions: String
    ) {
        self.wallSecondsPerRun = wallSecondsPerRun
        self.cpuSecondsPerRun = cpuSecondsPerRun
        self.firstOutputSeconds = firstOutputSeconds
        self.peakMemoryBytes = peakMemoryBytes
        self.activationBytes = activationBytes
        self.isa = isa
        self.threads = threads
        self.convolutions = convolutions
    }
}
