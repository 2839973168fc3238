import Glibc
import Records

/// Tries a machine's sandbox out: goes over every limit, and attempts to get out.
public enum SelfTest {
    /// The program that the attempts need.
    private static let python = "/usr/bin/python3"

    /// Runs everything; takes some seconds.
    public static func run(in sandbox: Sandbox) async throws(SandboxError) -> SelfTestReport {
        let limits = try await limitTests(sandbox)
        let attempts = try await attempts(sandbox)
        return SelfTestReport(enforced: sandbox.capabilities.enforced, limits: limits, attempts: attempts)
    }

    private static func limitTests(_ sandbox: Sandbox) async throws(SandboxError) -> [SelfTestReport.LimitTest] {
        let usual = SandboxLimits(
            wallSeconds: 30, cpuSeconds: 20, memoryBytes: 256 << 20, processes: 32, outputBytes: 1 << 20, outputFiles: 16)
        let countsMemory = sandbox.capabilities.memory != .addressSpace
        let countsProcesses = sandbox.capabilities.processes != .userLimit
        var memory = usual
        memory.memoryBytes = 64 << 20
        var cpu = usual
        cpu.cpuSeconds = 1
        var wall = usual
        (wall.wallSeconds, wall.graceSeconds) = (0.5, 0)
        // A stream without a newline is one line, which `tail` keeps whole.
        let tests: [(id: String, script: String, limits: SandboxLimits, expected: Set<Verdict>)] = [
            ("memory", "head -c 256M /dev/zero | tail > /dev/null", memory, countsMemory ? [.memoryLimit] : [.runtimeError, .memoryLimit]),
            ("cpu", "while :; do :; done", cpu, [.cpuLimit]),
            (
                "processes", "for i in $(seq 100); do sleep 5 & done; wait", usual,
                countsProcesses ? [.processLimit] : [.runtimeError]
            ),
            ("wall", "sleep 30", wall, [.timeLimit]),
            ("output", "head -c 4M /dev/zero > /output/file", usual, [.outputLimit]),
        ]
        var results: [SelfTestReport.LimitTest] = []
        for test in tests {
            let outcome = try await sandbox.run(SandboxPolicy(command: ["/bin/sh", "-c", test.script], limits: test.limits))
            results.append(.init(id: test.id, verdict: outcome.verdict, held: test.expected.contains(outcome.verdict)))
        }
        return results
    }

    private static func attempts(_ sandbox: Sandbox) async throws(SandboxError) -> [SelfTestReport.Attempt] {
        guard access(python, X_OK) == 0 else {
            return [.init(id: "all", result: .notApplicable, detail: "the attempts need \(python); install it: apt install python3")]
        }
        let canaries = try Canaries(in: sandbox.staging)
        let policy = SandboxPolicy(
            command: [python, "\(EscapeAttempts.folder)/attempts.py"],
            binds: [ReadOnlyBind(host: canaries.folder, inside: EscapeAttempts.folder)],
            limits: SandboxLimits(wallSeconds: 60, cpuSeconds: 30, memoryBytes: 512 << 20, outputBytes: 1 << 20, outputFiles: 16))
        var results: [SelfTestReport.Attempt] = []
        // The first run leaves marks behind; only the second can find them.
        for _ in 0..<2 {
            let outcome = try await sandbox.run(policy)
            guard outcome.verdict == .ok else {
                let detail = "the attempts did not run to their end: \(outcome.verdict.rawValue) \(outcome.standardError.text)"
                return [.init(id: "all", result: .escaped, detail: detail)]
            }
            results = parse(outcome.standardOutput.text)
        }
        let daemon = SelfTestReport.Attempt(
            id: "p_daemon", result: canaries.daemonLives ? .escaped : .blocked, detail: "looked for from outside, after the run")
        return results.map { $0.id == daemon.id ? daemon : $0 }
    }

    /// Reads the attempts' lines; a line that is not understood counts as an escape.
    package static func parse(_ text: String) -> [SelfTestReport.Attempt] {
        text.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let result = SelfTestReport.Result(rawValue: parts[1]) else {
                return .init(id: String(line.prefix(40)), result: .escaped, detail: "an answer that was not understood")
            }
            return .init(id: parts[0], result: result, detail: parts[2])
        }
    }
}
