import Records

/// Runs commands of strangers.
///
/// Each run has namespaces of its own, a system call filter, limits, an empty environment, and, where we are root, a user of its own;
/// the mechanism is bubblewrap, never started by root. Values of this type can be shared and used for several runs at once.
public struct Sandbox: Sendable {
    /// What this machine enforces limits with.
    public let capabilities: Capabilities
    /// Where sandboxes read from; folders for binds are made here.
    public let staging: StagingArea
    private let slots: SlotAllocator

    /// Looks at the machine and makes a trial run.
    /// - Throws: `SandboxError.unavailable` with the obstacle and its remedy where the machine gives no sandbox.
    public static func open(
        staging: StagingArea? = nil, slots: SlotAllocator = SlotAllocator(), usesControlGroups: Bool = true
    ) async throws(SandboxError) -> Sandbox {
        let capabilities = try Capabilities.detect(usesControlGroups: usesControlGroups)
        let area: StagingArea
        if let staging { area = staging } else { area = try StagingArea() }
        let sandbox = Sandbox(capabilities: capabilities, staging: area, slots: slots)
        let outcome = try await sandbox.run(SandboxPolicy(command: ["/bin/sh", "-c", "exit 0"]))
        guard outcome.verdict == .ok else {
            let message: String
            switch outcome.failure {
            case .setUp(let text), .commandNotExecutable(let text): message = text
            case nil: message = "a command that does nothing ended with \(outcome.verdict.rawValue)"
            }
            throw .unavailable(.behind(message))
        }
        return sandbox
    }

    /// Runs a command and waits for its end, without blocking the caller's thread.
    ///
    /// Whatever happens inside, also a failure to build the sandbox, is an outcome with a verdict. Cancelling the task kills the run.
    /// - Throws: `invalidPolicy` before anything is started, `noFreeSlot`, `cancelled`, `system` where our own folders fail.
    public func run(_ policy: SandboxPolicy) async throws(SandboxError) -> SandboxOutcome {
        try policy.validate()
        let cancel = try CancelSignal()
        let result: Result<SandboxOutcome, SandboxError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(SandboxError) {
                    try SupervisorThread.start {
                        continuation.resume(returning: runOnThisThread(policy, cancel))
                    }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            cancel.set()
        }
        return try result.get()
    }

    private func runOnThisThread(_ policy: SandboxPolicy, _ cancel: CancelSignal) -> Result<SandboxOutcome, SandboxError> {
        do throws(SandboxError) {
            guard capabilities.identity == .slotUser else {
                return .success(try Supervisor.run(policy, capabilities, outputFolder: staging.outputFolder, user: nil, cancel: cancel))
            }
            let slot = try slots.acquire()
            try policy.work?.hand(to: UInt32(slot.user))
            // Whatever happened, the folder is the caller's again and holds nothing that acts with the caller's rights.
            defer { policy.work?.takeBack() }
            let outcome = try Supervisor.run(
                policy, capabilities, outputFolder: staging.outputFolder, user: slot.user, cancel: cancel)
            // The user stays ours until everything of the run is gone.
            _ = consume slot
            return .success(outcome)
        } catch {
            return .failure(error)
        }
    }
}
