public import Records

/// How a sandboxed command ended.
public struct SandboxOutcome: Sendable {
    /// The verdict, decided in the order of `VerdictRules`.
    public var verdict: Verdict
    /// What the command returned; 128 + n where signal n ended it. `nil` where it never ran or was killed by the supervisor.
    public var exitCode: Int?
    /// The signal that an exit code above 128 stands for; a command can also return such a code by itself.
    public var signal: Int?
    /// Time, processor time and memory of the whole process tree.
    public var usage: UsageRecord
    /// Standard output, its start and end.
    public var standardOutput: CapturedLog
    /// Standard error, its start and end.
    public var standardError: CapturedLog
    /// What was noticed and did not decide the verdict.
    public var warnings: [String]
    /// The files that were taken from `/output`, by path.
    public var files: [CopiedFile]
    /// What in `/output` was not taken, and why. With a refusal no file is taken.
    public var refusals: [CopyRefusal]
    /// Why there was no proper run, for the operator (may name paths of the host); only with the verdict `infrastructure`.
    public var failure: SandboxFailure?

    /// Makes an outcome of its parts.
    public init(
        verdict: Verdict, exitCode: Int?, signal: Int?, usage: UsageRecord, standardOutput: CapturedLog, standardError: CapturedLog,
        warnings: [String] = [], files: [CopiedFile] = [], refusals: [CopyRefusal] = [], failure: SandboxFailure? = nil
    ) {
        self.verdict = verdict
        self.exitCode = exitCode
        self.signal = signal
        self.usage = usage
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.warnings = warnings
        self.files = files
        self.refusals = refusals
        self.failure = failure
    }
}

/// Why a command never ran.
public enum SandboxFailure: Sendable, Equatable {
    /// The sandbox stood, and the command could not be executed: a wrong name, no permission, a missing loader.
    case commandNotExecutable(String)
    /// The sandbox could not be built, or was lost.
    case setUp(String)
}
