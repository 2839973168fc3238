import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Values that end a run: it says where they are, and nothing of it is in the way of corrected images.
@Suite struct RefusedValueTests {
    /// A network of single pixels whose input is declared uint8.
    private func package(_ folder: TemporaryFolder, _ steps: String = "") throws -> ModelPackage {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("w", [1, 1, 1, 1], [2])
        builder.node("Conv", ["x", "w"], ["y"])
        try Data(builder.file).write(to: URL(fileURLWithPath: folder.file("weights.onnx")))
        func axes(_ size: (String) -> String) -> String {
            "[{type: batch}, {type: channel, channel_names: [c]}"
                + ["y", "x"].map { ", {type: space, id: \($0), size: \(size($0))}" }.joined() + "]"
        }
        try folder.write(
            """
            format_version: 0.5.4
            type: model
            name: declared
            license: CC0-1.0
            inputs: [{id: raw, axes: \(axes { _ in "{min: 4, step: 1}" }), data: {type: uint8}\(steps)}]
            outputs: [{id: out, axes: \(axes { "{tensor_id: raw, axis_id: \($0)}" })}]
            weights: {onnx: {source: weights.onnx, opset_version: 17}}
            """, "bioimageio.yaml")
        return try ModelPackage(folder: folder.path)
    }

    /// Three planes of 7; one pixel of the second is another value.
    private func values(_ other: UInt16) -> [UInt16] {
        var values = [UInt16](repeating: 7, count: 3 * 1440)
        values[1440 + 39 * 36 + 35] = other
        return values
    }

    private func stack(_ other: UInt16) throws -> Image {
        try #require(Image(shape: [3, 40, 36], axes: [.time, .y, .x], pixels: .uint16(values(other))))
    }

    private func run(
        _ package: ModelPackage, _ source: InputSource, _ path: String, key: String = "model images=a"
    ) throws -> StreamedRun.Report {
        try StreamedRun(
            Predictor(package), on: ["raw": source], to: [.init(path, .output(nil))], options: .init(tile: [16, 16]), key: { key }
        ).run()
    }

    @Test(
        "A value of a later sample is told with the sample, and a run on the corrected image begins afresh",
        arguments: ["out.tif", "out.zarr", "out.npy"])
    func samples(_ name: String) throws {
        let folder = try TemporaryFolder(), package = try package(folder), path = folder.file(name)
        let error = try #require(throws: InferenceError.self) { try run(package, .image(WholeImageBlocks(stack(300))), path) }
        #expect(
            "\(error)".hasPrefix("in the sample t 1, counted from 0, the input `raw` holds 300 at c 0, y 39, x 35, which uint8"), "\(error)"
        )
        let names = try folder.names
        #expect(!names.contains { $0.hasPrefix("out") }, "\(names)")
        let report = try run(package, .image(WholeImageBlocks(stack(30))), path, key: "model images=b")
        #expect(report.resumedTiles == 0 && report.samples == 3)
    }

    @Test("A value of a batch whose statistics are taken together is told with its image")
    func batch() throws {
        let folder = try TemporaryFolder()
        let package = try package(
            folder,
            ", preprocessing: [{id: zero_mean_unit_variance, kwargs: {axes: [batch, y, x]}}, {id: ensure_dtype, kwargs: {dtype: float32}}]")
        let file = folder.file("batch.npy")
        try NPY.write(NPYArray(shape: [3, 1, 40, 36], pixels: .uint16(values(300))), to: file)
        let images = try ImageFile.images(inArray: file, axes: try package.inputs[0].axes(ofArray: [3, 1, 40, 36]))
        let error = try #require(throws: InferenceError.self) { try run(package, .batch(images), folder.file("out.npy")) }
        #expect("\(error)".hasPrefix("in the sample batch 1, counted from 0, the input `raw` holds 300 at c 0, y 39, x 35"), "\(error)")
        let names = try folder.names
        #expect(!names.contains("out.npy.part"))
    }

    @Test("An image that cannot be read leaves the work to the next run; an image that was changed since is told as such")
    func changed() throws {
        let folder = try TemporaryFolder(), package = try package(folder), image = try stack(30), path = folder.file("out.tif")
        let blocks = FailingImage(image)
        let whole = try run(package, .image(blocks), folder.file("whole.tif"))
        let most = blocks.reads - 2
        #expect(throws: InferenceError.self) { try run(package, .image(FailingImage(image, after: most)), path) }
        let other = try #require(throws: InferenceError.self) {
            try run(package, .image(WholeImageBlocks(image)), path, key: "model images=b")
        }
        #expect(
            "\(other)".hasSuffix("and the image was changed or replaced since; repeat that run, or remove that folder to begin anew"),
            "\(other)")
        let model = try #require(throws: InferenceError.self) {
            try run(package, .image(WholeImageBlocks(image)), path, key: "model2 images=b")
        }
        #expect("\(model)".contains("an interrupted run of another model, image, tile or option"), "\(model)")
        let resumed = try run(package, .image(FailingImage(image)), path)
        #expect(resumed.resumedTiles > 0 && resumed.tiles == whole.tiles)
    }
}
