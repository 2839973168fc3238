import Foundation
import Testing

@Suite("Packages of strangers, from the command line") struct HostilePackageTests {
    private static let package = "Challenges/nuclei/submissions/unet"

    /// The example's model as an archive in which Python code has replaced files: `files` are bytes by name.
    private static func archive(_ folder: TemporaryFolder, _ change: String) throws -> String {
        let code = """
            import hashlib, os, sys, zipfile
            source, target = sys.argv[1:]
            files = {name: open(source + '/' + name, 'rb').read() for name in os.listdir(source) if os.path.isfile(source + '/' + name)}
            digest = hashlib.sha256(files['weights.onnx']).hexdigest()
            def varint(value): return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)
            # A field of a file's end that no reader knows.
            def field(content): return varint(100 << 3 | 2) + varint(len(content)) + content
            \(change)
            now = hashlib.sha256(files['weights.onnx']).hexdigest()
            files['bioimageio.yaml'] = files['bioimageio.yaml'].replace(digest.encode(), now.encode())
            with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, content in files.items(): archive.writestr('unet/' + name, content)
            """
        let path = folder.path + "/model.zip"
        let made = try CommandRun(program: "/usr/bin/python3", ["-c", code, CommandRun.project + "/" + package, path])
        #expect(made.exitCode == 0, "\(made.error)")
        return path
    }

    @Test(
        "A packed model of large files is judged before it is unpacked",
        arguments: [
            ("files['weights.onnx'] = bytes(40 << 20)", "weights.onnx: the file holds more than"),
            (
                "files['weights.onnx'] += field(os.urandom(40 << 20)); files['weights.onnx'] = files['weights.onnx'].replace(b'Sigmoid', b'Sigmoip')",
                "(Sigmoip"
            ),
            ("files['weights.onnx'] = bytes(80 << 20)", "packed to"),
            ("files['test_input.npy'] = bytes(40 << 20)", "test_input.npy: "),
            ("files['test_output.npy'] += bytes(40 << 20)", "bytes of values are expected"),
            ("files['unnamed'] = os.urandom(40 << 20); files['bioimageio.yaml'] += b'\\n\\tx: ['", "bioimageio.yaml:"),
        ])
    func judged(change: String, expected: String) throws {
        let folder = try TemporaryFolder(), run = try CommandRun(["model", "check", Self.archive(folder, change)])
        // The check of unpacked files says what is wrong in its report.
        #expect(run.exitCode == 1 && run.error.contains(expected) && run.output.isEmpty, "\(run.output)\(run.error)")
    }

    @Test("A packed model of large weights without a pattern passes")
    func large() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["model", "check", Self.archive(folder, "files['weights.onnx'] += field(os.urandom(70 << 20))")])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
    }

    @Test(
        "A package's folder is checked where it lies or copied, by who may read it; links are refused in both", arguments: [0o755, 0o700])
    func places(mode: Int) throws {
        let folder = try TemporaryFolder(), package = try folder.copy(Self.package, to: "in/unet")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path + "/in")
        let run = try CommandRun(["model", "check", package])
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
        try FileManager.default.createSymbolicLink(atPath: package + "/link", withDestinationPath: "/etc/hostname")
        let linked = try CommandRun(["model", "check", package])
        #expect(linked.exitCode == 1 && linked.error.contains("symbolic link"), "\(linked.output)\(linked.error)")
    }

    @Test("An input that is declared optional, for which the network has no value, is warned of")
    func optional() throws {
        let folder = try TemporaryFolder(), package = try folder.copy(Self.package, to: "unet"), file = package + "/bioimageio.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "  - id: raw\n", with: "  - id: raw\n    optional: true\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let run = try CommandRun(["model", "check", package])
        let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            run.exitCode == 0 && words.contains("the input raw is declared optional, but the network has no value"), "\(words)\(run.error)")
    }
}
