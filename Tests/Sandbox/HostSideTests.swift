import FoundationEssentials
import Glibc
import Records
import Sandbox
import Testing

@Suite("Logs, slots, staging and control groups on the host's side")
struct HostSideTests {
    @Test("A log for people has no control characters, no sequences, no direction changes")
    func harmlessText() {
        #expect(HarmlessText.of(Array("a\u{1B}[31mred\u{1B}[0m b\u{07}\u{0}\tc\n".utf8)) == "ared b\tc\n")
        #expect(HarmlessText.of(Array("x\u{1B}]0;title\u{07}y\u{1B}]8;;http://a\u{1B}\\z".utf8)) == "xyz")
        #expect(HarmlessText.of(Array("a\u{9B}31mb\u{202E}c\u{2066}d\u{7F}".utf8)) == "a31mbcd")
        #expect(HarmlessText.of([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(HarmlessText.of(Array("cut off \u{1B}".utf8)) == "cut off ")
        #expect(HarmlessText.of(Array("\u{1B}[".utf8)) == "")
        #expect(HarmlessText.of(Array("Zelle µm ✓".utf8)) == "Zelle µm ✓")
        #expect(HarmlessText.name([0x1B, 0x5B, 0x41, 0xFF]) == "\\x1b[A\\xff")
    }

    @Test("A log keeps head and tail and counts the rest", arguments: [1, 3, 7, 100])
    func capturedLog(step: Int) {
        var log = CapturedLog(limit: 10)
        let text = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        for start in stride(from: 0, to: text.count, by: step) {
            log.append(Array(text[start..<min(start + step, text.count)]))
        }
        #expect(log.totalBytes == 36)
        #expect(log.head == Array("abcdefghij".utf8))
        #expect(log.tail.suffix(10).elementsEqual("0123456789".utf8))
    }

    @Test("A short log is whole, without a mark")
    func shortLog() {
        var log = CapturedLog(limit: 10)
        log.append(Array("0123456789abcde".utf8))
        #expect(log.text == "0123456789abcde")
        #expect(log.droppedBytes == 0)
    }

    @Test("When all slots are taken, also by another process, a further run is refused; a free one is used again")
    func slotsRunOut() async throws {
        guard geteuid() == 0 else { return }
        let scratch = try ScratchFolder()
        let sandbox = try await Sandbox.open(slots: SlotAllocator(users: 20300...20300, lockFolder: scratch("slots")))
        let policy = SandboxPolicy(command: ["/bin/true"])
        let other = open(scratch("slots/20300"), O_RDWR | O_CLOEXEC)
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        await #expect(throws: SandboxError.noFreeSlot(20300...20300)) { try await sandbox.run(policy) }
        flock(other, LOCK_UN)
        close(other)
        #expect(try await sandbox.run(policy).verdict == .ok)
    }

    @Test("A lock folder that others can write is refused")
    func lockFolder() async throws {
        guard geteuid() == 0 else { return }
        let scratch = try ScratchFolder()
        let folder = scratch("slots")
        mkdir(folder, 0o777)
        chmod(folder, 0o777)
        await #expect(throws: SandboxError.self) { try await Sandbox.open(slots: SlotAllocator(lockFolder: folder)) }
    }

    @Test("A staging area is passable and not listable, and goes away with its value")
    func staging() throws {
        let scratch = try ScratchFolder()
        var area: StagingArea? = try StagingArea(base: scratch.path)
        let path = try #require(area?.path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o711)
        let folder = try #require(try area?.makeFolder())
        try "x".write(toFile: scratch("file"), atomically: false, encoding: .utf8)
        chmod(scratch("file"), 0o600)
        try area?.copy(file: scratch("file"), into: folder, as: "case")
        #expect(stat("\(folder)/case", &status) == 0 && status.st_mode & 0o777 == 0o644)
        area = nil
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["file"])
    }

    @Test("Removing an area removes links, and nothing that they lead to")
    func removalStaysInside() throws {
        let scratch = try ScratchFolder()
        let target = try ScratchFolder()
        try "x".write(toFile: target("file"), atomically: false, encoding: .utf8)
        chmod(target.path, 0o755)
        do {
            let area = try StagingArea(base: scratch.path)
            let folder = try area.makeFolder()
            symlink(target.path, "\(folder)/folder")
            symlink(target("file"), "\(folder)/file")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
        #expect(FileManager.default.fileExists(atPath: target("file")))
        var status = stat()
        #expect(stat(target.path, &status) == 0 && status.st_mode & 0o777 == 0o755)
    }

    @Test("An area that a killed process left is removed by the next; a living one stays")
    func staleStaging() throws {
        let scratch = try ScratchFolder()
        let living = try StagingArea(base: scratch.path)
        let stale = "concours-0123456789abcdef"
        mkdir(scratch(stale), 0o711)
        try "x".write(toFile: scratch("\(stale)/file"), atomically: false, encoding: .utf8)
        try "".write(toFile: scratch("\(stale).lock"), atomically: false, encoding: .utf8)
        try "".write(toFile: scratch("concours-notes.lock"), atomically: false, encoding: .utf8)
        let next = try StagingArea(base: scratch.path)
        #expect(!FileManager.default.fileExists(atPath: scratch(stale)))
        #expect(!FileManager.default.fileExists(atPath: scratch("\(stale).lock")))
        #expect(FileManager.default.fileExists(atPath: scratch("concours-notes.lock")))
        #expect(FileManager.default.fileExists(atPath: living.path))
        #expect(FileManager.default.fileExists(atPath: next.path))
    }

    @Test("Control groups are found on hybrid, pure and delegated machines, and behind a container's mounts")
    func groupPlaces() {
        let hybrid = ControlGroupPlaces(
            groups: "8:pids:/\n4:memory:/job/a\n3:cpu,cpuacct:/x\n0::/\n",
            mounts: """
                35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:3 - cgroup cgroup rw,pids
                40 31 0:37 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
                41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                """)
        #expect(hybrid.versionOne("memory") == "/sys/fs/cgroup/memory/job/a")
        #expect(hybrid.versionOne("pids") == "/sys/fs/cgroup/pids")
        #expect(hybrid.versionOne("cpu") == "/sys/fs/cgroup/cpu,cpuacct/x")
        #expect(hybrid.versionOne("cpuset") == nil)
        #expect(hybrid.versionTwoCandidates == ["/sys/fs/cgroup/unified"])
        let delegated = ControlGroupPlaces(
            groups: "0::/system.slice/concours.service/main\n",
            mounts: "41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n")
        #expect(
            delegated.versionTwoCandidates == [
                "/sys/fs/cgroup/system.slice/concours.service/main", "/sys/fs/cgroup/system.slice/concours.service",
            ])
        let container = ControlGroupPlaces(
            groups: "4:memory:/docker/abc/inner\n",
            mounts: "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")
        #expect(container.versionOne("memory") == "/sys/fs/cgroup/memory/inner")
        #expect(ControlGroupPlaces(groups: "nonsense", mounts: "nonsense").versionTwoCandidates.isEmpty)
    }

    @Test("The report names a mechanism for every limit")
    func enforced() throws {
        let capabilities = try Capabilities.detect()
        for limit in ["memory", "cpu", "processes", "wall", "output", "network", "syscalls", "identity"] {
            #expect(capabilities.enforced[limit]?.isEmpty == false)
        }
        #expect(try Capabilities.detect(usesControlGroups: false).memory == .addressSpace)
    }
}
