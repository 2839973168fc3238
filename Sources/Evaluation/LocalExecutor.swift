public import Sandbox

/// Carries work out on this machine, in one sandbox a command.
public struct LocalExecutor: Executor {
    private let sandbox: Sandbox

    /// An executor that uses an open sandbox.
    public init(_ sandbox: Sandbox) {
        self.sandbox = sandbox
    }

    /// What this machine enforces, and how.
    public var enforced: [String: String] { sandbox.capabilities.enforced }

    /// Whether each sandbox has a user of its own, as when we are root.
    public var usesAnotherUser: Bool { sandbox.capabilities.identity == .slotUser }

    /// Runs a command and waits for its end.
    public func run(_ policy: SandboxPolicy) async throws(SandboxError) -> SandboxOutcome {
        try await sandbox.run(policy)
    }
}
