import Foundation
import Testing

@Suite("Models on large images, killed and started again")
struct StreamingTests {
    private static let package = "Challenges/nuclei/submissions/unet"

    /// An OME-Zarr 0.4 of uint16 with uncompressed chunks of 256 x 256, of which the third is absent, written without our writer.
    private func image(_ folder: TemporaryFolder, height: Int, width: Int) throws -> String {
        let axes = #"[{"name":"y","type":"space","unit":"micrometer"},{"name":"x","type":"space","unit":"micrometer"}]"#
        let scale = #"[{"type":"scale","scale":[0.5,0.5]}]"#
        try folder.write(#"{"zarr_format":2}"#, to: "image.zarr/.zgroup")
        try folder.write(
            #"{"multiscales":[{"version":"0.4","axes":\#(axes),"datasets":[{"path":"0","coordinateTransformations":\#(scale)}]}]}"#,
            to: "image.zarr/.zattrs")
        try folder.write(
            #"{"zarr_format":2,"shape":[\#(height),\#(width)],"chunks":[256,256],"dtype":"<u2","fill_value":100,"order":"C","filters":null,"dimension_separator":"/","compressor":null}"#,
            to: "image.zarr/0/.zarray")
        var state: UInt64 = 5, chunk = 0
        for row in 0..<(height - 1) / 256 + 1 {
            for column in 0..<(width - 1) / 256 + 1 {
                chunk += 1
                if chunk == 3 { continue }
                var bytes = Data(capacity: 2 * 256 * 256)
                for place in 0..<256 * 256 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let disc = (place / 256 % 40 - 20) * (place / 256 % 40 - 20) + (place % 40 - 20) * (place % 40 - 20) < 120
                    let value = UInt16(truncatingIfNeeded: state >> 40) % 90 + (disc ? 900 : 100)
                    bytes.append(UInt8(truncatingIfNeeded: value))
                    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
                }
                let path = try folder.write("", to: "image.zarr/0/\(row)/\(column)")
                try bytes.write(to: URL(fileURLWithPath: path))
            }
        }
        return folder.path + "/image.zarr"
    }

    /// Starts a run and kills it when its journal has some lines; false if it ended before.
    private func kill(_ arguments: [String], output: String, whenFinished tiles: Int) throws -> Bool {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: (tests as NSString).deletingLastPathComponent + "/concours")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: CommandRun.project)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let journal = output + ".part/result.\((output as NSString).pathExtension).part/journal"
        while process.isRunning {
            let lines = (try? String(contentsOfFile: journal, encoding: .utf8))?.split(separator: "\n").count ?? 0
            if lines > tiles {
                Foundation.kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return true
            }
            usleep(2000)
        }
        return false
    }

    @Test(
        "A run that is killed goes on when it is started again, with the same bytes",
        arguments: [["--memory", "64MiB"], ["--memory", "256MiB", "--tile", "256x128"]])
    func resumption(_ options: [String]) throws {
        let folder = try TemporaryFolder()
        let image = try image(folder, height: 2600, width: 1000)
        let common = ["model", "run", Self.package, "--input", image] + options
        let whole = folder.path + "/whole.tif", resumed = folder.path + "/resumed.tif"
        let first = try CommandRun(common + ["--output", whole, "--json"])
        #expect(first.exitCode == 0, "\(first.error)")
        let tiles = try #require(first.json["tiles"] as? Int)
        // No terminal: the log shows life, in lines of its own.
        #expect(first.error.contains(" of \(tiles) tiles") && !first.error.contains("\r"), "\(first.error)")
        #expect(tiles > 2 && first.json["isExact"] as? Bool == true && first.json["way"] as? String == "tiles")
        #expect(try kill(common + ["--output", resumed], output: resumed, whenFinished: 1))
        // What ran in the sandbox dies with its parent, but not in the same moment.
        func afterwards(_ more: [String]) throws -> CommandRun {
            for _ in 0..<100 {
                let run = try CommandRun(common + ["--output", resumed, "--json"] + more)
                if !run.error.contains("another run") { return run }
                usleep(100_000)
            }
            return try CommandRun(common + ["--output", resumed, "--json"] + more)
        }
        let other = try afterwards(["--winograd", "2"])
        #expect(other.exitCode == 1 && other.error.contains("an interrupted run of another model, image, tile or option"), "\(other.error)")
        let second = try afterwards([])
        #expect(second.exitCode == 0, "\(second.error)")
        #expect(second.json["resumedTiles"] as? Int ?? 0 > 0)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: whole)) == Data(contentsOf: URL(fileURLWithPath: resumed)))
    }

    @Test("Overlap and mirroring are flags and declarations, and the report says so")
    func blending() throws {
        let folder = try TemporaryFolder()
        let image = try image(folder, height: 300, width: 280)
        let package = try folder.copy(Self.package, to: "package")
        let common = ["--input", image, "--json"]
        let flags = try CommandRun(
            ["model", "run", package, "--output", folder.path + "/a.zarr", "--tile", "160x160", "--overlap", "0.5", "--mirror", "y,x"]
                + common)
        #expect(flags.exitCode == 0, "\(flags.error)")
        #expect(flags.json["way"] as? String == "blended" && flags.json["isExact"] as? Bool == false)
        let yaml = try String(contentsOfFile: package + "/submission.yaml", encoding: .utf8)
        try folder.write(
            yaml + "\ninference: {window: [160, 160], overlap: 0.5, blend: gaussian, mirror: [y, x]}\n", to: "package/submission.yaml")
        let declared = try CommandRun(["model", "run", package, "--output", folder.path + "/b.zarr"] + common)
        #expect(declared.exitCode == 0, "\(declared.error)")
        #expect(try folder.files(below: "a.zarr") == folder.files(below: "b.zarr"))
        for option in [["--overlap", "1.5"], ["--mirror", "y,y"], ["--mirror", "y,q"]] {
            let wrong = try CommandRun(["model", "run", package, "--output", folder.path + "/c.zarr"] + option + common)
            #expect(wrong.exitCode == 2 && wrong.error.contains(option[1]), "\(wrong.error)")
        }
    }

    @Test("The check prints the class of a network")
    func tilingClass() throws {
        let run = try CommandRun(["model", "check", Self.package])
        #expect(run.exitCode == 0 && run.output.contains("class: local"), "\(run.output)\(run.error)")
    }

    /// A Python with the libraries that read our files, where there is one.
    private static let python: String? = [ProcessInfo.processInfo.environment["CONCOURS_PYTHON"], "/usr/bin/python3"].compactMap(\.self)
        .first { program in
            (try? CommandRun(program: program, ["-c", "import tifffile, zarr"]))?.exitCode == 0
        }

    @Test(
        "zarr-python and tifffile read the same pixels out of both formats",
        .enabled(if: python != nil, "no Python with zarr 3.1.6 and tifffile 2026.3.3; name one by CONCOURS_PYTHON"))
    func outsiders() throws {
        let python = try #require(Self.python)
        let folder = try TemporaryFolder()
        let image = try image(folder, height: 600, width: 520)
        for (flags, kind) in [([], "values"), (["--labels"], "labels")] {
            for ending in ["zarr", "tif"] {
                let run = try CommandRun(
                    ["model", "run", Self.package, "--input", image, "--output", "\(folder.path)/\(kind).\(ending)"] + flags)
                #expect(run.exitCode == 0, "\(run.error)")
            }
            let read = try CommandRun(
                program: python, ["Tests/Acceptance/read_outputs.py", "\(folder.path)/\(kind).zarr", "\(folder.path)/\(kind).tif"])
            #expect(read.exitCode == 0, "\(read.error)")
            #expect(read.json["shape"] as? [Int] == (kind == "values" ? [2, 600, 520] : [600, 520]))
            #expect(read.json["same"] as? Bool == true)
            #expect(read.json["channels"] as? [String] == (kind == "values" ? ["interior", "boundary"] : []))
            #expect(read.json["axes"] as? String == (kind == "values" ? "CYX" : "YX"))
            #expect(read.json["spacing"] as? [Double] == [0.5, 0.5])
        }
    }
}
