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
