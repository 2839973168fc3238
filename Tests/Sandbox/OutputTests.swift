import FoundationEssentials
import Records
import Sandbox
import Testing

@Suite("What is taken from /output")
struct OutputTests {
    private func run(_ program: String, _ scratch: ScratchFolder, expected: [String] = ["labels.tif"], allowed: [String] = [])
        async throws -> SandboxOutcome
    {
        try await SandboxFixture.python(
            program, outputs: OutputRules(expected: expected, allowed: allowed, destination: scratch("result")))
    }

    @Test("Expected and allowed files are taken, with their folders")
    func taken() async throws {
        let scratch = try ScratchFolder()
        let program = """
            import os
            os.makedirs("/output/images/a")
            open("/output/labels.tif", "w").write("labels")
            open("/output/images/a/one.tif", "w").write("1")
            """
        let outcome = try await run(program, scratch, allowed: ["images/*/*.tif"])
        #expect(outcome.verdict == .ok)
        #expect(Set(outcome.files) == [CopiedFile(path: "labels.tif", bytes: 6), CopiedFile(path: "images/a/one.tif", bytes: 1)])
        #expect(try String(contentsOfFile: scratch("result/labels.tif"), encoding: .utf8) == "labels")
        #expect(FileManager.default.fileExists(atPath: scratch("result/images/a/one.tif")))
    }

    @Test("A missing file is invalidOutput, named, and nothing is taken")
    func missing() async throws {
        let scratch = try ScratchFolder()
        let outcome = try await run("open('/output/other.tif', 'w')", scratch)
        #expect(outcome.verdict == .invalidOutput)
        #expect(
            Set(outcome.refusals) == [
                CopyRefusal(path: "labels.tif", reason: .missing), CopyRefusal(path: "other.tif", reason: .notExpected),
            ])
        #expect(outcome.files.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test(
        "Hostile outputs are refused, each with its reason",
        arguments: [
            ("os.symlink('/etc/passwd', 'labels.tif')", "labels.tif", CopyRefusal.Reason.symbolicLink),
            ("os.symlink('labels.tif', 'labels.tif')", "labels.tif", .symbolicLink),
            ("os.symlink('/proc/self/fd/0', 'labels.tif')", "labels.tif", .symbolicLink),
            ("open('x', 'w'); os.link('x', 'labels.tif')", "labels.tif", .hardLink),
            ("socket.socket(socket.AF_UNIX).bind('labels.tif')", "labels.tif", .socket),
            ("os.truncate(os.open('labels.tif', os.O_CREAT | os.O_WRONLY), 8 << 20 | 1)", "labels.tif", .fileTooLarge),
            ("open('labels.tif', 'w'); os.chmod('labels.tif', 0)", "labels.tif", .unreadable),
            ("open('labels.tif', 'w'); os.chmod('labels.tif', 0o4755)", "labels.tif", .setUserID),
            ("os.mkdir('labels.tif')", "labels.tif", .notExpected),
            ("open(b'\\x1b[2Jx.tif', 'w')", "\\x1b[2Jx.tif", .nameNotText),
            ("open(b'\\xff\\xfe.tif', 'w')", "\\xff\\xfe.tif", .nameNotText),
            ("open('new\\nline.tif', 'w')", "new\\x0aline.tif", .nameNotText),
            ("open('\\u202efit.tif', 'w')", "\\xe2\\x80\\xaefit.tif", .nameNotText),
            ("open('n' * 240, 'w')", String(repeating: "n", count: 200) + "…", .nameTooLong),
            ("os.makedirs('d/' * 40)", "d", .notExpected),
            ("open('metrics.json', 'w')", "metrics.json", .notExpected),
        ])
    func hostile(make: String, path: String, reason: CopyRefusal.Reason) async throws {
        let scratch = try ScratchFolder()
        let outcome = try await run("import os, socket\nos.chdir('/output')\n\(make)", scratch, allowed: ["*/nothing"])
        #expect(outcome.verdict == .invalidOutput)
        // `allowed` lets folders in, so that they are looked into; the deep one is refused one level down.
        let wanted = path == "d" ? CopyRefusal(path: "d/d", reason: .notExpected) : CopyRefusal(path: path, reason: reason)
        if path == "labels.tif", make.hasPrefix("os.mkdir") {
            #expect(outcome.refusals == [CopyRefusal(path: "labels.tif", reason: .missing)])
        } else {
            #expect(outcome.refusals.contains { $0.path == wanted.path && $0.reason == wanted.reason }, "\(outcome.refusals)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test("A large file without content is refused by its size; a tebibyte is not even made")
    func sparse() async throws {
        let scratch = try ScratchFolder()
        // A hole needs no room. A larger one is stopped by the process's limit on the size of a file.
        let outcome = try await run("open('/output/labels.tif', 'w').truncate(1 << 29)", scratch)
        #expect(outcome.verdict == .invalidOutput)
        #expect(outcome.refusals.map(\.description) == ["labels.tif: has 512.00 MiB; a file of at most 8.00 MiB is taken"])
        let over = try await SandboxFixture.shell("truncate -s 1T /output/labels.tif")
        #expect(over.verdict == .outputLimit)
    }

    @Test("Nothing is taken of a run that failed or was killed")
    func failedRun() async throws {
        let scratch = try ScratchFolder()
        let failed = try await run("open('/output/labels.tif', 'w'); raise SystemExit(1)", scratch)
        #expect(failed.verdict == .runtimeError)
        #expect(failed.files.isEmpty)
        var limits = SandboxFixture.quick()
        (limits.wallSeconds, limits.graceSeconds) = (0.5, 0)
        let late = try await SandboxFixture.shell(
            "echo x > /output/labels.tif; sleep 60", limits: limits,
            outputs: OutputRules(expected: ["labels.tif"], destination: scratch("result")))
        #expect(late.verdict == .timeLimit)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test("The output is empty at the start, cannot hold programs, and is no more after the run")
    func output() async throws {
        let script = "ls -A /output; cp /bin/true /output/t; chmod 755 /output/t; /output/t 2>/dev/null || echo cannot run"
        for _ in 0..<2 {
            let outcome = try await SandboxFixture.shell(script)
            #expect(outcome.standardOutput.text == "cannot run\n")
        }
    }

    @Test(
        "Patterns match components, a star within one component",
        arguments: [
            ("*.tif", "a.tif", true), ("*.tif", "a.png", false), ("*.tif", "d/a.tif", false), ("images/*/*.tif", "images/x/y.tif", true),
            ("images/*/*.tif", "images/x/z/y.tif", false), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("a*a", "a", false),
            ("a", "a", true), ("a", "ab", false),
        ])
    func patterns(pattern: String, path: String, isAllowed: Bool) async throws {
        let scratch = try ScratchFolder()
        let source = scratch("source")
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: "\(source)/\(folder)", withIntermediateDirectories: true)
        let script = "mkdir -p /output/\(folder) && : > /output/\(path)"
        let outcome = try await SandboxFixture.shell(
            script, outputs: OutputRules(allowed: [pattern], destination: scratch("result")))
        #expect(outcome.verdict == (isAllowed ? .ok : .invalidOutput))
    }
}
