import CSandbox
import Glibc
import Records

/// Runs one command from launch to verdict, on the thread that calls it.
enum Supervisor {
    /// Runs a command; what goes wrong before it starts is an outcome too.
    static func run(
        _ policy: SandboxPolicy, _ capabilities: Capabilities, outputFolder: String, user: Int?, cancel: CancelSignal
    ) throws(SandboxError) -> SandboxOutcome {
        let result: SandboxOutcome?
        do throws(SystemFailure) {
            result = try supervise(policy, capabilities, outputFolder: outputFolder, user: user, cancel: cancel)
        } catch {
            return failed(policy, "starting the sandbox: \(SystemErrorText.describe(error.number))")
        }
        guard let result else { throw .cancelled }
        return result
    }

    /// The steps of a run; `nil` if it was cancelled.
    private static func supervise(
        _ policy: SandboxPolicy, _ capabilities: Capabilities, outputFolder: String, user: Int?, cancel: CancelSignal
    ) throws(SystemFailure) -> SandboxOutcome? {
        let name = "\(ControlGroupParents.namePrefix)\(getpid())-\(RandomName.make())"
        let group = try ControlGroup(below: capabilities.groups, name: name, limits: policy.limits)
        let launch = try Launch(policy, capabilities, outputFolder: outputFolder, user: user, joinFiles: group.joinFiles)
        var watch = Watch(launch, limits: policy.limits, capabilities)
        watch.waitForEnd(group, cancel)
        return watch.isCancelled ? nil : outcome(policy, watch, group)
    }

    private static func outcome(_ policy: SandboxPolicy, _ watch: borrowing Watch, _ group: borrowing ControlGroup) -> SandboxOutcome {
        var observation = RunObservation(cpuLimit: policy.limits.cpuSeconds)
        observation.exitCode = BubblewrapArguments.exitCode(inStatus: watch.statusText)
        observation.kill = watch.kill
        observation.memoryKills = group.memoryKills ?? 0
        observation.refusedForks = group.refusedForks ?? 0
        observation.cpuSeconds = group.cpuSeconds ?? watch.reaperCPUSeconds
        observation.outputIsFull = watch.outputIsFull
        let usage = UsageRecord(
            wallSeconds: watch.wallSeconds, cpuSeconds: observation.cpuSeconds, peakMemoryBytes: group.peakMemoryBytes ?? watch.peakBytes)
        var outcome = SandboxOutcome(
            verdict: VerdictRules.verdict(observation), exitCode: observation.exitCode,
            signal: observation.exitCode.flatMap { $0 > 128 ? $0 - 128 : nil }, usage: usage,
            standardOutput: watch.standardOutputLog, standardError: watch.standardErrorLog)
        if observation.memoryKills > 0, observation.exitCode == 0 {
            outcome.warnings.append("a process of the command was killed for memory, and the command still ended with 0")
        }
        if !watch.isGone || !group.isEmpty {
            // Nothing of an unfinished run may be looked at: it could still change.
            outcome.verdict = .infrastructure
            outcome.failure = .setUp("a process of the sandbox could not be killed")
            return outcome
        }
        if outcome.verdict == .infrastructure {
            // The program never ran, so what stands there is bubblewrap's, and names paths of the host.
            outcome.failure = failure(watch)
            outcome.standardError = CapturedLog(limit: 0)
            return outcome
        }
        if outcome.verdict == .ok, let rules = policy.outputs {
            do throws(SafeCopyError) {
                (outcome.files, outcome.refusals) = try watch.collect(rules, policy.limits)
            } catch {
                outcome.verdict = .infrastructure
                outcome.failure = .setUp("taking the outputs: \(error)")
                return outcome
            }
            observation.outputIsWrong = !outcome.refusals.isEmpty
            outcome.verdict = VerdictRules.verdict(observation)
        }
        return outcome
    }

    private static func failure(_ watch: borrowing Watch) -> SandboxFailure {
        if let step = watch.failedStep { return .setUp(step) }
        let text = watch.standardErrorLog.text.split(separator: "\n").map(String.init)
        if let line = text.last(where: { $0.hasPrefix("bwrap: execvp ") }) { return .commandNotExecutable(String(line.dropFirst(7))) }
        return .setUp(text.isEmpty ? "bubblewrap ended without a word; it may have been killed" : text.joined(separator: "; "))
    }

    private static func failed(_ policy: SandboxPolicy, _ message: String) -> SandboxOutcome {
        SandboxOutcome(
            verdict: .infrastructure, exitCode: nil, signal: nil,
            usage: UsageRecord(wallSeconds: 0, cpuSeconds: nil, peakMemoryBytes: nil),
            standardOutput: CapturedLog(limit: 0), standardError: CapturedLog(limit: 0), failure: .setUp(message))
    }
}
