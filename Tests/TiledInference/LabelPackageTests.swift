import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Packages whose own steps make labels, and one with external data; made by `Tests/Oracles/packages_labels.py`.
@Suite struct LabelPackageTests {
    @Test(
        "The labels of a package's step are those of bioimageio.core, number by number", arguments: ["stars", "polyhedra", "flows"])
    func check(_ name: String) throws {
        let check = try PackageCheck(try ModelPackage(folder: try Fixture.folder(name)))
        #expect(check.passed, "\(check.faults)")
        #expect(check.outputs[0].comparison?.maxAbsoluteDifference == 0)
    }

    @Test("An instance challenge takes the labels directly, renumbered in raster order", arguments: ["stars", "polyhedra", "flows"])
    func prediction(_ name: String) throws {
        let package = try ModelPackage(folder: try Fixture.folder(name))
        let (method, note) = LabelPostprocessor.undeclared(for: package)
        #expect(note.contains("labels"))
        let prediction = try Predictor(package).predict(try Self.image(of: name, package))
        let labels = try method.labels(from: prediction.outputs)
        let expected = try Self.expected(of: name)
        #expect(labels.labels == Self.raster(expected))
        // The last place of a grid of 2 may stand for one row of the image; an image that is much smaller is no reason to cut.
        let odd = try method.labels(from: prediction.outputs, imageExtents: [.y: labels.shape[labels.shape.count - 2] - 1, .x: 3])
        let rows = name == "flows" ? 64 : labels.shape[labels.shape.count - 2] - 1
        #expect(odd.shape.suffix(2) == [rows, labels.shape[labels.shape.count - 1]])
        #expect(labels.shape == (name == "polyhedra" ? [10, 22, 24] : name == "stars" ? [40, 52] : [64, 72]))
    }

    @Test("A streamed run makes the same labels, through the scratch file or whole", arguments: ["stars", "polyhedra", "flows"])
    func streaming(_ name: String) throws {
        let folder = try TemporaryFolder()
        let package = try ModelPackage(folder: try Fixture.folder(name))
        let image = try Self.channelsFirst(try Self.image(of: name, package))
        let source = folder.file("image.zarr")
        let writer = try ImageFile.blockWriter(source, shape: image.shape, axes: image.axes, type: image.pixels.type)
        try writer.write(image.pixels, to: image.shape.map { 0..<$0 })
        for product in [StreamedRun.Product.output(nil), .labels(LabelPostprocessor.undeclared(for: package).postprocessor)] {
            let target = folder.file("labels.tif")
            try? FileManager.default.removeItem(atPath: target)
            let run = StreamedRun(
                try Predictor(package), on: try ImageFile.blocks(source), to: target, product,
                options: PredictionOptions(tile: name == "polyhedra" ? [4, 8, 8] : [16, 16]), key: "key")
            let report = try run.run()
            let expected = try Self.expected(of: name)
            guard case .uint16(let labels) = try ImageFile.read(target).pixels else {
                Issue.record("labels of another type")
                continue
            }
            #expect(labels.map(UInt32.init) == Self.raster(expected))
            #expect(report.objects == Set(expected).subtracting([0]).count)
        }
    }

    @Test("What does not fit into memory at once is an error that says so")
    func memory() throws {
        let folder = try TemporaryFolder()
        let package = try ModelPackage(folder: try Fixture.folder("flows"))
        let image = try Self.image(of: "flows", package)
        let source = folder.file("image.zarr")
        try ImageFile.blockWriter(source, shape: image.shape, axes: image.axes, type: image.pixels.type).write(
            image.pixels, to: image.shape.map { 0..<$0 })
        let run = StreamedRun(
            try Predictor(package), on: try ImageFile.blocks(source), to: folder.file("labels.tif"), .output(nil),
            options: PredictionOptions(tile: [16, 16], memoryBytes: 60_000), key: "key")
        let error = try #require(throws: InferenceError.self) { try run.run() }
        #expect("\(error)".contains("at once"))
    }

    @Test("Weights in a second file are read, and checked by their digest")
    func externalData() throws {
        let check = try PackageCheck(try ModelPackage(folder: try Fixture.folder("external")))
        #expect(check.passed, "\(check.faults)")
        #expect(try #require(check.outputs[0].comparison).maxAbsoluteDifference < 1e-5)
        try Self.changed("external") { folder in
            let file = URL(fileURLWithPath: folder.file("weights.onnx.data"))
            var bytes = try Data(contentsOf: file)
            bytes[0] ^= 1
            try bytes.write(to: file)
            let error = try #require(throws: PackageError.self) { try ModelPackage(folder: folder.path).network() }
            #expect(error.code == .digestMismatch)
        }
    }

    @Test(
        "A second file that is not beside the first, or not in the package, is refused",
        arguments: ["/etc/passwd.data", "../weights.onnx.data", "other/weights.onnx.data", "weights.onnx", "missing.data", "link.data"])
    func unsafeExternalData(_ source: String) throws {
        try Self.changed("external") { folder in
            try folder.edit("bioimageio.yaml") { text in
                text.split(separator: "\n").map { line in
                    line.contains("external_data") ? "    external_data: {source: \(source)}" : String(line)
                }.joined(separator: "\n")
            }
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("link.data"), withDestinationPath: try Fixture.folder("external") + "/weights.onnx.data")
            let error = try #require(throws: PackageError.self) { try ModelPackage(folder: folder.path).network() }
            let codes: [PackageError.Code] = [.unsafePath, .invalidValue, .missing]
            #expect(codes.contains(error.code))
        }
    }

    @Test("A leading `./` before the name of the second file says nothing, in the description and in the graph")
    func dottedExternalData() throws {
        try Self.changed("external") { folder in
            try folder.edit("bioimageio.yaml") { $0.replacing("weights.onnx.data", with: "./weights.onnx.data") }
            #expect(try ModelPackage(folder: folder.path).network().inputs.count == 1)
        }
        func graph(_ location: String) -> [UInt8] {
            let place = Wire.bytes(13, Wire.text(1, "location") + Wire.text(2, location))
            return ModelBuilder.model(input: [4]) {
                $0.initializer(Wire.number(1, 4) + Wire.number(2, 1) + Wire.text(8, "w") + place + Wire.number(14, 1))
                $0.node("Add", ["x", "w"], ["y"])
            }
        }
        let external = ExternalData(location: "w.data", source: ByteSource([UInt8](repeating: 0, count: 16)))
        for location in ["w.data", "./w.data", "././w.data"] {
            #expect((try? Network(onnx: graph(location), externalData: external))?.constantBytes == 16)
        }
        for location in ["/w.data", "../w.data", "./../w.data", ".//w.data", "a/w.data", "./a/../w.data"] {
            #expect(throws: NetworkError.self) { try Network(onnx: graph(location), externalData: external) }
        }
    }

    @Test("Without the entry, a graph with external data is refused, and with another name too")
    func undeclaredExternalData() throws {
        try Self.changed("external") { folder in
            let text = try String(contentsOfFile: folder.file("bioimageio.yaml"), encoding: .utf8)
            try folder.write(
                text.split(separator: "\n").filter { !$0.contains("external_data") }.joined(separator: "\n"), "bioimageio.yaml")
            let undeclared = try #require(throws: PackageError.self) { try ModelPackage(folder: folder.path).network() }
            #expect(undeclared.found.contains("`external_data: {source: weights.onnx.data}`"), "\(undeclared)")
            try FileManager.default.moveItem(atPath: folder.file("weights.onnx.data"), toPath: folder.file("other.data"))
            try folder.write(text.replacing("weights.onnx.data", with: "other.data"), "bioimageio.yaml")
            let error = try #require(throws: PackageError.self) { try ModelPackage(folder: folder.path).network() }
            #expect(error.found.contains("only the declared 'other.data' is read"))
        }
    }

    @Test(
        "External tensors before the file's start, beyond its end or over each other are refused",
        arguments: [("72", "-2", "offset"), ("72", "99", "byte 99"), ("72", "70", "share the bytes"), ("72", "7x", "offset")])
    func externalOffsets(_ old: String, _ new: String, _ word: String) throws {
        let folder = try Fixture.folder("external")
        var graph = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/weights.onnx")))
        let weights = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/weights.onnx.data")))
        let pattern = Array("offset\u{12}\u{02}\(old)".utf8)
        let place = try #require((0..<graph.count - pattern.count).first { Array(graph[$0..<$0 + pattern.count]) == pattern })
        graph.replaceSubrange(place..<place + pattern.count, with: Array("offset\u{12}\u{02}\(new)".utf8))
        let external = ExternalData(location: "weights.onnx.data", source: ByteSource(weights))
        let error = try #require(throws: NetworkError.self) { try Network(onnx: graph, externalData: external) }
        #expect("\(error)".contains(word), "\(error)")
    }

    private static func changed(_ name: String, _ body: (TemporaryFolder) throws -> Void) throws {
        try body(try TemporaryFolder(copyOf: try Fixture.folder(name)))
    }

    /// The test input as an image of the package's axes.
    private static func image(of name: String, _ package: ModelPackage) throws -> Image {
        let array = try Fixture.array("\(name)/maps.npy")
        let axes = package.inputs[0].axes.compactMap { axis -> Axis? in
            switch axis.kind {
            case .channel: .channel
            case .space: Axis(rawValue: axis.id)
            default: nil
            }
        }
        return try #require(Image(shape: Array(array.shape.dropFirst()), axes: axes, pixels: array.pixels))
    }

    /// The image with its channels before the space axes, the order of files.
    private static func channelsFirst(_ image: Image) throws -> Image {
        guard image.axes.last == .channel, let channels = image.shape.last, case .uint16(let values) = image.pixels else { return image }
        let moved = (0..<channels).flatMap { channel in stride(from: channel, to: values.count, by: channels).map { values[$0] } }
        return try #require(
            Image(shape: [channels] + image.shape.dropLast(), axes: [.channel] + image.axes.dropLast(), pixels: .uint16(moved)))
    }

    private static func expected(of name: String) throws -> [UInt32] {
        switch try Fixture.array("\(name)/labels.npy").pixels {
        case .uint16(let values): values.map(UInt32.init)
        case .int32(let values): values.map { UInt32($0) }
        default: []
        }
    }

    private static func raster(_ labels: [UInt32]) -> [UInt32] {
        var numbers: [UInt32: UInt32] = [0: 0]
        return labels.map { label in
            let number = numbers[label] ?? UInt32(numbers.count)
            numbers[label] = number
            return number
        }
    }
}
