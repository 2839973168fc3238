import Foundation
import Testing

@Suite("The folder in which a model's run works")
struct RunFolderTests {
    private static let package = "Challenges/nuclei/submissions/unet"

    /// A uint8 NPY of zeros, `(y, x)`.
    private func image(_ folder: TemporaryFolder, _ height: Int, _ width: Int, _ name: String = "image.npy") throws -> String {
        var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(height), \(width)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        return try folder.write(head + Array(header.utf8) + [UInt8](repeating: 0, count: height * width), to: name)
    }

    private func run(_ image: String, _ output: String, _ options: [String] = []) throws -> CommandRun {
        try CommandRun(["model", "run", Self.package, "--input", image, "--output", output] + options)
    }

    @Test("A second run on the same output is refused with the folder's path and does the first one no harm")
    func secondRun() throws {
        let folder = try TemporaryFolder()
        let image = try image(folder, 1500, 1500), output = folder.path + "/a.tif", part = output + ".part"
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let first = Process()
        first.executableURL = URL(fileURLWithPath: (tests as NSString).deletingLastPathComponent + "/concours")
        first.arguments = ["model", "run", Self.package, "--input", image, "--output", output, "--tile", "32x32"]
        first.currentDirectoryURL = URL(fileURLWithPath: CommandRun.project)
        (first.standardInput, first.standardOutput, first.standardError) =
            (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
        try first.run()
        while first.isRunning, !FileManager.default.fileExists(atPath: part + "/result.tif.part/journal") { usleep(2000) }
        var before = stat(), after = stat()
        #expect(stat(part + "/result.tif.part", &before) == 0)
        let second = try run(image, output, ["--tile", "32x32"])
        #expect(second.exitCode == 1 && second.error.contains("another run is writing \(output)"), "\(second.error)")
        #expect(second.error.contains("\(part);"), "\(second.error)")
        #expect(first.isRunning && stat(part + "/result.tif.part", &after) == 0 && before.st_uid == after.st_uid)
        first.waitUntilExit()
        #expect(first.terminationStatus == 0)
        #expect(FileManager.default.fileExists(atPath: output) && !FileManager.default.fileExists(atPath: part))
    }

    /// Starts a run whose two results cannot both get their names, since the first one's is taken meanwhile; waits for its end.
    private func half(_ folder: TemporaryFolder, _ arguments: [String]) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), first = Process()
        first.executableURL = URL(fileURLWithPath: (tests as NSString).deletingLastPathComponent + "/concours")
        (first.arguments, first.currentDirectoryURL) = (arguments, URL(fileURLWithPath: CommandRun.project))
        (first.standardInput, first.standardOutput, first.standardError) =
            (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
        try first.run()
        let journal = folder.path + "/a.tif.part/result.tif.part/journal"
        while first.isRunning, !FileManager.default.fileExists(atPath: journal) { usleep(2000) }
        try folder.write("mine", to: "a.tif")
        first.waitUntilExit()
        #expect(first.terminationStatus == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a.tif.part").contains("placing"))
        #expect(FileManager.default.fileExists(atPath: folder.path + "/b.npy"))
    }

    @Test("An image that is changed while it is read is an error, and nothing of the work is used again")
    func changedImage() throws {
        let folder = try TemporaryFolder(), image = try image(folder, 1200, 1200), output = folder.path + "/a.tif"
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), first = Process(), errors = Pipe()
        first.executableURL = URL(fileURLWithPath: (tests as NSString).deletingLastPathComponent + "/concours")
        first.arguments = ["model", "run", Self.package, "--input", image, "--output", output, "--tile", "64x64"]
        first.currentDirectoryURL = URL(fileURLWithPath: CommandRun.project)
        (first.standardInput, first.standardOutput, first.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice, errors)
        try first.run()
        while first.isRunning, !FileManager.default.fileExists(atPath: output + ".part/result.tif.part/journal") { usleep(2000) }
        let file = try #require(FileHandle(forWritingAtPath: image))
        try file.seek(toOffset: 100_000)
        try file.write(contentsOf: Data([200, 3, 200]))
        try file.close()
        let told = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        first.waitUntilExit()
        #expect(first.terminationStatus == 1 && !FileManager.default.fileExists(atPath: output))
        let words = told.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("image.npy was changed while it was read; run again"), "\(told)")
        let again = try run(image, output, ["--tile", "64x64", "--json"])
        #expect(again.exitCode == 0 && again.json["resumedTiles"] as? Int == 0, "\(again.error)")
    }

    @Test("A run that ended while its results got their names is finished by the same command, wherever it was", arguments: [false, true])
    func placing(_ allAreNamed: Bool) throws {
        let folder = try TemporaryFolder(), image = try image(folder, 700, 700)
        func arguments(_ first: String, _ second: String) -> [String] {
            ["model", "run", Self.package, "--input", image, "--tile", "96x96", "--json", "--labels"]
                + ["--output", folder.path + "/" + first, "--output", "maps=" + folder.path + "/" + second]
        }
        let undisturbed = try CommandRun(arguments("c.tif", "d.npy"))
        #expect(undisturbed.exitCode == 0, "\(undisturbed.error)")
        try half(folder, arguments("a.tif", "b.npy"))
        if allAreNamed {
            try FileManager.default.removeItem(atPath: folder.path + "/a.tif")
            try FileManager.default.moveItem(atPath: folder.path + "/a.tif.part/result.tif", toPath: folder.path + "/a.tif")
            try FileManager.default.removeItem(atPath: folder.path + "/a.tif.part/result.tif.part")
            // Another command is told that the results are there, and takes nothing from the one that made them.
            let other = try CommandRun(arguments("a.tif", "b.npy") + ["--threads", "2"])
            #expect(other.exitCode == 1 && other.error.contains("a.tif exists"), "\(other.error)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a.tif.part").contains("placing"))
        } else {
            let there = try CommandRun(arguments("a.tif", "b.npy"))
            #expect(there.exitCode == 1 && there.error.contains("a.tif exists"), "\(there.error)")
            // The second result waits for the first name to be free.
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/b.npy"))
            try FileManager.default.removeItem(atPath: folder.path + "/a.tif")
        }
        let again = try CommandRun(arguments("a.tif", "b.npy"))
        #expect(again.exitCode == 0, "\(again.error)")
        #expect(again.json["tiles"] as? Int == undisturbed.json["tiles"] as? Int)
        #expect(
            (again.json["files"] as? [[String: Any]])?.compactMap { $0["path"] as? String }
                == ["a.tif", "b.npy"].map { folder.path + "/" + $0 })
        for (name, other) in [("a.tif", "c.tif"), ("b.npy", "d.npy")] {
            let files = try [name, other].map { try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + $0)) }
            #expect(files[0] == files[1], "\(name)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".part") } == [])
        // With nothing left to do it is a run on an output that exists.
        #expect(try CommandRun(arguments("a.tif", "b.npy")).error.contains("exists; remove it"))
    }

    @Test("A further result that was replaced before the run was taken up is not told as the run's, and both files are left")
    func replacedResult() throws {
        let folder = try TemporaryFolder(), image = try image(folder, 700, 700), place = folder.path + "/a.tif.part"
        func arguments(_ first: String, _ second: String) -> [String] {
            ["model", "run", Self.package, "--input", image, "--tile", "96x96", "--labels"]
                + ["--output", folder.path + "/" + first, "--output", "maps=" + folder.path + "/" + second]
        }
        #expect(try CommandRun(arguments("c.tif", "d.npy")).exitCode == 0)
        try half(folder, arguments("a.tif", "b.npy"))
        for name in ["a.tif", "b.npy"] { try FileManager.default.removeItem(atPath: folder.path + "/" + name) }
        try FileManager.default.moveItem(atPath: place + "/result.tif", toPath: folder.path + "/a.tif")
        try FileManager.default.removeItem(atPath: place + "/result.tif.part")
        try folder.write("mine", to: "b.npy")
        let there = try CommandRun(arguments("a.tif", "b.npy"))
        #expect(there.exitCode == 1 && there.error.contains("a.tif exists"), "\(there.error)")
        #expect(try String(contentsOfFile: folder.path + "/b.npy", encoding: .utf8) == "mine")
        #expect(FileManager.default.contentsEqual(atPath: folder.path + "/a.tif", andPath: folder.path + "/c.tif"))
        for name in ["a.tif", "b.npy"] { try FileManager.default.removeItem(atPath: folder.path + "/" + name) }
        let again = try CommandRun(arguments("a.tif", "b.npy"))
        #expect(again.exitCode == 0, "\(again.error)")
        for (name, other) in [("a.tif", "c.tif"), ("b.npy", "d.npy")] {
            #expect(FileManager.default.contentsEqual(atPath: folder.path + "/" + name, andPath: folder.path + "/" + other), "\(name)")
        }
    }

    @Test("What a run left that ended while it removed its work is no obstacle, with or without its result")
    func remains() throws {
        let folder = try TemporaryFolder(), image = try image(folder, 64, 64), output = folder.path + "/a.tif"
        for names in [["result.tif.part/values"], ["result.tif.part/sums-1", "progress"], ["result.tif.part/values", "placing"]] {
            for name in names { try folder.write("rest", to: "a.tif.part/\(name)") }
            let run = try run(image, output)
            #expect(run.exitCode == 0 && !FileManager.default.fileExists(atPath: output + ".part"), "\(names): \(run.error)")
            for name in names { try folder.write("rest", to: "a.tif.part/\(name)") }
            let there = try self.run(image, output)
            #expect(there.exitCode == 1 && there.error.contains("a.tif exists; remove it"), "\(names): \(there.error)")
            try FileManager.default.removeItem(atPath: output)
        }
        try folder.write("mine", to: "a.tif.part/result.tif.part/mine.txt")
        let foreign = try run(image, output)
        #expect(foreign.exitCode == 1 && foreign.error.contains("holds no run's journal"), "\(foreign.error)")
        #expect(try folder.files(below: "a.tif.part") == ["result.tif.part/mine.txt": Data("mine".utf8)])
    }

    @Test("A folder or file of somebody else in the place of the work is named and left as it is")
    func strangers() throws {
        let folder = try TemporaryFolder()
        let image = try image(folder, 64, 64), output = folder.path + "/a.tif", part = output + ".part"
        try folder.write("mine", to: "a.tif.part/mine.txt")
        let foreign = try run(image, output)
        #expect(foreign.exitCode == 1 && foreign.error.contains("\(part) holds mine.txt"), "\(foreign.error)")
        #expect(try folder.files(below: "a.tif.part") == ["mine.txt": Data("mine".utf8)])
        try FileManager.default.removeItem(atPath: part)
        try folder.write("mine", to: "a.tif.part/result.tif")
        let result = try run(image, output)
        #expect(result.exitCode == 1 && result.error.contains("\(part) holds no run's journal"), "\(result.error)")
        #expect(try folder.files(below: "a.tif.part") == ["result.tif": Data("mine".utf8)])
        try FileManager.default.removeItem(atPath: part)
        try folder.write("mine", to: "a.tif.part")
        let file = try run(image, output)
        #expect(file.exitCode == 1 && file.error.contains("\(part) is no folder"), "\(file.error)")
        try FileManager.default.removeItem(atPath: part)
        try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: false)
        let empty = try run(image, output)
        #expect(empty.exitCode == 0 && !FileManager.default.fileExists(atPath: part), "\(empty.error)")
    }

    @Test(
        "As root, images and outputs that the sandbox's user cannot reach are told with what to do",
        .enabled(if: geteuid() == 0, "sandboxes have users of their own where we are root"))
    func closedPlaces() throws {
        let folder = try TemporaryFolder()
        let open = try image(folder, 64, 64), closed = try image(folder, 64, 64, "closed/image.npy")
        chmod(folder.path + "/closed", 0o700)
        let place = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path + "/closed"
        for (image, output) in [(closed, folder.path + "/a.tif"), (open, place + "/a.tif")] {
            let run = try run(image, output)
            #expect(run.exitCode == 1 && run.error.contains("chmod o+x \(place)`"), "\(run.error)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["image.npy"])
        chmod(folder.path + "/closed", 0o711)
        #expect(try run(closed, place + "/a.tif").exitCode == 0)
        chmod(open, 0o600)
        let file = try run(open, folder.path + "/b.tif")
        #expect(file.exitCode == 1 && file.error.contains("chmod o+r ") && file.error.contains("image.npy"), "\(file.error)")
    }
}
