import Foundation
import Testing

@Suite("Submissions from strangers")
struct SubmissionTests {
    /// A small challenge: two hidden cases of the example.
    struct SmallChallenge {
        let folder: TemporaryFolder
        let path: String

        init() throws {
            folder = try TemporaryFolder()
            path = try folder.copy("Challenges/nuclei", to: "nuclei")
            for split in ["train", "test"] {
                let list = "\(path)/data/\(split)/cases.csv"
                let lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").prefix(3)
                try (lines.joined(separator: "\n") + "\n").write(toFile: list, atomically: true, encoding: .utf8)
            }
            var text = try String(contentsOfFile: path + "/challenge.yaml", encoding: .utf8)
            text = text.replacingOccurrences(of: "wall: 60s, cpu: 60s, memory: 1GiB", with: "wall: 5s, cpu: 60s, memory: 256MiB")
            try text.write(toFile: path + "/challenge.yaml", atomically: true, encoding: .utf8)
        }

        func evaluate(_ submission: String) throws -> CommandRun {
            try CommandRun(["evaluate", path, "--phase", "final", "--submission", submission, "--out", folder.path + "/runs", "--json"])
        }

        /// A program in Python.
        func program(_ code: String, name: String = "program") throws -> String {
            try folder.write("concours: 1\nkind: program\ncommand: [python3, main.py]\n", to: "\(name)/submission.yaml")
            try folder.write(code, to: "\(name)/main.py")
            return folder.path + "/" + name
        }
    }

    private func verdicts(_ run: CommandRun) -> [String] {
        run.jsonLines.filter { $0["event"] as? String == "case" }.compactMap { $0["verdict"] as? String }
    }

    @Test(
        "A program's end is told by a verdict, and the other case goes on",
        arguments: [
            ("raise SystemExit(3)", "runtimeError"), ("import os; os.abort()", "crash"), ("import time; time.sleep(30)", "timeLimit"),
            ("x = bytearray(b'1') * (1 << 30)", "memoryLimit"), ("pass", "invalidOutput"),
            ("open('/output/labels.tif', 'wb').write(b'no image')", "invalidOutput"),
            ("open('/output/other.txt', 'w').write('x')", "invalidOutput"),
            ("import os; os.symlink('/etc/passwd', '/output/labels.tif')", "invalidOutput"),
            ("import os; os.mkdir('/output/labels.tif')", "invalidOutput"),
            // The system call filter forbids named pipes altogether.
            ("import os; os.mkfifo('/output/labels.tif')", "runtimeError"),
            ("open('/output/labels.tif', 'wb').write(b'1' * (100 << 20))", "outputLimit"),
        ])
    func verdict(code: String, expected: String) throws {
        let challenge = try SmallChallenge()
        let run = try challenge.evaluate(challenge.program(code))
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(verdicts(run) == [expected, expected], "\(run.output)")
    }

    @Test("A submission finds its one image and nothing else: no truth, no other case, no network, no host")
    func sees() throws {
        let challenge = try SmallChallenge()
        let secret = try challenge.folder.write("secret", to: "secret.txt")
        let code = """
            import json, os, socket, sys
            names = sorted(os.listdir('/input'))
            case = json.load(open('/input/case.json'))
            assert names == ['case.json', 'image.png'], names
            assert case['inputs'] == {'image': 'image.png'}, case
            for path in [\(secret.debugDescription), \((challenge.path + "/challenge.yaml").debugDescription), '/root', '/etc/shadow', '/var/tmp']:
                assert not os.path.exists(path), path
            tops = [t for t in os.listdir('/') if t not in ('usr', 'proc', 'bin', 'sbin', 'lib', 'lib64')]
            found = [os.path.join(d, f) for t in tops for d, _, files in os.walk('/' + t) for f in files if 'truth' in f]
            assert not found, found
            assert set(os.environ) <= {'PATH', 'HOME', 'LC_ALL', 'TZ', 'PWD', 'OMP_NUM_THREADS', 'PYTHONHASHSEED', 'PYTHONDONTWRITEBYTECODE', 'LC_CTYPE'}, os.environ
            assert os.getuid() != 0
            try:
                socket.create_connection(('127.0.0.1', 80), 1)
                sys.exit('connected')
            except OSError:
                pass
            print('saw nothing')
            """
        let submission = try challenge.program(code)
        let run = try CommandRun(["try", challenge.path, "--submission", submission])
        #expect(run.output.contains("saw nothing"), "\(run.output)\(run.error)")
        #expect(!run.output.contains("AssertionError"))
    }

    @Test("A zip archive gives the same digest and scores as its folder")
    func zip() throws {
        let challenge = try SmallChallenge()
        let zip = challenge.folder.path + "/otsu.zip"
        let folder = challenge.path + "/submissions/otsu"
        let code = "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2], 'otsu')"
        let made = try CommandRun(
            program: "/usr/bin/python3", ["-c", code, String(zip.dropLast(4)), challenge.path + "/submissions"])
        #expect(made.exitCode == 0, "\(made.error)")
        let fromZip = try challenge.evaluate(zip)
        #expect(fromZip.exitCode == 0, "\(fromZip.error)")
        let fromFolder = try challenge.evaluate(folder)
        #expect(fromFolder.output.contains("\"event\":\"reused\""), "\(fromFolder.output)")
    }

    @Test(
        "A hostile archive is refused with a sentence, and nothing is left behind",
        arguments: [
            ("z.writestr('../evil', 'x')", "leaves its folder"), ("z.writestr('/etc/evil', 'x')", "absolute"),
            ("z.writestr('a', 'x'); z.writestr('A', 'y')", "twice"),
            ("i = zipfile.ZipInfo('link'); i.create_system = 3; i.external_attr = 0o120777 << 16; z.writestr(i, '/etc/passwd')", "link"),
            (
                "z.writestr(zipfile.ZipInfo('submission.yaml'), 'hello'); n = z.filename; z.close(); "
                    + "b = open(n, 'rb').read().replace(b'hello', b'jello'); open(n, 'wb').write(b)", "damaged (CRC error)"
            ),
            ("z.writestr('bomb', b'0' * (3 << 30))", "more than"), ("z.writestr('a\\\\b', 'x')", "backslash"),
        ])
    func hostileZip(code: String, expected: String) throws {
        let challenge = try SmallChallenge()
        let path = challenge.folder.path + "/hostile.zip"
        let script =
            "import warnings, zipfile; warnings.simplefilter('ignore'); z = zipfile.ZipFile(\(path.debugDescription), 'w', zipfile.ZIP_DEFLATED, compresslevel=1); \(code); z.close()"
        #expect(try CommandRun(program: "/usr/bin/python3", ["-c", script]).exitCode == 0)
        let run = try challenge.evaluate(path)
        #expect(run.exitCode == 1)
        #expect(run.error.contains(expected), "\(run.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: challenge.folder.path + "/runs").isEmpty)
    }

    @Test("A large file of a packed model that its description does not name is refused before it is unpacked; a named one is not")
    func strangers() throws {
        let folder = try TemporaryFolder(), zip = folder.path + "/model.zip"
        func check(_ name: String, addedTo folder: String = "", copies: Int = 1, mebibytes: Int = 65) throws -> CommandRun {
            let code = """
                import os, sys, zipfile
                z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED, compresslevel=1)
                for name in os.listdir(sys.argv[2]):
                    if name != sys.argv[4]: z.write(sys.argv[2] + '/' + name, sys.argv[3] + name)
                for index in range(int(sys.argv[5])):
                    z.writestr(sys.argv[3] + sys.argv[4] + str(index or ''), b'0' * (int(sys.argv[6]) << 20))
                z.close()
                """
            let made = try CommandRun(
                program: "/usr/bin/python3",
                ["-c", code, zip, CommandRun.project + "/Challenges/nuclei/submissions/unet", folder, name, "\(copies)", "\(mebibytes)"])
            #expect(made.exitCode == 0, "\(made.error)")
            return try CommandRun(["model", "check", zip])
        }
        for top in ["", "unet/"] {
            let stranger = try check("old/weights.bin", addedTo: top)
            #expect(
                stranger.exitCode == 1 && stranger.error.contains("“old/weights.bin” in the archive unpacks to 65 MiB"), "\(stranger.error)"
            )
        }
        let description = try String(
            contentsOfFile: CommandRun.project + "/Challenges/nuclei/submissions/unet/bioimageio.yaml", encoding: .utf8)
        #expect(description.contains("format_version"))
        for name in ["bioimageio.yaml", "submission.yaml"] {
            let long = try check(name)
            #expect(long.exitCode == 1 && long.error.contains("“\(name)” in the archive has \(65 << 20) bytes"), "\(long.error)")
        }
        let many = try check("old", copies: 5, mebibytes: 52)
        #expect(many.exitCode == 1 && many.error.contains("files in the archive unpack to 260 MiB"), "\(many.error)")
        // A text of the description, here its name, is a name too.
        let name = try #require(description.split(separator: "\n").first { $0.hasPrefix("name: ") }?.dropFirst("name: ".count))
        let named = try check(String(name))
        #expect(named.exitCode == 0, "\(named.output)\(named.error)")
    }

    @Test(
        "A description that is wrong is refused with file and line",
        arguments: [
            ("concours: 1\nkind: programme\n", "submission.yaml:2"), ("concours: 1\nkind: program\n", "command"),
            ("concours: 1\nkind: program\ncommand: [a]\nextra: 1\n", "extra"), ("a: &a [x]\nb: *a\n", "submission.yaml"),
            ("concours: 2\nkind: program\ncommand: [a]\n", "submission.yaml:1"),
        ])
    func description(text: String, expected: String) throws {
        let challenge = try SmallChallenge()
        try challenge.folder.write(text, to: "bad/submission.yaml")
        let run = try challenge.evaluate(challenge.folder.path + "/bad")
        #expect(run.exitCode == 1)
        #expect(run.error.contains(expected), "\(run.error)")
    }

    @Test(
        "A model's windows are read when it is handed in, and a model of two images is refused before its first case",
        arguments: [
            ("inference: {window: [0, 8]}", "inference"), ("inputs", "needs 2 inputs"),
            ("inference: {window: [128]}", "submission.yaml:14: inference: a window of [128]; give 2 extents"),
            ("inference: {window: [128, 127]}", "submission.yaml:14: inference: a window of 127 along x; the network takes 120 + n · 8"),
            ("inference: {window: [128, 128], mirror: [z]}", "submission.yaml:14: inference: the axis z"),
            ("inference: {}", "submission.yaml:14: inference: overlap or mirroring without a window"), ("torchscript", "do both)"),
        ])
    func modelOfCases(change: String, expected: String) throws {
        let challenge = try SmallChallenge(), model = challenge.path + "/submissions/unet/"
        if change == "inputs" {
            let path = model + "bioimageio.yaml", text = try String(contentsOfFile: path, encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let start = try #require(lines.firstIndex(of: "inputs:")), end = try #require(lines.firstIndex(of: "outputs:"))
            let second = lines[start + 1..<end].map { $0.replacingOccurrences(of: "id: raw", with: "id: mask") }
            try (lines[..<end] + second + lines[end...]).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        } else if change == "torchscript" {
            let path = model + "bioimageio.yaml", text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacingOccurrences(of: "  onnx: {", with: "  torchscript: {").write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            let path = model + "submission.yaml"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "concours: 1\nkind: model\n"
            try (text + "\n" + change + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }
        let run = try challenge.evaluate(challenge.path + "/submissions/unet")
        #expect(run.exitCode == 1)
        #expect(run.error.contains(expected), "\(run.error)")
        guard change.hasPrefix("inference: {window: [128") else { return }
        let check = try CommandRun(["model", "check", model])
        #expect(check.exitCode == 1 && check.output.contains("fault: submission.yaml:14"), "\(check.output)\(check.error)")
    }

    @Test("A model of other channels than the images of the challenge is refused before its first case, with file and line")
    func modelOfOtherImages() throws {
        let challenge = try SmallChallenge()
        let colours = ["r", "g", "b"]
        let package = try TestPackage.write(
            ModelBuilder.model(input: [1, 3, -1, -1]) { $0.node("Relu", ["x"], ["y"]) }, named: "colours", in: challenge.folder,
            [.image("raw", colours, size: "{min: 8, step: 1}")], [.maps("maps", colours)])
        let run = try challenge.evaluate(package)
        #expect(run.exitCode == 1)
        #expect(run.error.contains("bioimageio.yaml:6: inputs[0]: `raw`: the image has 1 channels, the model takes 3"), "\(run.error)")
    }

    @Test("A model of stacks that may have one plane makes labels of planes")
    func modelOfStacks() throws {
        let challenge = try SmallChallenge(), spaces = ["z", "y", "x"]
        let package = try TestPackage.write(
            ModelBuilder.model(input: [1, 1, -1, -1, -1]) { $0.node("Sigmoid", ["x"], ["y"]) }, named: "stacks", in: challenge.folder,
            [.image("raw", spaces: spaces, size: "{min: 1, step: 1}")], [.maps("maps", spaces: spaces)])
        let run = try challenge.evaluate(package)
        #expect(run.exitCode == 0 && Set(verdicts(run)) == ["ok"], "\(run.output)\(run.error)")
    }

    @Test("A truncated model package is refused, and the reason names the file")
    func brokenModel() throws {
        let challenge = try SmallChallenge()
        let model = challenge.path + "/submissions/unet/weights.onnx"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: model))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: model))
        let run = try challenge.evaluate(challenge.path + "/submissions/unet")
        #expect(run.exitCode == 1)
        #expect(run.error.contains("weights.onnx"), "\(run.error)")
    }

    @Test("A missing prediction is a failed case, and a file that belongs to no case is refused")
    func predictions() throws {
        let challenge = try SmallChallenge()
        let lines = try String(contentsOfFile: challenge.path + "/data/test/cases.csv", encoding: .utf8).split(separator: "\n")
        let ids = lines.dropFirst().map { String($0.prefix { $0 != "," }) }
        try challenge.folder.write("concours: 1\nkind: predictions\n", to: "done/submission.yaml")
        let truth = "\(challenge.path)/data/test/\(ids[0]).truth.tif"
        let target = challenge.folder.path + "/done/\(ids[0]).tif"
        try FileManager.default.copyItem(atPath: truth, toPath: target)
        let run = try challenge.evaluate(challenge.folder.path + "/done")
        #expect(Set(verdicts(run)) == ["ok", "invalidOutput"], "\(run.output)\(run.error)")
        try challenge.folder.write("x", to: "done/stray.tif")
        let refused = try challenge.evaluate(challenge.folder.path + "/done")
        #expect(refused.exitCode == 1)
        #expect(refused.error.contains("stray.tif"))
    }
}
