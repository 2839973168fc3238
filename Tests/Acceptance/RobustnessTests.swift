import Foundation
import Testing

@Suite("What one submission cannot do to the others")
struct RobustnessTests {
    private typealias SmallChallenge = SubmissionTests.SmallChallenge

    @Test("A submission that cannot be taken in stops no other, and the command ends with 1")
    func othersGoOn() throws {
        let challenge = try SmallChallenge()
        try challenge.folder.write("concours: 1\nkind: nothing\n", to: "bad/submission.yaml")
        let run = try CommandRun([
            "evaluate", challenge.path, "--phase", "final", "--submission", challenge.folder.path + "/bad", "--submission",
            challenge.path + "/submissions/otsu", "--out", challenge.folder.path + "/runs",
        ])
        #expect(run.exitCode == 1)
        #expect(run.output.contains("otsu") && run.output.contains("2/2"), "\(run.output)\(run.error)")
        // Without a screen, a log tells that cases are being run.
        #expect(run.error.contains("otsu  program, 2 cases …\n"), "\(run.error)")
    }

    @Test("A folder with the name of a prediction is a failed case")
    func folderAsPrediction() throws {
        let challenge = try SmallChallenge()
        let lines = try String(contentsOfFile: challenge.path + "/data/test/cases.csv", encoding: .utf8).split(separator: "\n")
        let ids = lines.dropFirst().map { String($0.prefix { $0 != "," }) }
        try challenge.folder.write("concours: 1\nkind: predictions\n", to: "done/submission.yaml")
        for id in ids { try challenge.folder.write("x", to: "done/\(id).tif/file") }
        let run = try challenge.evaluate(challenge.folder.path + "/done")
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(run.jsonLines.compactMap { $0["verdict"] as? String } == ["invalidOutput", "invalidOutput"])
    }

    @Test("The executable bit is part of a submission's digest, since it changes what a program does")
    func executableBit() throws {
        let challenge = try SmallChallenge()
        try challenge.folder.write("concours: 1\nkind: program\ncommand: [./run.sh]\n", to: "script/submission.yaml")
        let script = try challenge.folder.write("#!/bin/sh\nexit 0\n", to: "script/run.sh")
        let before = try challenge.evaluate(challenge.folder.path + "/script")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let after = try challenge.evaluate(challenge.folder.path + "/script")
        #expect(before.jsonLines.compactMap { $0["verdict"] as? String } == ["runtimeError", "runtimeError"], "\(before.output)")
        #expect(after.jsonLines.compactMap { $0["verdict"] as? String } == ["invalidOutput", "invalidOutput"], "\(after.output)")
    }

    @Test("A case cannot tell what an earlier one has read: the page cache is out of reach")
    func pageCache() throws {
        let challenge = try SmallChallenge()
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            file = os.open('main.py', os.O_RDONLY)
            try:
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
                raise SystemExit('advised')
            except OSError:
                pass
            try:
                os.preadv(file, [bytearray(8)], 0, os.RWF_NOWAIT)
                raise SystemExit('looked')
            except OSError as error:
                print('blind', error.errno)
            """
        let run = try CommandRun(["try", challenge.path, "--submission", try challenge.program(code)])
        #expect(run.output.contains("blind"), "\(run.output)\(run.error)")
    }

    @Test("Values under different limits do not stand on one board")
    func differentRecipes() throws {
        let challenge = try SmallChallenge()
        #expect(try challenge.evaluate(challenge.path + "/submissions/otsu").exitCode == 0)
        let file = challenge.path + "/challenge.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "memory: 256MiB", with: "memory: 300MiB").write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try challenge.evaluate(challenge.path + "/submissions/otsu").exitCode == 0)
        let site = challenge.folder.path + "/site"
        let run = try CommandRun(["board", challenge.path, "--runs", challenge.folder.path + "/runs", "--out", site])
        #expect(run.exitCode == 0, "\(run.error)")
        let table = try String(contentsOfFile: site + "/leaderboard.csv", encoding: .utf8)
        #expect(table.split(separator: "\r\n").count == 2, "\(table)")
        #expect(try String(contentsOfFile: site + "/index.html", encoding: .utf8).contains("another recipe"))
    }

    @Test("Eight commands that store the same evaluation at once leave one entry in the chain")
    func concurrentStores() async throws {
        let challenge = try SmallChallenge()
        let submission = try challenge.program("pass")
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<8 { group.addTask { try challenge.evaluate(submission).exitCode } }
            var codes: [Int32] = []
            for try await code in group { codes.append(code) }
            return codes
        }
        #expect(codes == [Int32](repeating: 0, count: 8))
        let chain = try String(contentsOfFile: challenge.folder.path + "/runs/chain.jsonl", encoding: .utf8)
        #expect(chain.split(separator: "\n").count == 1)
        #expect(try CommandRun(["verify", challenge.folder.path + "/runs"]).exitCode == 0)
    }

    @Test("Logs of hidden cases are not shown: try refuses their phase")
    func tryOnHiddenCases() throws {
        let run = try CommandRun([
            "try", "Challenges/nuclei", "--phase", "final", "--submission", "Challenges/nuclei/submissions/otsu",
        ])
        #expect(run.exitCode == 1)
        #expect(run.error.contains("hidden"))
    }

    @Test("A folder of runs that is not there does not verify")
    func verifyNothing() throws {
        let run = try CommandRun(["verify", "/nowhere/at-all"])
        #expect(run.exitCode == 1)
        #expect(run.output.contains("chain.jsonl"))
    }

    @Test("A postprocessor for a channel that the model does not have is refused before the first case")
    func wrongChannel() throws {
        let challenge = try SmallChallenge()
        let file = challenge.path + "/submissions/unet/submission.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "boundary: 1", with: "boundary: 7").write(toFile: file, atomically: true, encoding: .utf8)
        let run = try challenge.evaluate(challenge.path + "/submissions/unet")
        #expect(run.exitCode == 1)
        #expect(run.error.contains("channel 7") && run.error.contains("submission.yaml:"), "\(run.error)")
    }
}
