import Foundation
import Records
import Sandbox
import Testing

@Suite("The folder that outlives a sandbox")
struct WritableBindTests {
    private func run(_ script: String, _ folder: String) async throws -> SandboxOutcome {
        try await SandboxFixture.sandbox().run(
            SandboxPolicy(
                command: ["/bin/sh", "-c", script], limits: SandboxFixture.quick(), work: WritableBind(host: folder)))
    }

    @Test("A second sandbox goes on with what the first one wrote, and at the end it is the caller's")
    func kept() async throws {
        let scratch = try ScratchFolder()
        let first = try await run("mkdir /state/a && echo one > /state/a/b", scratch.path)
        #expect(first.verdict == .ok)
        let second = try await run("echo two >> /state/a/b", scratch.path)
        #expect(second.verdict == .ok)
        #expect(try String(contentsOfFile: scratch("a/b"), encoding: .utf8) == "one\ntwo\n")
        var status = stat()
        #expect(stat(scratch("a/b"), &status) == 0 && status.st_uid == geteuid())
    }

    @Test("A link that a command leaves there gives it nothing of the host")
    func links() async throws {
        let scratch = try ScratchFolder()
        let target = try ScratchFolder()
        try Data("host".utf8).write(to: URL(fileURLWithPath: target("secret")))
        chmod(target("secret"), 0o600)
        var before = stat()
        #expect(stat(target("secret"), &before) == 0)
        _ = try await run("ln -s \(target.path) /state/folder; ln -s \(target("secret")) /state/file; chmod 4777 /state", scratch.path)
        let second = try await run("cat /state/file /state/folder/secret", scratch.path)
        #expect(second.verdict == .runtimeError)
        var after = stat()
        #expect(stat(target("secret"), &after) == 0)
        #expect(after.st_uid == before.st_uid && after.st_mode == before.st_mode)
    }

    @Test("Only an absolute folder of the host is bound")
    func paths() async throws {
        for host in ["relative", "/", "/a\0b"] {
            await #expect(throws: SandboxError.self) { try await run("true", host) }
        }
    }
}
