import Foundation
import Testing

@Suite("Batches and stacks through the command")
struct StackTests {
    private static let package = "Challenges/nuclei/submissions/unet"

    /// A float32 NPY, written without our writer.
    private func array(_ folder: TemporaryFolder, _ shape: [Int], _ values: [Float], to name: String) throws -> String {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape.map(String.init).joined(separator: ", "))), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
        return try folder.write(head + Array(header.utf8) + bytes, to: name)
    }

    /// What is behind the head of an NPY.
    private func values(_ path: String) throws -> Data {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        return bytes.dropFirst(10 + Int(bytes[8]) + Int(bytes[9]) << 8)
    }

    @Test("A batch goes through image by image, maps and labels come back as a batch, and the report says so")
    func batch() throws {
        let folder = try TemporaryFolder(), size = 96 * 104
        let pixels = (0..<3 * size).map { place -> Float in
            let square = (place / 104 / 9 + place % 104 / 11) % 2 * 700
            return Float(square + place &* 7919 % 100)
        }
        let batch = try array(folder, [3, 1, 96, 104], pixels, to: "batch.npy")
        func run(_ input: String, _ outputs: [String], _ more: [String] = []) throws -> CommandRun {
            try CommandRun(
                ["model", "run", Self.package, "--input", input, "--json"] + outputs.flatMap { ["--output", folder.path + "/" + $0] } + more
            )
        }
        let all = try run(batch, ["maps.npy"]), labels = try run(batch, ["labels.npy"], ["--labels"])
        #expect(all.exitCode == 0 && labels.exitCode == 0, "\(all.error)\(labels.error)")
        #expect(all.json["samples"] as? Int == 3 && all.json["tiles"] as? Int == 3)
        #expect((all.json["notes"] as? [String])?.contains { $0.hasPrefix("3 samples along batch") } == true)
        var expected = Data()
        for sample in 0..<3 {
            let image = try array(folder, [1, 1, 96, 104], Array(pixels[sample * size..<(sample + 1) * size]), to: "\(sample).npy")
            #expect(try run(image, ["\(sample)maps.npy"]).exitCode == 0)
            expected += try values(folder.path + "/\(sample)maps.npy")
        }
        #expect(try values(folder.path + "/maps.npy") == expected)
        #expect(try values(folder.path + "/labels.npy").count == 4 * 3 * size)
        let wrong = try run(batch, ["maps.tif"])
        #expect(wrong.exitCode == 1 && wrong.error.contains("write them into an .npy"), "\(wrong.error)")
        let people = try CommandRun(["model", "run", Self.package, "--input", batch, "--output", folder.path + "/people.npy"])
        #expect(people.output.hasPrefix("3 samples\n3 tiles, "), "\(people.output)")
    }

    @Test("A refused value of a later image is told with its file and place, and the corrected file runs by the same command")
    func refusedValue() throws {
        let folder = try TemporaryFolder(), size = 16 * 16
        var builder = ModelBuilder()
        builder.input("p", [1, 1, -1, -1])
        builder.input("q", [1, 1, -1, -1])
        builder.output("y")
        builder.node("Add", ["p", "q"], ["y"])
        let package = try TestPackage.write(
            builder.file, named: "sum", in: folder,
            [.image("first", size: "{min: 8, step: 1}"), .image("second", size: "{min: 8, step: 1}")], [.maps("maps", of: "first")])
        let text = try String(contentsOfFile: package + "/bioimageio.yaml", encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let declared = text.map { $0.hasPrefix("  - {id: second") ? $0.dropLast() + ", data: {type: uint8}}" : String($0) }
        try folder.write(declared.joined(separator: "\n"), to: "sum/bioimageio.yaml")
        let output = folder.path + "/out.npy"
        func run(_ value: Float) throws -> CommandRun {
            var values = [Float](repeating: 7, count: 3 * size)
            let first = try array(folder, [3, 1, 16, 16], values, to: "a.npy")
            values[2 * size + 5 * 16 + 6] = value
            let second = try array(folder, [3, 1, 16, 16], values, to: "b.npy")
            return try CommandRun(
                ["model", "run", package, "--input", "first=" + first, "--input", "second=" + second, "--output", output])
        }
        let refused = try run(300)
        let words = "b.npy: in the sample batch 2, counted from 0, the input `second` holds 300 at c 0, y 5, x 6, which uint8"
        #expect(refused.exitCode == 1 && refused.error.contains(words), "\(refused.error)")
        #expect(refused.error.contains("nothing of this run is kept"), "\(refused.error)")
        #expect(!FileManager.default.fileExists(atPath: output + ".part"))
        let corrected = try run(30)
        #expect(corrected.exitCode == 0 && FileManager.default.fileExists(atPath: output), "\(corrected.error)")
    }

    /// A TIFF of uint8 pages that does not say what they are.
    private func pages(_ folder: TemporaryFolder, _ count: Int, _ height: Int, _ width: Int, to name: String) throws -> String {
        func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let size = height * width, directories = 8 + count * size, length = 2 + 8 * 12 + 4
        var bytes: [UInt8] = [0x49, 0x49, 42, 0] + little(directories, 4)
        bytes += (0..<count * size).map { UInt8(truncatingIfNeeded: ($0 / 11 % 2) * 150 + $0 &* 31 % 100) }
        for page in 0..<count {
            let fields = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8 + page * size), (278, height), (279, size)]
            bytes += little(fields.count, 2)
            for (tag, value) in fields { bytes += little(tag, 2) + little(4, 2) + little(1, 4) + little(value, 4) }
            bytes += little(page == count - 1 ? 0 : directories + (page + 1) * length, 4)
        }
        return try folder.write(bytes, to: name)
    }

    @Test("Pages of a TIFF that does not say it are what --pages says, and z without")
    func pages() throws {
        let folder = try TemporaryFolder(), image = try pages(folder, 2, 64, 72, to: "pages.tif")
        func run(_ input: String, _ output: String, _ pages: [String]) throws -> CommandRun {
            try CommandRun(
                ["model", "run", Self.package, "--input", input, "--output", "\(folder.path)/\(output)", "--json"]
                    + pages.flatMap { ["--pages", $0] })
        }
        for (name, options) in [("z", []), ("t", ["t"])] {
            let found = try run(image, "\(name).tif", options)
            #expect(found.exitCode == 0 && found.json["samples"] as? Int == 2, "\(found.error)")
            #expect((found.json["notes"] as? [String])?.contains { $0.hasPrefix("2 samples along \(name) ") } == true, "\(found.output)")
        }
        let channels = try run(image, "c.tif", ["c"])
        #expect(channels.exitCode == 1 && channels.error.contains("the image has 2 channels, the model takes 1"), "\(channels.error)")
        let array = try array(folder, [64, 72], [Float](repeating: 1, count: 64 * 72), to: "array.npy")
        for (input, options, code, words) in [
            (image, ["q"], 2, "--pages is q; write z, t or c"), (image, ["mask=z"], 1, "there is no such image"),
            (array, ["z"], 1, "an NPY has no pages"), ("\(folder.path)/t.tif", ["z"], 1, "says that they are t (2), c (2)"),
        ] as [(String, [String], Int32, String)] {
            let wrong = try run(input, "wrong.tif", options)
            let text = wrong.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(wrong.exitCode == code && text.contains(words), "\(wrong.error)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/wrong.tif.part"))
    }
}
