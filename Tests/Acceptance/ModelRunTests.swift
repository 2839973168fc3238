import Foundation
import Testing

@Suite("Models on images of any size")
struct ModelRunTests {
    private static let package = "Challenges/nuclei/submissions/unet"

    @Test("The example's U-Net makes the labels that onnxruntime and scikit-image make, in tiles and block by block")
    func labels() throws {
        let folder = try TemporaryFolder()
        let golden = try GoldenLabels()
        let images = CommandRun.project + "/Challenges/nuclei/data/test/"
        let (name, expected) = try #require(
            golden.cases.sorted { $0.key < $1.key }.first { FileManager.default.fileExists(atPath: images + $0.key + ".png") })
        let output = folder.path + "/labels.tif"
        let run = try CommandRun([
            "model", "run", Self.package, "--input", "Challenges/nuclei/data/test/\(name).png", "--output", output, "--labels", "--tile",
            "64x128",
            "--memory", "256MiB", "--json",
        ])
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(run.json["isExact"] as? Bool == true)
        #expect(run.json["tiles"] as? Int ?? 0 > 1)
        #expect(try Self.tile(of: output, shape: expected.shape) == expected.labels)
        #expect(!FileManager.default.fileExists(atPath: output + ".part"))
        let again = try CommandRun(["model", "run", Self.package, "--input", "Challenges/nuclei/data/test/\(name).png", "--output", output])
        #expect(again.exitCode == 1 && again.error.contains("exists"), "\(again.error)")
    }

    @Test("What is no tile, size or instruction set is a mistake of usage; a missing image is not")
    func mistakes() throws {
        let arguments = ["model", "run", Self.package, "--input", "nowhere.tif", "--output", "/tmp/nowhere.zarr"]
        #expect(try CommandRun(arguments).exitCode == 1)
        for wrong in [["--tile", "64xx"], ["--memory", "12"], ["--isa", "mmx"], ["--threads", "0"]] {
            #expect(try CommandRun(arguments + wrong).exitCode == 2, "\(wrong)")
        }
    }

    /// The labels of a BigTIFF of one tile of 512 x 512 uint16, read here without our reader.
    private static func tile(of path: String, shape: [Int]) throws -> [UInt16] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ place: Int, _ count: Int) -> Int { bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) } }
        let directory = number(8, 8)
        var values: [Int: Int] = [:]
        for entry in 0..<number(directory, 8) { values[number(directory + 8 + 20 * entry, 2)] = number(directory + 8 + 20 * entry + 12, 8) }
        try #require(values[257] == shape[0] && values[256] == shape[1] && shape.allSatisfy { $0 <= 512 })
        let offset = try #require(values[324])
        return (0..<shape[0]).flatMap { y in (0..<shape[1]).map { x in UInt16(number(offset + 2 * (512 * y + x), 2)) } }
    }
}
