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
}
