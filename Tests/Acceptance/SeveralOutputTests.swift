import Foundation
import Testing

@Suite("Several outputs of a model from one command")
struct SeveralOutputTests {
    /// A float32 NPY, written without our writer.
    private func array(_ folder: TemporaryFolder, _ shape: [Int], _ values: [Float], to name: String) throws -> String {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
        return try folder.write(head + Array(header.utf8) + bytes, to: name)
    }

    /// A package of an image and a factor, with maps, maps of half the resolution and a vector.
    private func package(_ folder: TemporaryFolder) throws -> String {
        var builder = ModelBuilder()
        builder.input("image", [1, 1, -1, -1])
        builder.input("level", [1])
        for output in ["a", "b", "c"] { builder.output(output) }
        builder.weights("first", [16, 1, 3, 3], (0..<144).map { Float($0 % 7) - 3 })
        builder.weights("second", [1, 16, 3, 3], (0..<144).map { Float($0 % 5) - 2 })
        builder.weights("third", [2, 16, 3, 3], (0..<288).map { Float($0 % 11) - 5 })
        let pads: (String, ModelBuilder.Value) = ("pads", .ints([1, 1, 1, 1]))
        builder.node("Mul", ["image", "level"], ["scaled"])
        builder.node("Conv", ["scaled", "first"], ["features"], [pads])
        builder.node("Conv", ["features", "second"], ["a"], [pads])
        builder.node("Conv", ["features", "third"], ["b"], [pads, ("strides", .ints([2, 2]))])
        builder.node("ReduceMean", ["features"], ["c"], [("axes", .ints([2, 3])), ("keepdims", .int(0))])
        return try TestPackage.write(
            builder.file, named: "package", in: folder, [.image("raw", size: "{min: 8, step: 2}"), .vector("level")],
            [.maps("maps"), .maps("half", ["d", "e"], scale: "2"), .vector("mean", (0..<16).map { "c\($0)" })])
    }

    @Test("One run writes maps of two resolutions in tiles, the same as whole; a vector keeps the image whole; mistakes are told")
    func outputs() throws {
        let folder = try TemporaryFolder(), package = try package(folder)
        let image = try array(folder, [96, 110], (0..<96 * 110).map { Float($0 % 97) / 97 }, to: "image.npy")
        let level = try array(folder, [1], [1.5], to: "level.npy")
        func run(_ outputs: [String], _ more: [String] = []) throws -> CommandRun {
            try CommandRun(
                ["model", "run", package, "--input", "raw=\(image)", "--input", "level=\(level)"] + outputs.flatMap { ["--output", $0] }
                    + more)
        }
        func place(_ name: String) -> String { folder.path + "/" + name }
        let tiled = try run([place("a.tif"), "half=\(place("b.tif"))"], ["--tile", "32x32", "--json", "--isa", "avx2"])
        #expect(tiled.exitCode == 0, "\(tiled.error)")
        #expect(tiled.json["tiles"] as? Int ?? 0 > 4 && tiled.json["isExact"] as? Bool == true)
        #expect(["avx2", "baseline"].contains(tiled.json["isa"] as? String) && tiled.json["convolutions"] as? String == "winograd4")
        let files = try #require(tiled.json["files"] as? [[String: Any]])
        #expect(files.map { $0["path"] as? String } == [place("a.tif"), place("b.tif")])
        #expect(files.map { $0["output"] as? String } == ["maps", "half"])
        #expect((tiled.json["notes"] as? [String])?.contains { $0.contains("`raw` is the network's `image`") } == true)
        let whole = try run(["maps=\(place("c.tif"))", "half=\(place("d.tif"))"], ["--exact"])
        #expect(whole.exitCode == 0, "\(whole.error)")
        #expect(
            whole.output.contains("convolutions added up one by one") && whole.output.contains("half: \(place("d.tif"))"), "\(whole.output)"
        )
        let vector = try run(["maps=\(place("g.tif"))", "mean=\(place("mean.npy"))"], ["--exact"])
        #expect(vector.exitCode == 0, "\(vector.error)")
        let text = vector.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("1 tile, windows") && text.contains("the output mean has no axis y"), "\(text)")
        let mean = try Data(contentsOf: URL(fileURLWithPath: place("mean.npy")))
        #expect(mean.count == 128 + 64)
        let exact = try run([place("e.tif"), "half=\(place("f.tif"))"], ["--tile", "16x32", "--exact"])
        #expect(exact.exitCode == 0, "\(exact.error)")
        for (one, other) in [("c.tif", "e.tif"), ("d.tif", "f.tif"), ("c.tif", "g.tif")] {
            #expect(FileManager.default.contentsEqual(atPath: place(one), andPath: place(other)), "\(one)")
        }
        #expect(!FileManager.default.fileExists(atPath: place("a.tif.part")))
        for (outputs, more, code, words) in [
            (["nothing=\(place("x.tif"))"], [], 1, "the model has no output of this name; its outputs are maps, half, mean"),
            ([place("x.tif"), "half=\(place("b.tif"))"], [], 1, "b.tif exists"),
            ([place("x.tif"), "half=\(place("x.tif"))"], [], 1, "is the file of two outputs"),
            ([place("x.tif"), "half=\(place("nowhere/x.tif"))"], [], 1, "is its folder there and writable?"),
            ([place("x.tif"), place("y.tif")], [], 2, "names no output of the model"),
            (["half=\(place("x.tif"))", "half=\(place("y.tif"))"], [], 2, "--output half=… is given twice"),
            (["half=\(place("x.tif"))"], ["--labels"], 2, "--labels writes labels to an output without a name"),
            (["mean=\(place("x.tif"))"], [], 1, "write it into an .npy"),
        ] as [([String], [String], Int32, String)] {
            let wrong = try run(outputs, more), words2 = wrong.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(wrong.exitCode == code && words2.contains(words), "\(wrong.error)")
        }
        #expect(!FileManager.default.fileExists(atPath: place("x.tif.part")) && !FileManager.default.fileExists(atPath: place("x.tif")))
    }

    @Test("A further output belongs to one run at a time, is kept for an interrupted one, and is free when its work is gone")
    func reservations() throws {
        let folder = try TemporaryFolder(), package = try package(folder)
        let image = try array(folder, [1200, 1200], (0..<1200 * 1200).map { Float($0 % 97) / 97 }, to: "image.npy")
        let level = try array(folder, [1], [1.5], to: "level.npy")
        let root = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        func place(_ name: String) -> String { root + "/" + name }
        func arguments(_ first: String, _ second: String) -> [String] {
            ["model", "run", package, "--input", "raw=\(image)", "--input", "level=\(level)", "--tile", "32x32"]
                + ["--output", place(first), "--output", "half=\(place(second))"]
        }
        func refusal(_ first: String, _ second: String) throws -> String {
            let run = try CommandRun(arguments(first, second))
            #expect(run.exitCode == 1)
            return run.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: (tests as NSString).deletingLastPathComponent + "/concours")
        process.arguments = arguments("a.tif", "b.tif")
        process.currentDirectoryURL = URL(fileURLWithPath: CommandRun.project)
        (process.standardInput, process.standardOutput, process.standardError) =
            (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        let journal = place("a.tif.part/result.tif.part/journal")
        while process.isRunning, (try? String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n").count > 3) != true {
            usleep(2000)
        }
        let writing = "another run is writing \(place("b.tif")), its work lies in \(place("a.tif.part")); wait until"
        #expect(try refusal("c.tif", "b.tif").contains(writing))
        #expect(try refusal("b.tif", "c.tif").contains(writing))
        #expect(process.isRunning)
        process.terminate()
        process.waitUntilExit()
        let kept = "is an output of an interrupted run too, whose work lies in \(place("a.tif.part"));"
        #expect(try refusal("c.tif", "b.tif").contains(kept))
        #expect(try refusal("b.tif", "c.tif").contains(kept))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasSuffix(".part") }.sorted() == [
                "a.tif.part", "b.tif.part",
            ])
        let resumed = try CommandRun(arguments("a.tif", "b.tif") + ["--json"])
        #expect(resumed.exitCode == 0 && resumed.json["resumedTiles"] as? Int ?? 0 > 0, "\(resumed.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: root).allSatisfy { !$0.hasSuffix(".part") })
        // What is there of a run whose work is gone, and what is not of a run.
        for name in ["d.tif", "e.tif"] { try folder.write(place("gone.tif.part"), to: "\(name).part/work-lies-in") }
        try folder.write("mine", to: "f.tif.part/mine.txt")
        #expect(try refusal("d.tif", "f.tif").contains("the work of another run on it lies in \(place("f.tif.part"))"))
        #expect(try folder.files(below: "f.tif.part") == ["mine.txt": Data("mine".utf8)])
        let free = try CommandRun(arguments("d.tif", "e.tif"))
        #expect(free.exitCode == 0, "\(free.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasSuffix(".part") } == ["f.tif.part"])
    }
}
