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

    /// A float32 NPY of noise with structure, written without our writer: (y, x), or with axes of one element before them.
    private func image(
        _ folder: TemporaryFolder, _ height: Int, _ width: Int, to name: String = "image.npy", axesBefore: Int = 0,
        _ change: (inout [Float]) -> Void = { _ in }
    ) throws -> String {
        var values = (0..<height * width).map { Float(($0 / width / 9 + $0 % width / 11) % 2 * 700 + $0 &* 7919 % 100) }
        change(&values)
        let shape = String(repeating: "1, ", count: axesBefore) + "\(height), \(width)"
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
        data.append(Data(header.utf8))
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        let path = try folder.write("", to: name)
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("Values that are not finite are warned of with number, file and place, for people and in the report")
    func nonFinite() throws {
        let folder = try TemporaryFolder()
        let input = try image(folder, 130, 140) { values in (values[140 * 17 + 103], values[140 * 20 + 4]) = (.nan, -.infinity) }
        let common = ["model", "run", Self.package, "--input", input, "--output"]
        let people = try CommandRun(common + [folder.path + "/a.tif"])
        #expect(people.exitCode == 0, "\(people.error)")
        // Told once: while the run goes on if it takes long enough, else at its end.
        let text = (people.output + people.error).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("image.npy holds 2 values that are not finite (1 NaN, 1 infinite), the first at c 0, y 17, x 103"), "\(text)")
        #expect(text.ranges(of: "holds 2 values that are not finite").count == 1, "\(text)")
        #expect(people.output.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix(folder.path) }, "\(people.output)")
        let report = try CommandRun(common + [folder.path + "/b.tif", "--json"]).json
        #expect(report["nonFiniteValues"] as? Int == 2)
        #expect((report["notes"] as? [String])?.contains { $0.contains("y 17, x 103") } == true)
    }

    @Test("An NPY has the axes of the model's input, with or without the batch and the only channel; another is refused with both")
    func arrays() throws {
        let folder = try TemporaryFolder()
        func run(_ axesBefore: Int) throws -> (run: CommandRun, result: Data?) {
            let output = folder.path + "/\(axesBefore).tif"
            let input = try image(folder, 96, 104, to: "image\(axesBefore).npy", axesBefore: axesBefore)
            let run = try CommandRun(["model", "run", Self.package, "--input", input, "--output", output])
            return (run, try? Data(contentsOf: URL(fileURLWithPath: output)))
        }
        let plain = try #require(try run(0).result)
        for axes in 1...2 {
            let array = try run(axes)
            #expect(array.result == plain, "\(array.run.error)")
        }
        let wrong = try run(3).run, words = wrong.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(wrong.exitCode == 1 && words.contains("image3.npy”: - input raw: an array of 1 x 1 x 1 x 96 x 104 elements"), "\(words)")
        #expect(words.contains("y, x or channel (1), y, x or batch, channel (1), y, x"), "\(words)")
    }

    @Test("The least memory that a refusal names works", arguments: [[], ["--labels"], ["--overlap", "0.5", "--tile", "120x120"]])
    func leastMemory(_ options: [String]) throws {
        let folder = try TemporaryFolder(), input = try image(folder, 96, 104), output = folder.path + "/a.tif"
        func run(_ memory: String) throws -> CommandRun {
            try CommandRun(["model", "run", Self.package, "--input", input, "--output", output, "--memory", memory] + options)
        }
        let refused = try run("1MiB"), words = refused.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(refused.exitCode == 1 && words.contains("of --memory 1MiB 0.8MiB are left for that"), "\(words)")
        let advised = try #require(words.matches(of: /--memory ([0-9]+MiB)/).last?.output.1)
        let advice = try run(String(advised))
        #expect(advice.exitCode == 0, "\(words) \(advice.error)")
    }

    @Test("The runner itself takes one image for each input, whoever starts it")
    func runnerInputs() throws {
        let folder = try TemporaryFolder(), file = try image(folder, 64, 52)
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = (tests as NSString).deletingLastPathComponent + "/concours-runner"
        let common = ["run-model", "--package", CommandRun.project + "/Tests/TiledInference/Golden/pair"]
        let rest = ["--output", folder.path + "/a.tif", "--report", folder.path + "/report.json", "--memory", "\(256 << 20)"]
        for (inputs, words) in [
            (["left=\(file)", "right=\(file)", "left=\(file)"], "--input left=…: two images are given for one input"),
            ([file, file], "--input image.npy: several images need names; give --input left=FILE --input right=FILE"),
            (["left=\(file)"], "the model's input right has no image"),
        ] {
            let run = try CommandRun(program: program, common + inputs.flatMap { ["--input", $0] } + rest)
            #expect(run.exitCode == 1 && run.error.contains(words), "\(run.error)")
        }
    }

    @Test("A model of several inputs takes an image for each, by name; what is missing or unknown is told")
    func severalInputs() throws {
        let folder = try TemporaryFolder()
        let package = "Tests/TiledInference/Golden/pair", left = try image(folder, 64, 52), right = folder.path + "/right/image.npy"
        try folder.write("", to: "right/image.npy")
        try FileManager.default.removeItem(atPath: right)
        try FileManager.default.copyItem(atPath: left, toPath: right)
        let common = ["model", "run", package, "--json", "--output"]
        func run(_ inputs: [String], to name: String = "none.tif", _ more: [String] = []) throws -> CommandRun {
            try CommandRun(common + [folder.path + "/" + name] + inputs.flatMap { ["--input", $0] } + more)
        }
        let whole = try run(["left=\(left)", "right=\(right)"], to: "whole.tif")
        #expect(whole.exitCode == 0, "\(whole.error)")
        let tiled = try run(["right=\(right)", "left=\(left)"], to: "tiled.tif", ["--tile", "16x16"])
        #expect(tiled.json["tiles"] as? Int ?? 0 > 1 && tiled.json["isExact"] as? Bool == true, "\(tiled.error)")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.path + "/whole.tif"))
                == Data(contentsOf: URL(fileURLWithPath: folder.path + "/tiled.tif")))
        for (inputs, words) in [
            (["left=\(left)"], "the model's input right has no image; give --input left=FILE --input right=FILE"),
            ([left], "the model's input right has no image"),
            (["left=\(left)", "right=\(right)", "third=\(left)"], "no input of this name; its inputs are left, right"),
            (["left=\(left)", "right=nowhere.tif"], "nowhere.tif: there is no such image (for the input right)"),
        ] {
            let wrong = try run(inputs)
            #expect(wrong.exitCode == 1 && wrong.error.contains(words), "\(wrong.error)")
        }
        for (inputs, words) in [
            ([left, right], "names no input"), (["left=\(left)", "left=\(right)"], "is given twice"), ([], "--input"),
            (["left=\(left)", "right="], "no file is given for right; write --input right=FILE"),
        ] {
            let wrong = try run(inputs)
            #expect(wrong.exitCode == 2 && wrong.error.contains(words), "\(wrong.error)")
        }
    }

    @Test("Too little memory is told with the least that works, in the option's units; it works, and less does not")
    func leastMemory() throws {
        let folder = try TemporaryFolder()
        let common = ["model", "run", Self.package, "--input", try image(folder, 600, 640), "--output", folder.path + "/a.tif", "--memory"]
        let refused = try CommandRun(common + ["4MiB"])
        #expect(refused.exitCode == 1)
        let least = try #require(refused.error.firstMatch(of: /--memory (\d+)MiB is the least/), "\(refused.error)")
        let mebibytes = try #require(Int(least.1))
        #expect(try CommandRun(common + ["\(mebibytes - 1)MiB"]).exitCode == 1)
        let run = try CommandRun(common + ["\(mebibytes)MiB", "--json"])
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(run.json["isExact"] as? Bool == true)
    }

    @Test("Tiles that cost much are told with the factor and what would cost less")
    func costlyTiles() throws {
        let folder = try TemporaryFolder()
        let common = ["model", "run", Self.package, "--input", try image(folder, 400, 480), "--json", "--output"]
        let run = try CommandRun(common + [folder.path + "/a.tif", "--tile", "128x128"])
        #expect(run.exitCode == 0, "\(run.error)")
        let factor = try #require(run.json["readFactor"] as? Double)
        #expect(factor > 2)
        let note = try #require((run.json["notes"] as? [String])?.first { $0.contains("--tile 128x128") })
        #expect(note.contains("without --tile it is 1.0 times"), "\(note)")
        let free = try CommandRun(common + [folder.path + "/b.tif"])
        #expect(free.json["readFactor"] as? Double == 1 && free.json["notes"] as? [String] == [])
    }

    @Test("What is no tile, size or instruction set is a mistake of usage; a missing image is not")
    func mistakes() throws {
        let arguments = ["model", "run", Self.package, "--input", "nowhere.tif", "--output", "/tmp/nowhere.zarr"]
        #expect(try CommandRun(arguments).exitCode == 1)
        for wrong in ["10", "2GB", "2gib", "-1MiB", "MiB"] {
            let run = try CommandRun(arguments + ["--memory=\(wrong)"])
            #expect(run.exitCode == 2 && run.error.contains("KiB, MiB, GiB or TiB"), "\(run.error)")
        }
        let alone = try CommandRun([
            "model", "run", Self.package + "/weights.onnx", "--input", "README.md", "--output", "/tmp/nowhere.zarr",
        ])
        #expect(alone.exitCode == 1 && alone.error.contains("concours model check"), "\(alone.error)")
        let folder = try CommandRun(["model", "run", Self.package, "--input", ".", "--output", "/tmp/nowhere.zarr"])
        #expect(folder.exitCode == 1 && !folder.error.contains("policy"), "\(folder.error)")
        for tile in ["-1x5", "0", "abc", "64x", "--json"] {
            let run = try CommandRun(arguments + ["--tile", tile])
            #expect(run.exitCode == 2 && run.error.contains("--tile is \(tile); write whole numbers from 1"), "\(run.error)")
        }
        let winograd = try CommandRun(arguments + ["--winograd", "-2"])
        #expect(winograd.exitCode == 2 && winograd.error.contains("--winograd is -2; write 2 or 4"), "\(winograd.error)")
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
