public import Sandbox

/// Where sandboxed work is carried out: this machine, or a cluster that starts the same sandbox on its nodes.
public protocol Executor: Sendable {
    /// Which mechanism enforces which limit, for the record.
    var enforced: [String: String] { get }

    /// Whether commands run as a user other than this process's, who may reach less on the host.
    var usesAnotherUser: Bool { get }

    /// Carries out one command under its policy.
    func run(_ policy: SandboxPolicy) async throws(SandboxError) -> SandboxOutcome
}
