import Foundation
import Sandbox
import Testing

@Suite("The self-test of concours doctor")
struct SelfTestTests {
    @Test("Every limit holds and no attempt gets out", arguments: [true, false])
    func isSound(usesControlGroups: Bool) async throws {
        let report = try await SelfTest.run(in: SandboxFixture.sandbox(usesControlGroups: usesControlGroups))
        for limit in report.limits { #expect(limit.held, "\(limit.id): \(limit.verdict)") }
        for attempt in report.attempts { #expect(attempt.result != .escaped, "\(attempt.id): \(attempt.detail)") }
        #expect(report.limits.map(\.id) == ["memory", "cpu", "processes", "wall", "output"])
        #expect(report.attempts.count >= 70)
        #expect(report.attempts.filter { $0.result == .blocked }.count >= 70)
        #expect(report.isSound)
    }

    @Test("The attempts find open doors where there is no sandbox")
    func control() async throws {
        let canaries = try Canaries(in: StagingArea())
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = ["\(canaries.folder)/attempts.py"]
        python.environment = ["PATH": "/usr/bin:/bin", "A_TOKEN": "x"]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        let attempts = SelfTest.parse(text)
        let escaped = Set(attempts.filter { $0.result == .escaped }.map(\.id))
        let open: Set = ["f_secret", "f_sibling", "n_host_tcp", "n_abstract", "n_unixpath", "n_netlink", "p_hostpid", "k_seccomp", "e_env"]
        #expect(escaped.isSuperset(of: open), "\(attempts)")
        // What could do harm is not tried outside.
        #expect(!attempts.contains { ["f_umount", "k_reboot", "p_daemon"].contains($0.id) })
    }

    @Test("A line that is not understood counts as an escape")
    func unreadableLine() {
        let attempts = SelfTest.parse("f_secret\tblocked\tENOENT\nnonsense\n")
        #expect(attempts.map(\.result) == [.blocked, .escaped])
    }

    @Test("Obstacles name what is missing and what to write")
    func obstacles() {
        #expect(SandboxObstacle.bubblewrapMissing.description.contains("apt install bubblewrap"))
        #expect(SandboxObstacle.userNamespacesOff(setting: "a.b=1").description.contains("sysctl -w a.b=1"))
        #expect(SandboxObstacle.appArmor("denied").description.contains("profile bwrap /usr/bin/bwrap"))
        #expect(SandboxError.unavailable(.rootWithoutMountRight).description.contains("CAP_SYS_ADMIN"))
    }
}
