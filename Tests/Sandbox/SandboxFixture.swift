import FoundationEssentials
import Sandbox
import Testing

/// The sandboxes of the tests: with the control groups of this machine (if any), or as on a machine without them.
enum SandboxFixture {
    /// A new one for each test: the end of the last use removes its folders.
    static func sandbox(usesControlGroups: Bool = true) async throws -> Sandbox {
        try await Sandbox.open(usesControlGroups: usesControlGroups)
    }

    /// Runs a shell script.
    static func shell(
        _ script: String, limits: SandboxLimits = quick(), binds: [ReadOnlyBind] = [], outputs: OutputRules? = nil,
        usesControlGroups: Bool = true
    ) async throws -> SandboxOutcome {
        try await sandbox(usesControlGroups: usesControlGroups).run(
            SandboxPolicy(command: ["/bin/sh", "-c", script], binds: binds, limits: limits, outputs: outputs))
    }

    /// Runs a Python program.
    static func python(
        _ program: String, limits: SandboxLimits = quick(), binds: [ReadOnlyBind] = [], outputs: OutputRules? = nil,
        usesControlGroups: Bool = true
    ) async throws -> SandboxOutcome {
        try await sandbox(usesControlGroups: usesControlGroups).run(
            SandboxPolicy(command: ["/usr/bin/python3", "-c", program], binds: binds, limits: limits, outputs: outputs))
    }

    /// Limits for programs that should end by themselves, wide enough for a busy machine.
    static func quick() -> SandboxLimits {
        SandboxLimits(wallSeconds: 60, cpuSeconds: 30, memoryBytes: 1 << 30, processes: 32, outputBytes: 8 << 20, outputFiles: 64)
    }
}

/// A folder for one test, removed with the value.
final class ScratchFolder {
    let path: String

    init() throws {
        path = "/var/tmp/concours-test-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    // Only removed, never changed: a change of mode would follow the symbolic links that tests put here, out of the folder.
    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
}
