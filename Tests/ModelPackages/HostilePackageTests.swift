import Foundation
import ModelPackages
import NeuralNetwork
import Testing

/// Packages whose files are long, or lie, or ask for more than makes sense.
@Suite("Hostile packages are refused by what little of them is read") struct HostilePackageTests {
    private static let length: UInt64 = 1 << 31

    /// Makes a file of two gigabytes that take no room on the disk, after some first bytes.
    private func lengthen(_ name: String, in folder: String, head: [UInt8] = []) throws {
        let path = folder + "/" + name
        #expect(FileManager.default.createFile(atPath: path, contents: Data(head)))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: Self.length)
        try file.close()
    }

    /// An array file's header that claims float32 values of these extents.
    private static func header(_ shape: [Int]) -> [UInt8] {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape.map { "\($0)," }.joined())), }"
        let padded = text + String(repeating: " ", count: 117 - text.utf8.count) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
    }

    @Test("Weights of two gigabytes that are no network are refused by their form, whatever digest is declared")
    func weights() throws {
        let digest = String(repeating: "0", count: 64)
        let yaml = Fixture.description(weights: "{onnx: {source: weights.onnx, sha256: \(digest)}}")
        try Fixture.withFolder(["bioimageio.yaml": yaml]) { folder in
            try lengthen("weights.onnx", in: folder, head: [0xFF])
            let error = try #require(throws: PackageError.self) { try ModelPackage(folder: folder).network() }
            #expect(error.code == .network && error.found.contains("not an ONNX file"), "\(error)")
            #expect(error.remedy.contains("broken"))
        }
    }

    @Test("A description of two gigabytes is refused by its length")
    func description() throws {
        try Fixture.withFolder([:]) { folder in
            try lengthen("bioimageio.yaml", in: folder)
            let error = try #require(throws: PackageError.self) { try ModelPackage(folder: folder) }
            #expect(error.code == .tooLarge && error.found.contains("\(Self.length)"))
        }
    }

    @Test(
        "A test tensor whose header lies about the length of its file is refused",
        arguments: [([1, 3, 16, 16], "3072 bytes of values are expected"), ([1, 3, 1 << 40, 16], "is above the limit")])
    func arrays(shape: [Int], words: String) throws {
        let yaml = Fixture.description().replacingOccurrences(of: "- id: raw\n", with: "- id: raw\n    test_tensor: {source: raw.npy}\n")
        try Fixture.withFolder(["bioimageio.yaml": yaml]) { folder in
            try lengthen("raw.npy", in: folder, head: Self.header(shape))
            let package = try ModelPackage(folder: folder)
            let error = try #require(throws: PackageError.self) { try package.testTensor(of: package.inputs[0]) }
            #expect(error.code == .unreadable && error.found.contains(words), "\(error)")
        }
    }

    @Test("More steps, tensors or axes than make sense are named with the place and the bound")
    func counts() throws {
        func list(_ entry: String, _ count: Int) -> String { "[" + (0..<count).map { entry + "\($0)}" }.joined(separator: ", ") + "]" }
        let steps = try Fixture.refusal(Fixture.description(preprocessing: list("{id: sigmoid, extra: ", 33)))
        #expect(steps.code == .tooLarge && steps.field == "inputs[0].preprocessing" && steps.remedy.contains("32"))
        let axes = try Fixture.refusal(
            Fixture.description().replacingOccurrences(
                of:
                    "axes: [{type: batch}, {type: channel, channel_names: [a, b]}, {type: space, id: y, size: 9}, {type: space, id: x, size: 8}]",
                with: "axes: " + list("{type: space, size: 1, id: a", 9)))
        #expect(axes.code == .tooLarge && axes.field == "inputs[1].axes" && axes.remedy.contains("8"))
        let inputs = list("{axes: [{type: batch}], id: i", 65)
        let tensors = try Fixture.refusal(
            "format_version: 0.5.4\nname: m\ninputs: \(inputs)\noutputs: []\nweights: {onnx: {source: w.onnx}}\n")
        #expect(tensors.code == .tooLarge && tensors.field == "inputs" && tensors.remedy.contains("64"), "\(tensors)")
    }
}
