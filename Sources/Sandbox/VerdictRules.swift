package import Records

/// What was observed about a run, for the verdict.
package struct RunObservation: Sendable {
    /// Why the supervisor killed the sandbox.
    package enum Kill: Sendable { case wall, cpu, memory }

    /// The exit code in bubblewrap's record; `nil` if there is none.
    package var exitCode: Int?
    /// Set where the supervisor killed the sandbox.
    package var kill: Kill?
    /// Processes that the kernel killed for memory.
    package var memoryKills = 0
    /// Processor time of the tree, in seconds.
    package var cpuSeconds: Double?
    /// The processor time allowed, in seconds.
    package var cpuLimit: Double
    /// Whether nothing more fits into `/output`, so that a write failed or would fail.
    package var outputIsFull = false
    /// Forks that were refused for the limit on processes.
    package var refusedForks = 0
    /// Whether outputs were refused, or expected ones are missing.
    package var outputIsWrong = false

    /// Nothing observed yet.
    package init(cpuLimit: Double) {
        self.cpuLimit = cpuLimit
    }
}

/// The verdict on a run: the first rule that holds, in a fixed order.
///
/// The order matters: an exit code of 137 can come from the kernel's memory killer or from the program itself, so counters
/// decide before codes, and codes before signals.
package enum VerdictRules {
    /// The verdict.
    package static func verdict(_ run: RunObservation) -> Verdict {
        // A kill by the supervisor or of the whole group leaves no record; without either the sandbox itself failed.
        if run.exitCode == nil, run.kill == nil, run.memoryKills == 0 { return .infrastructure }
        if run.kill == .wall { return .timeLimit }
        if run.kill == .memory || (run.memoryKills > 0 && run.exitCode != 0) { return .memoryLimit }
        let usedCPU = run.cpuSeconds.map { $0 >= run.cpuLimit } ?? false
        if run.kill == .cpu || usedCPU || run.exitCode == 128 + Signal.cpuTime { return .cpuLimit }
        if run.exitCode == 128 + Signal.fileSize || run.outputIsFull { return .outputLimit }
        guard let code = run.exitCode else { return .infrastructure }
        if run.refusedForks > 0, code != 0 { return .processLimit }
        if code > 128 { return .crash }
        if code != 0 { return .runtimeError }
        return run.outputIsWrong ? .invalidOutput : .ok
    }

    // The same numbers on x86-64 and aarch64.
    private enum Signal {
        static let cpuTime = 24
        static let fileSize = 25
    }
}
