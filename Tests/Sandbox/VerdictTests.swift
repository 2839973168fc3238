import Records
import Sandbox
import Testing

@Suite("Every verdict by a real program")
struct VerdictTests {
    @Test("A command that ends with 0 is ok, and its streams are kept")
    func ok() async throws {
        let outcome = try await SandboxFixture.shell("echo hello; echo problem >&2")
        #expect(outcome.verdict == .ok)
        #expect(outcome.exitCode == 0)
        #expect(outcome.standardOutput.text == "hello\n")
        #expect(outcome.standardError.text == "problem\n")
        #expect(outcome.failure == nil)
    }

    @Test("An exit code is a runtime error", arguments: [1, 2, 127])
    func runtimeError(code: Int) async throws {
        let outcome = try await SandboxFixture.shell("exit \(code)")
        #expect(outcome.verdict == .runtimeError)
        #expect(outcome.exitCode == code)
        #expect(outcome.signal == nil)
    }

    @Test("Exit code 137 without a kill for memory is no memory limit")
    func pretendedMemoryKill() async throws {
        let outcome = try await SandboxFixture.shell("exit 137")
        #expect(outcome.verdict == .crash)
        #expect(outcome.exitCode == 137)
    }

    @Test("A segmentation fault is a crash")
    func crash() async throws {
        let outcome = try await SandboxFixture.shell("kill -SEGV $$")
        #expect(outcome.verdict == .crash)
        #expect(outcome.signal == 11)
    }

    @Test("Sleeping past the wall limit ends in timeLimit with hardly any processor time", arguments: [true, false])
    func timeLimit(usesControlGroups: Bool) async throws {
        var limits = SandboxFixture.quick()
        limits.wallSeconds = 0.5
        limits.graceSeconds = 0.5
        let outcome = try await SandboxFixture.shell("sleep 600", limits: limits, usesControlGroups: usesControlGroups)
        #expect(outcome.verdict == .timeLimit)
        #expect(outcome.usage.wallSeconds >= 1)
        #expect((outcome.usage.cpuSeconds ?? 0) < 0.5)
    }

    @Test("Spinning ends in cpuLimit, also when several processes share the work", arguments: [true, false], [1, 3])
    func cpuLimit(usesControlGroups: Bool, processes: Int) async throws {
        var limits = SandboxFixture.quick()
        limits.cpuSeconds = 1
        let spin = "while :; do :; done"
        let script = String(repeating: "(\(spin)) & ", count: processes - 1) + spin
        let outcome = try await SandboxFixture.shell(script, limits: limits, usesControlGroups: usesControlGroups)
        #expect(outcome.verdict == .cpuLimit)
    }

    @Test("Taking memory ends in memoryLimit where a group counts, and fails inside everywhere")
    func memoryLimit() async throws {
        let enforced = try await SandboxFixture.sandbox().capabilities.memory
        var limits = SandboxFixture.quick()
        limits.memoryBytes = 128 << 20
        let outcome = try await SandboxFixture.python("b = bytearray(512 << 20)\nprint(len(b))", limits: limits)
        #expect(outcome.verdict == (enforced == .addressSpace ? .runtimeError : .memoryLimit))
        #expect(outcome.standardOutput.totalBytes == 0)
    }

    @Test("Without control groups the address space is bounded")
    func memoryWithoutGroups() async throws {
        var limits = SandboxFixture.quick()
        limits.memoryBytes = 128 << 20
        let outcome = try await SandboxFixture.python("b = bytearray(512 << 20)", limits: limits, usesControlGroups: false)
        #expect(outcome.verdict == .runtimeError)
        #expect(outcome.standardError.text.contains("MemoryError"))
    }

    @Test("Without control groups the memory of all processes together is bounded")
    func memoryOfTreeWithoutGroups() async throws {
        var limits = SandboxFixture.quick()
        limits.memoryBytes = 192 << 20
        let program = """
            import os, time
            for _ in range(4): os.fork()
            b = bytearray(100 << 20)
            time.sleep(30)
            """
        let outcome = try await SandboxFixture.python(program, limits: limits, usesControlGroups: false)
        #expect(outcome.verdict == .memoryLimit)
    }

    @Test("Without control groups a memory file cannot get around the limit")
    func memoryFileWithoutGroups() async throws {
        let outcome = try await SandboxFixture.python("import os; os.memfd_create('x')", usesControlGroups: false)
        #expect(outcome.verdict == .runtimeError)
        #expect(outcome.standardError.text.contains("PermissionError"))
    }

    @Test("A child killed for memory, and exit code 0: ok with a warning")
    func childKilledForMemory() async throws {
        guard try await SandboxFixture.sandbox().capabilities.memory == .groupV1 else { return }
        var limits = SandboxFixture.quick()
        limits.memoryBytes = 128 << 20
        let program = """
            import os
            child = os.fork()
            if child == 0:
                bytearray(512 << 20)
                os._exit(0)
            os.waitpid(child, 0)
            """
        let outcome = try await SandboxFixture.python(program, limits: limits)
        #expect(outcome.verdict == .ok)
        #expect(outcome.warnings.count == 1)
    }

    @Test("A fork bomb is bounded; where a group counts, its verdict is processLimit", arguments: [true, false])
    func processLimit(usesControlGroups: Bool) async throws {
        let enforced = try await SandboxFixture.sandbox(usesControlGroups: usesControlGroups).capabilities.processes
        var limits = SandboxFixture.quick()
        limits.processes = 16
        let program = """
            import os, sys, time
            made = 0
            try:
                for _ in range(400):
                    if os.fork() == 0:
                        time.sleep(60)
                        os._exit(0)
                    made += 1
            except OSError:
                print(made, flush=True)
                os._exit(3)
            """
        let outcome = try await SandboxFixture.python(program, limits: limits, usesControlGroups: usesControlGroups)
        #expect(outcome.verdict == (enforced == .userLimit ? .runtimeError : .processLimit))
        let made = try #require(Int(outcome.standardOutput.text.trimmingWhitespace()))
        #expect((8...16).contains(made))
    }

    @Test("A full output is outputLimit, by bytes and by files", arguments: [true, false])
    func outputLimit(usesControlGroups: Bool) async throws {
        var limits = SandboxFixture.quick()
        limits.outputBytes = 1 << 20
        limits.outputFiles = 16
        let bytes = try await SandboxFixture.shell(
            "head -c 2000000 /dev/zero > /output/x", limits: limits, usesControlGroups: usesControlGroups)
        #expect(bytes.verdict == .outputLimit)
        let oneByte = try await SandboxFixture.shell(
            "head -c 1048577 /dev/zero > /output/x", limits: limits, usesControlGroups: usesControlGroups)
        #expect(oneByte.verdict == .outputLimit)
        let files = try await SandboxFixture.shell(
            "for i in $(seq 40); do : > /output/$i || exit 4; done", limits: limits, usesControlGroups: usesControlGroups)
        #expect(files.verdict == .outputLimit)
    }

    @Test("An output that just fits is ok")
    func outputThatFits() async throws {
        var limits = SandboxFixture.quick()
        limits.outputBytes = 1 << 20
        limits.outputFiles = 16
        let outcome = try await SandboxFixture.shell(
            "head -c 1048576 /dev/zero > /output/x && for i in $(seq 15); do : > /output/$i || exit 4; done", limits: limits)
        #expect(outcome.verdict == .ok)
    }

    @Test("A bind that is missing on the host is infrastructure, not the team's fault, and says nothing to the team")
    func infrastructure() async throws {
        let outcome = try await SandboxFixture.shell(
            "exit 0", binds: [ReadOnlyBind(host: "/var/tmp/there-is-no-such-file", inside: "/input")])
        #expect(outcome.verdict == .infrastructure)
        #expect(outcome.standardError.totalBytes == 0)
        guard case .setUp(let text) = outcome.failure else {
            Issue.record("no failure")
            return
        }
        #expect(text.contains("there-is-no-such-file"))
    }

    @Test("A command that cannot be executed is told from a sandbox that cannot be built")
    func commandMissing() async throws {
        let outcome = try await SandboxFixture.sandbox().run(SandboxPolicy(command: ["/opt/no-such-program"]))
        #expect(outcome.verdict == .infrastructure)
        guard case .commandNotExecutable = outcome.failure else {
            Issue.record("\(String(describing: outcome.failure))")
            return
        }
    }

    @Test("The order of rules decides: counters before codes, codes before signals")
    func orderOfRules() {
        var run = RunObservation(cpuLimit: 10)
        #expect(VerdictRules.verdict(run) == .infrastructure)
        run.kill = .wall
        #expect(VerdictRules.verdict(run) == .timeLimit)
        run.memoryKills = 1
        #expect(VerdictRules.verdict(run) == .timeLimit)
        run.kill = nil
        #expect(VerdictRules.verdict(run) == .memoryLimit)
        run.exitCode = 0
        #expect(VerdictRules.verdict(run) == .ok)
        run.cpuSeconds = 10
        #expect(VerdictRules.verdict(run) == .cpuLimit)
        run.cpuSeconds = 1
        run.outputIsFull = true
        #expect(VerdictRules.verdict(run) == .outputLimit)
        run.outputIsFull = false
        run.refusedForks = 1
        #expect(VerdictRules.verdict(run) == .ok)
        run.memoryKills = 0
        run.exitCode = 1
        #expect(VerdictRules.verdict(run) == .processLimit)
        run.refusedForks = 0
        #expect(VerdictRules.verdict(run) == .runtimeError)
        run.exitCode = 139
        #expect(VerdictRules.verdict(run) == .crash)
        run.exitCode = 152
        #expect(VerdictRules.verdict(run) == .cpuLimit)
        run.exitCode = 153
        #expect(VerdictRules.verdict(run) == .outputLimit)
        run.exitCode = 0
        run.outputIsWrong = true
        #expect(VerdictRules.verdict(run) == .invalidOutput)
    }
}

extension String {
    fileprivate func trimmingWhitespace() -> String { String(filter { !$0.isWhitespace }) }
}
