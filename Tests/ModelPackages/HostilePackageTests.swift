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

    /// A network x to y whose weights of two gigabytes are added to the image.
    private static let sum: [UInt8] = {
        func varint(_ value: Int) -> [UInt8] { value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7) }
        func bytes(_ field: Int, _ bytes: [UInt8]) -> [UInt8] { varint(field << 3 | 2) + varint(bytes.count) + bytes }
        func port(_ name: String, _ extents: [Int]) -> [UInt8] {
            let shape = extents.flatMap { bytes(1, $0 < 0 ? bytes(2, Array("free".utf8)) : [8] + varint($0)) }
            return bytes(1, Array(name.utf8)) + bytes(2, bytes(1, [8, 1] + bytes(2, shape)))
        }
        let numbers = Int(length) - (1 << 16)
        let node = bytes(1, Array("x".utf8)) + bytes(1, Array("w".utf8)) + bytes(2, Array("y".utf8)) + bytes(4, Array("Add".utf8))
        let tensor = [8] + varint(numbers / 4) + [16, 1] + bytes(8, Array("w".utf8)) + varint(9 << 3 | 2) + varint(numbers)
        let graph =
            bytes(1, node) + bytes(11, port("x", [1, 3, -1, -1])) + bytes(12, port("y", [])) + varint(5 << 3 | 2)
            + varint(tensor.count + numbers) + tensor
        return bytes(8, [16, 17]) + varint(7 << 3 | 2) + varint(graph.count + numbers) + graph
    }()

    @Test("A network that the test inputs do not fit is refused before the digest of its weights is taken")
    func misfit() throws {
        let digest = String(repeating: "0", count: 64)
        let yaml = """
            format_version: 0.5.4
            type: model
            name: m
            inputs:
              - id: raw
                axes: [{type: batch}, {type: channel, channel_names: [a, b, c]}, {type: space, id: y, size: {min: 16, step: 8}}, {type: space, id: x, size: {min: 16, step: 8}}]
                test_tensor: {source: raw.npy}
            outputs:
              - id: result
                axes: [{type: batch}, {type: channel, channel_names: [a, b, c]}, {type: space, id: y, size: {tensor_id: raw, axis_id: y}}, {type: space, id: x, size: {tensor_id: raw, axis_id: x}}]
            weights: {onnx: {source: weights.onnx, sha256: \(digest)}}
            """
        try Fixture.withFolder(["bioimageio.yaml": yaml]) { folder in
            let weights = folder + "/weights.onnx", tensor = Self.header([1, 3, 16, 16]) + [UInt8](repeating: 0, count: 3072)
            #expect(FileManager.default.createFile(atPath: weights, contents: Data(Self.sum)))
            let file = try #require(FileHandle(forWritingAtPath: weights))
            try file.truncate(atOffset: UInt64(Self.sum.count) + Self.length - (1 << 16))
            try file.close()
            #expect(FileManager.default.createFile(atPath: folder + "/raw.npy", contents: Data(tensor)))
            let error = try #require(throws: PackageError.self) { try PackageCheck(ModelPackage(folder: folder)) }
            #expect(error.code == .network && error.found.contains("[1, 3, 16, 16]"), "\(error)")
        }
    }

    @Test("A package that is not laid out is judged by its description, its network's structure and its test tensors' headers")
    func judged() throws {
        let yaml = Fixture.description(weights: "{onnx: {source: ./weights.onnx}}").replacingOccurrences(
            of: "- id: raw\n", with: "- id: raw\n    test_tensor: {source: raw.npy}\n")
        let description = try DescriptionNode.read(Array(yaml.utf8), file: "bioimageio.yaml")
        /// An error of weights, or of an array, that begin so.
        func error(weights: [UInt8]?, tensor: [UInt8]? = nil) throws -> PackageError {
            try #require(throws: PackageError.self) {
                try ModelPackage.judge(
                    description, weights: { path in path == "weights.onnx" ? weights.map { ByteSource($0) } : nil },
                    tensor: { path in path == "raw.npy" ? tensor.map { ByteSource($0) } : nil })
            }
        }
        #expect(try error(weights: nil).code == .missing)
        #expect(try error(weights: [UInt8](repeating: 0xFF, count: 99)).found.contains("not an ONNX file"))
        // One input, where two are described.
        let small =
            bytes(7, bytes(1, bytes(1, "x") + bytes(2, "y") + bytes(4, "Relu")) + port(11, "x") + port(12, "y")) + bytes(8, [16, 17])
        #expect(try error(weights: small).found.contains("1 inputs and 1 outputs"))
        let pair =
            bytes(
                7,
                bytes(1, bytes(1, "x") + bytes(1, "z") + bytes(2, "y") + bytes(4, "Add")) + port(11, "x") + port(11, "z") + port(12, "y"))
            + bytes(8, [16, 17])
        #expect(try error(weights: pair, tensor: [1, 2, 3]).found.contains("not an .npy file"))
        #expect(try error(weights: pair, tensor: Self.header([1, 3, 16, 16])).found.contains("3072 bytes of values are expected"))
        let whole = [UInt8](repeating: 0, count: 4 * 3 * 17 * 16)
        #expect(try error(weights: pair, tensor: Self.header([1, 3, 17, 16]) + whole).found.contains("raw.y has 17 elements"))
    }

    private func bytes(_ field: UInt8, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }
    private func bytes(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] { [field << 3 | 2, UInt8(bytes.count)] + bytes }
    private func port(_ field: UInt8, _ name: String) -> [UInt8] { bytes(field, bytes(1, name) + bytes(2, bytes(1, [8, 1]))) }

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
                    "axes: [{type: batch}, {type: channel, channel_names: [p, q, r]}, {type: space, id: y, size: 9}, {type: space, id: x, size: 8}]",
                with: "axes: " + list("{type: space, size: 1, id: a", 9)))
        #expect(axes.code == .tooLarge && axes.field == "inputs[1].axes" && axes.remedy.contains("8"))
        let inputs = list("{axes: [{type: batch}], id: i", 65)
        let tensors = try Fixture.refusal(
            "format_version: 0.5.4\nname: m\ninputs: \(inputs)\noutputs: []\nweights: {onnx: {source: w.onnx}}\n")
        #expect(tensors.code == .tooLarge && tensors.field == "inputs" && tensors.remedy.contains("64"), "\(tensors)")
    }

    @Test(
        "A test tensor with whole numbers beyond 32 bits is refused once by name, with the types that are read", arguments: ["<i8", "<u8"])
    func wideTestTensor(_ type: String) throws {
        let yaml = Fixture.description().replacing(
            "    preprocessing: []\n  - id: counts", with: "    test_tensor: {source: in.npy}\n  - id: counts")
        try Fixture.withFolder(["bioimageio.yaml": yaml]) { folder in
            let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (1, 1, 1, 1), }\n"
            let bytes =
                [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + [UInt8](repeating: 0x7F, count: 8)
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/in.npy"))
            let package = try ModelPackage(folder: folder)
            let error = try #require(throws: PackageError.self) { try package.testTensor(of: package.inputs[0]) }
            #expect("\(error)".ranges(of: "in.npy").count == 1 && error.remedy.contains("float64"), "\(error)")
        }
    }
}
