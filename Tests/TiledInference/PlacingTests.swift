import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// The end of a run: what is checked before results get their names, and what a run that was killed there leaves.
@Suite struct PlacingTests {
    private let folder: TemporaryFolder
    private let image: Image

    init() throws {
        folder = try TemporaryFolder()
        image = try Fixture.image([150, 150])
    }

    private func run(
        _ names: [String] = ["a.tif"], keepsWork: Bool = false, recheck: @escaping () throws(InferenceError) -> Void = {}
    ) throws -> StreamedRun.Report {
        let predictor = try Predictor(ModelPackage(folder: try Fixture.folder("unet")))
        let method = try Fixture.postprocessor("{id: threshold, channel: 1, threshold: 0.8}")
        let targets = zip(names, [StreamedRun.Product.output(nil), .labels(method)]).map { StreamedRun.Target(folder.file($0), $1) }
        return try StreamedRun(
            predictor, on: [predictor.package.inputs[0].id: .image(WholeImageBlocks(image))], to: targets, options: .init(tile: [64, 64]),
            key: { "test" }, recheck: recheck, keepsWork: keepsWork
        ).run()
    }

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.file(name))) }

    @Test("A run that ended while its results got their names takes them back and comes to the same", arguments: [[0], [1], [0, 1], []])
    func takenBack(_ unnamed: [Int]) throws {
        let names = ["a.tif", "b.npy"], results = ["result.tif", "result-2.npy"]
        let first = try run(names, keepsWork: true)
        let expected = try names.map(bytes)
        #expect(try folder.names == ["a.tif", "a.tif.part", "b.npy"])
        for number in unnamed {
            try FileManager.default.moveItem(atPath: folder.file(names[number]), toPath: folder.file("a.tif.part/" + results[number]))
        }
        let second = try run(names)
        #expect(second.tiles == first.tiles && second.resumedTiles == first.tiles - 1 && second.notes == first.notes)
        #expect(try names.map(bytes) == expected)
        #expect(try folder.names == names)
    }

    @Test("A file of somebody else in the place of a result is left as it is")
    func foreign() throws {
        try folder.write("mine", "a.tif")
        let there = try #require(throws: InferenceError.self) { try run() }
        #expect("\(there)".contains("the output exists"))
        #expect(try folder.names == ["a.tif"])
        try FileManager.default.removeItem(atPath: folder.file("a.tif"))
        #expect(throws: InferenceError.self) { try run(recheck: { () throws(InferenceError) in throw .noTiling(found: "x", remedy: "y") }) }
        try folder.write("mine", "a.tif")
        let later = try #require(throws: InferenceError.self) { try run() }
        #expect("\(later)".contains("the output exists"))
        #expect(try bytes("a.tif") == Data("mine".utf8))
    }

    @Test("Where the images changed while they were read, nothing gets its name, and nothing of the work is used again")
    func changed() throws {
        let error = try #require(throws: InferenceError.self) {
            try run(recheck: { () throws(InferenceError) in
                throw .unfitImage(input: "raw", found: "the image was changed", remedy: "run again")
            })
        }
        #expect("\(error)".contains("the image was changed"))
        #expect(try folder.names.isEmpty)
        let report = try run()
        #expect(report.resumedTiles == 0 && report.tiles > 1)
        #expect(try folder.names == ["a.tif"])
    }

    /// An image of which only the extents are there.
    private final class Stated: ImageBlocks {
        let shape: [Int]
        let axes: [Axis] = [.y, .x]
        let type = PixelType.uint16
        let geometry = ImageGeometry()
        let blockShape = [512, 512]
        let notes = ["the file states what cannot be true"]

        init(_ shape: [Int]) { self.shape = shape }

        func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
            // Integers have no values that are not finite, so that tiles are read first.
            throw ImageError(.unreadable, "nothing is there")
        }
    }

    @Test("A result for which the disk has no room is refused before the first tile, with what it takes and what there is")
    func room() throws {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) { $0.node("Relu", ["x"], ["y"]) }
        let made = try MadePackage(network, least: 8, step: 1)
        // Rows of the tiles of a TIFF lie on the disk whole, however narrow the image is.
        let cases = [
            ("a.tif", [4_000_000, 5_000_000], "72.8 TiB"), ("a.npy", [4_000_000, 5_000_000], "72.8 TiB"),
            ("a.tif", [4_000_000_000, 8], "7.5 TiB"),
        ]
        for (name, shape, size) in cases {
            let error = try #require(throws: InferenceError.self) {
                try StreamedRun(
                    Predictor(made.package), on: Stated(shape), to: folder.file(name), .output(nil),
                    options: .init(tile: [65_536, 16_384], memoryBytes: .max),
                    key: "test"
                ).run()
            }
            #expect("\(error)".contains("take \(size)") && "\(error)".contains("fit on the disk"), "\(error)")
        }
    }

    @Test(
        "A result of 8 bytes a value, or values of 8 bytes that steps need as a whole, take twice the room",
        arguments: [("a.tif", false), ("a.npy", false), ("a.zarr", true)])
    func wideRoom(_ name: String, _ isGathered: Bool) throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y", type: 11)
        builder.node("Cast", ["x"], ["y"], [("to", .int(11))])
        let made = try MadePackage(builder.file, least: 8, step: 1), yaml = made.folder + "/bioimageio.yaml"
        let steps = isGathered ? "    postprocessing: [{id: zero_mean_unit_variance}]\n" : ""
        let text = try String(contentsOfFile: yaml, encoding: .utf8).replacingOccurrences(
            of: "  - id: maps\n", with: "  - id: maps\n    data: {type: float64}\n\(steps)")
        try Data(text.utf8).write(to: URL(fileURLWithPath: yaml))
        let error = try #require(throws: InferenceError.self) {
            try StreamedRun(
                Predictor(ModelPackage(folder: made.folder)), on: Stated([4_000_000, 5_000_000]), to: folder.file(name), .output(nil),
                options: .init(tile: [65_536, 16_384], memoryBytes: .max), key: "test"
            ).run()
        }
        #expect("\(error)".contains("take 145.5 TiB") && "\(error)".contains("fit on the disk"), "\(error)")
    }

    @Test("Windows whose results are less than the whole image's are refused, with both extents")
    func extents() throws {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) { builder in
            builder.opset = 19
            builder.weights("s", [4], [1, 1, 1.5, 1.5])
            builder.node(
                "Resize", ["x", "", "s"], ["y"],
                [("mode", .string("linear")), ("coordinate_transformation_mode", .string("half_pixel_symmetric"))])
        }
        let made = try MadePackage(network, least: 8, step: 1), path = folder.file("a.tif")
        let yaml = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: yaml, encoding: .utf8).replacingOccurrences(
            of: "offset: 0}", with: "offset: 0}, scale: 0.6666666666666666")
        try Data(text.utf8).write(to: URL(fileURLWithPath: yaml))
        let predictor = try Predictor(ModelPackage(folder: made.folder)), odd = try Fixture.image([41, 41])
        func run(_ tile: [Int]?, to path: String) throws -> StreamedRun.Report {
            try StreamedRun(predictor, on: WholeImageBlocks(odd), to: path, .output(nil), options: .init(tile: tile), key: "test").run()
        }
        let error = try #require(throws: InferenceError.self) { try run([16, 16], to: path) }
        #expect("\(error)".contains("59, 59") && "\(error)".contains("61, 61"), "\(error)")
        _ = try run(nil, to: path)
        #expect(try ImageFile.blocks(path).shape == [61, 61])
    }

    @Test("What an image's file says that cannot be true is in the report")
    func notes() throws {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) { $0.node("Relu", ["x"], ["y"]) }
        let made = try MadePackage(network, least: 8, step: 1)
        let report = try StreamedRun(
            Predictor(made.package), on: Doubtful(image), to: folder.file("a.tif"), .output(nil), options: .init(), key: "test"
        ).run()
        #expect(report.notes.contains("pixels lie 0 apart"))
    }

    /// An image whose file says something that cannot be true.
    private final class Doubtful: ImageBlocks {
        let notes = ["pixels lie 0 apart"]
        private let whole: WholeImageBlocks

        init(_ image: Image) { whole = WholeImageBlocks(image) }

        var shape: [Int] { whole.shape }
        var axes: [Axis] { whole.axes }
        var type: PixelType { whole.type }
        var geometry: ImageGeometry { whole.geometry }
        var blockShape: [Int] { whole.blockShape }

        func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels { try whole.read(region) }
    }
}
