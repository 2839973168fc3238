import FoundationEssentials
import Glibc
import Records
import Sandbox
import Testing

@Suite("What a command sees and leaves behind")
struct ContainmentTests {
    @Test("The environment is the closed list and the caller's names")
    func environment() async throws {
        let sandbox = try await SandboxFixture.sandbox()
        let outcome = try await sandbox.run(
            SandboxPolicy(command: ["/usr/bin/env"], environment: ["OPENBLAS_CORETYPE": "Haswell"], limits: SandboxFixture.quick()))
        let names = Set(outcome.standardOutput.text.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(names == SandboxEnvironment.fixedNames.union(["OPENBLAS_CORETYPE"]))
    }

    @Test("The first process has no environment, and its arguments name no path of the host")
    func firstProcess() async throws {
        let scratch = try ScratchFolder()
        let outcome = try await SandboxFixture.shell(
            "wc -c < /proc/1/environ; tr '\\0' ' ' < /proc/1/cmdline", binds: [ReadOnlyBind(host: scratch.path, inside: "/input")])
        let lines = outcome.standardOutput.text.split(separator: "\n", maxSplits: 1)
        #expect(lines.first == "0")
        #expect(lines.last?.hasPrefix("bwrap --args 3 -- /bin/sh") == true)
        #expect(!outcome.standardOutput.text.contains("concours"))
    }

    @Test("Only standard streams are open, and standard input is at its end")
    func descriptors() async throws {
        let outcome = try await SandboxFixture.shell("cat; ls /proc/self/fd | wc -l; readlink /proc/self/fd/0")
        // 0, 1, 2, and the folder that ls reads.
        #expect(outcome.standardOutput.text == "4\n/dev/null\n")
    }

    @Test("Signals have their usual meaning, whatever the server ignores")
    func signals() async throws {
        let outcome = try await SandboxFixture.shell("grep SigIgn /proc/self/status; grep SigBlk /proc/self/status")
        #expect(outcome.standardOutput.text == "SigIgn:\t0000000000000000\nSigBlk:\t0000000000000000\n")
    }

    @Test("Binds are readable and not writable; the rest of the host is not there")
    func files() async throws {
        let scratch = try ScratchFolder()
        try "case".write(toFile: scratch("image"), atomically: false, encoding: .utf8)
        let outcome = try await SandboxFixture.shell(
            """
            cat /input/image; echo
            touch /input/new 2>/dev/null || echo read-only
            ls -A /
            test -e \(scratch.path) || echo no scratch
            test -e /etc/passwd || echo no passwd
            """, binds: [ReadOnlyBind(host: scratch.path, inside: "/input")])
        let lines = outcome.standardOutput.text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["case", "read-only"])
        #expect(lines.suffix(2) == ["no scratch", "no passwd"])
        let root = Set(lines.dropFirst(2).dropLast(2))
        #expect(
            root.isSubset(of: ["bin", "dev", "etc", "input", "lib", "lib32", "lib64", "libx32", "output", "proc", "sbin", "tmp", "usr"]))
    }

    @Test("The sandbox's user is nobody of the host, and not root inside")
    func identity() async throws {
        let outcome = try await SandboxFixture.shell("id -u; cat /proc/self/uid_map")
        #expect(outcome.standardOutput.text.hasPrefix("1000\n"))
    }

    @Test("/tmp and /dev/shm are bounded")
    func temporaryFiles() async throws {
        var limits = SandboxFixture.quick()
        limits.temporaryBytes = 1 << 20
        limits.sharedMemoryBytes = 1 << 20
        let outcome = try await SandboxFixture.shell(
            "for f in /tmp/x /dev/shm/x; do head -c 4000000 /dev/zero > $f 2>/dev/null; stat -c %s $f; done", limits: limits)
        #expect(outcome.standardOutput.text == "1048576\n1048576\n")
        #expect(outcome.verdict == .ok)
    }

    @Test("A process that left its session and its parents ends with the command", arguments: [true, false])
    func daemon(usesControlGroups: Bool) async throws {
        let name = "concours-test-daemon-\(UInt64.random(in: 0 ... .max))"
        let program = """
            import os
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv("/bin/sleep", ["\(name)", "600"])
                os._exit(0)
            os.wait()
            """
        let outcome = try await SandboxFixture.python(program, usesControlGroups: usesControlGroups)
        #expect(outcome.verdict == .ok)
        #expect(!Self.processLives(name))
    }

    @Test("Nothing is left after a kill for time", arguments: [true, false])
    func nothingAfterKill(usesControlGroups: Bool) async throws {
        let name = "concours-test-child-\(UInt64.random(in: 0 ... .max))"
        var limits = SandboxFixture.quick()
        limits.wallSeconds = 0.5
        limits.graceSeconds = 0
        let program = """
            import os, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            for _ in range(4):
                if os.fork() == 0:
                    os.setsid()
                    os.execv("/bin/sleep", ["\(name)", "600"])
            time.sleep(600)
            """
        let outcome = try await SandboxFixture.python(program, limits: limits, usesControlGroups: usesControlGroups)
        #expect(outcome.verdict == .timeLimit)
        #expect(!Self.processLives(name))
    }

    @Test(
        "When bubblewrap, or the process above it, is killed from outside, the run is infrastructure and nothing is left",
        arguments: [true, false], [1, 2])
    func killedFromOutside(usesControlGroups: Bool, levelsBelowUs: Int) async throws {
        let name = "concours-test-victim-\(UInt64.random(in: 0 ... .max))"
        let sandbox = try await SandboxFixture.sandbox(usesControlGroups: usesControlGroups)
        let run = Task {
            try await sandbox.run(
                SandboxPolicy(
                    command: ["/usr/bin/python3", "-c", "import os; os.execv('/bin/sleep', ['\(name)', '600'])"],
                    limits: SandboxFixture.quick()))
        }
        var line: [Int32] = []
        for _ in 0..<200 where line.isEmpty {
            try await Task.sleep(for: .milliseconds(50))
            line = Self.processes(name).first.map(Self.lineFromUs) ?? []
        }
        let victim = try #require(line.count > levelsBelowUs ? line[levelsBelowUs - 1] : nil)
        kill(victim, SIGKILL)
        let outcome = try await run.value
        #expect(outcome.verdict == .infrastructure)
        #expect(!Self.processLives(name))
    }

    @Test("Threads, process pools, loopback connections and a database work")
    func legitimateWork() async throws {
        let program = """
            import multiprocessing, socket, sqlite3, threading
            total = []
            threads = [threading.Thread(target=lambda n=n: total.append(n)) for n in range(4)]
            [thread.start() for thread in threads]; [thread.join() for thread in threads]
            assert sorted(total) == [0, 1, 2, 3]
            with multiprocessing.Pool(2) as pool:
                assert pool.map(abs, [-1, -2]) == [1, 2]
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            server.accept()[0].send(b"x")
            assert client.recv(1) == b"x"
            database = sqlite3.connect("/output/x.db")
            database.execute("create table t (x)")
            database.commit()
            print("fine")
            """
        let outcome = try await SandboxFixture.python(program)
        #expect(outcome.standardOutput.text == "fine\n", "\(outcome.standardError.text)")
    }

    @Test("Cores set the number of threads, and a run under a share of the processor ends as usual")
    func cores() async throws {
        var limits = SandboxFixture.quick()
        limits.cores = 3
        let outcome = try await SandboxFixture.shell("echo $OMP_NUM_THREADS", limits: limits)
        #expect(outcome.verdict == .ok)
        #expect(outcome.standardOutput.text == "3\n")
    }

    @Test("Cancelling the task kills the run and says so", arguments: [true, false])
    func cancellation(usesControlGroups: Bool) async throws {
        let name = "concours-test-sleeper-\(UInt64.random(in: 0 ... .max))"
        let sandbox = try await SandboxFixture.sandbox(usesControlGroups: usesControlGroups)
        let run = Task {
            try await sandbox.run(
                SandboxPolicy(
                    command: ["/usr/bin/python3", "-c", "import os; os.execv('/bin/sleep', ['\(name)', '600'])"],
                    limits: SandboxFixture.quick()))
        }
        for _ in 0..<200 where !Self.processLives(name) { try await Task.sleep(for: .milliseconds(50)) }
        #expect(Self.processLives(name))
        run.cancel()
        await #expect(throws: SandboxError.cancelled) { try await run.value }
        #expect(!Self.processLives(name))
    }

    @Test("A task that was cancelled before its run starts nothing for long")
    func cancelledBefore() async throws {
        let sandbox = try await SandboxFixture.sandbox()
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await sandbox.run(SandboxPolicy(command: ["/bin/sleep", "600"], limits: SandboxFixture.quick()))
        }
        await #expect(throws: SandboxError.cancelled) { try await run.value }
    }

    @Test("Sandboxes that run at once have different users, none of them root")
    func slotsDiffer() async throws {
        let sandbox = try await SandboxFixture.sandbox()
        guard sandbox.capabilities.identity == .slotUser else { return }
        let name = "concours-test-slot-\(UInt64.random(in: 0 ... .max))"
        let program = "import os; os.execv('/bin/sleep', ['\(name)', '600'])"
        let runs = (0..<4).map { _ in
            Task { try await sandbox.run(SandboxPolicy(command: ["/usr/bin/python3", "-c", program], limits: SandboxFixture.quick())) }
        }
        var users: [Int] = []
        for _ in 0..<200 where users.count < 4 {
            try await Task.sleep(for: .milliseconds(50))
            users = Self.users(ofProcesses: name)
        }
        for run in runs { run.cancel() }
        for run in runs { _ = try? await run.value }
        #expect(users.count == 4)
        #expect(Set(users).count == 4)
        #expect(users.allSatisfy { (20000...20255).contains($0) })
    }

    @Test("A flood of text is cut, counted, and blocks nobody")
    func flood() async throws {
        var limits = SandboxFixture.quick()
        limits.logBytes = 1000
        let outcome = try await SandboxFixture.shell("echo start; head -c 50000000 /dev/zero | tr '\\0' x; echo end", limits: limits)
        #expect(outcome.verdict == .ok)
        #expect(outcome.standardOutput.totalBytes == 50_000_010)
        #expect(outcome.standardOutput.head.count == 1000)
        #expect(outcome.standardOutput.tail.count == 1000)
        #expect(outcome.standardOutput.droppedBytes == 49_998_010)
        #expect(outcome.standardOutput.text.hasPrefix("start\n"))
        #expect(outcome.standardOutput.text.hasSuffix("end\n"))
    }

    @Test("A command that closes its streams, or fills the error stream only, is no trouble")
    func closedStreams() async throws {
        let outcome = try await SandboxFixture.shell("exec >&- 2>&-; exit 0")
        #expect(outcome.verdict == .ok)
        let errors = try await SandboxFixture.shell("head -c 300000 /dev/zero >&2")
        #expect(errors.verdict == .ok)
        #expect(errors.standardError.totalBytes == 300_000)
    }

    @Test("A policy that contradicts itself is refused before anything runs")
    func invalidPolicies() async throws {
        let sandbox = try await SandboxFixture.sandbox()
        func isRefused(_ change: (inout SandboxPolicy) -> Void) async -> Bool {
            var policy = SandboxPolicy(command: ["/bin/true"])
            change(&policy)
            do {
                _ = try await sandbox.run(policy)
                return false
            } catch {
                if case .invalidPolicy = error { return true }
                return false
            }
        }
        #expect(await isRefused { $0.command = [] })
        #expect(await isRefused { $0.workingDirectory = "tmp" })
        #expect(await isRefused { $0.binds = [ReadOnlyBind(host: "/usr", inside: "/input/../proc")] })
        #expect(await isRefused { $0.binds = [ReadOnlyBind(host: "/usr", inside: "/proc/x")] })
        #expect(await isRefused { $0.binds = [ReadOnlyBind(host: "usr", inside: "/input")] })
        #expect(await isRefused { $0.environment = ["PATH": "/x"] })
        #expect(await isRefused { $0.environment = ["A=B": "x"] })
        #expect(await isRefused { $0.limits.memoryBytes = 0 })
        #expect(await isRefused { $0.limits.wallSeconds = .infinity })
        #expect(await isRefused { _ in } == false)
    }

    private static func processLives(_ name: String) -> Bool { !processes(name).isEmpty }

    private static func users(ofProcesses name: String) -> [Int] {
        processes(name).compactMap { process in
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            return status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(separator: "\t").last.flatMap { Int($0) }
        }
    }

    /// The processes from ours (left out) down to one below it.
    private static func lineFromUs(to process: Int32) -> [Int32] {
        var line: [Int32] = []
        var current = process
        while current > 1, current != getpid() {
            line.insert(current, at: 0)
            let status = (try? String(contentsOfFile: "/proc/\(current)/status", encoding: .utf8)) ?? ""
            let parent = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }?.split(separator: "\t").last
            current = parent.flatMap { Int32($0) } ?? 0
        }
        return current == getpid() ? line : []
    }

    private static func processes(_ name: String) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter { process in
            (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8))?.hasPrefix(name) == true
        }
    }
}
