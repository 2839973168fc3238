import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Declared types of whole numbers: what images and results become by them, in memory and from file to file.
@Suite struct DeclaredTypeTests {
    /// A package of the input `raw` and the output `out`, with what stands behind their axes in the description.
    private final class Made {
        private let home: TemporaryFolder
        let package: ModelPackage

        init(_ network: [UInt8], input: String = "", output: String = "") throws {
            home = try TemporaryFolder()
            try Data(network).write(to: URL(fileURLWithPath: home.file("weights.onnx")))
            func axes(_ size: (String) -> String) -> String {
                "[{type: batch, size: 1}, {type: channel, channel_names: [c]}"
                    + ["y", "x"].map { ", {type: space, id: \($0), size: \(size($0))}" }.joined() + "]"
            }
            try home.write(
                """
                format_version: 0.5.4
                type: model
                name: declared
                license: CC0-1.0
                inputs: [{id: raw, axes: \(axes { _ in "{min: 4, step: 1}" })\(input)}]
                outputs: [{id: out, axes: \(axes { "{tensor_id: raw, axis_id: \($0)}" })\(output)}]
                weights: {onnx: {source: weights.onnx, opset_version: 17}}
                """, "bioimageio.yaml")
            package = try ModelPackage(folder: home.path)
        }

        var folder: String { home.path }

        /// Runs an image in tiles; the values and what was reported.
        func stream(_ image: any ImageBlocks, to name: String = "out.tif") throws -> (values: [Float], report: StreamedRun.Report) {
            let report = try StreamedRun(
                Predictor(package), on: image, to: home.file(name), .output(nil), options: .init(tile: [16, 16]), key: "test"
            ).run()
            return (try MadePackage.read(home.file(name)).values, report)
        }
    }

    /// A network that computes in float32, from and to other types.
    private func network(from: Int = 1, to: Int = 1) -> [UInt8] {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1], type: from)
        builder.output("y", type: to)
        builder.node("Cast", ["x"], ["f"], [("to", .int(1))])
        builder.weights("w", [1, 1, 1, 1], [1])
        builder.node("Conv", ["f", "w"], ["g"])
        builder.node("Cast", ["g"], ["y"], [("to", .int(to))])
        return builder.file
    }

    private func image(_ values: (Int) -> Float) throws -> Image {
        try #require(Image(shape: [40, 36], axes: [.y, .x], pixels: .float32((0..<1440).map(values))))
    }

    @Test(
        "A result declared as whole numbers is cut off and wraps around, in memory and in tiles, and that is said",
        arguments: ["uint8", "int8", "int16", "uint16", "int32", "int64", "bool"])
    func results(_ type: String) throws {
        let made = try Made(
            network(), output: ", data: {type: \(type)}, postprocessing: [{id: scale_linear, kwargs: {gain: 0.5, offset: -20}}]")
        let image = try image { Float($0 % 331) }
        func expected(_ value: Float) -> Float {
            let whole = Int(value * 0.5 - 20)
            switch type {
            case "uint8": return Float(UInt8(truncatingIfNeeded: whole))
            case "int8": return Float(Int8(truncatingIfNeeded: whole))
            case "uint16": return Float(UInt16(truncatingIfNeeded: whole))
            case "bool": return value * 0.5 - 20 == 0 ? 0 : 1
            default: return Float(whole)
            }
        }
        let wanted = (0..<1440).map { expected(Float($0 % 331)) }
        let whole = try Predictor(made.package).predict(image), streamed = try made.stream(WholeImageBlocks(image))
        #expect(streamed.report.tiles > 1)
        #expect(whole.outputs[0].values == wanted)
        #expect(streamed.values == wanted)
        let loss = type == "bool" ? "everything but 0 is true" : "fractions are cut off and values beyond it wrap around"
        let note =
            "out: the values after `scale_linear` become \(type), the declared type: \(loss). The format adds this `ensure_dtype` where "
            + "none is written"
        for notes in [whole.notes, streamed.report.notes] { #expect(notes.contains(note), "\(notes)") }
    }

    @Test("What a network makes in the declared type stays as it is, without a note; what it makes in float32 is cut off with one")
    func plainResults() throws {
        let image = try image { Float($0 % 100) + 0.75 }, output = ", data: {type: uint8}"
        let whole = try Made(network(to: 2), output: output), real = try Made(network(), output: output)
        let own = try Predictor(whole.package).predict(image), cast = try Predictor(real.package).predict(image)
        #expect(own.outputs[0].values == (0..<1440).map { Float($0 % 100) } && own.outputs[0].values == cast.outputs[0].values)
        #expect(!own.notes.contains { $0.contains("ensure_dtype") }, "\(own.notes)")
        #expect(cast.notes.contains { $0.contains("the values of the network (float32) become uint8") }, "\(cast.notes)")
    }

    @Test("A network of whole numbers gets what steps make of its declared type, cut off")
    func inputs() throws {
        let made = try Made(
            network(from: 2), input: ", data: {type: uint8}, preprocessing: [{id: scale_linear, kwargs: {gain: 0.5}}]")
        let pixels = (0..<1440).map { UInt8($0 % 251) }
        let image = try #require(Image(shape: [40, 36], axes: [.y, .x], pixels: .uint8(pixels)))
        let wanted = pixels.map { Float($0 / 2) }, streamed = try made.stream(WholeImageBlocks(image))
        #expect(try Predictor(made.package).predict(image).outputs[0].values == wanted)
        #expect(streamed.values == wanted)
        #expect(streamed.report.notes.contains { $0.contains("raw: the values after `scale_linear` become uint8") })
    }

    @Test("Fractions of an image for a declared type of whole numbers are cut off with a note, also when a run goes on; whole ones without")
    func fractions() throws {
        let made = try Made(
            network(),
            input: ", data: {type: uint8}, preprocessing: [{id: scale_linear, kwargs: {gain: 0.5}}, "
                + "{id: ensure_dtype, kwargs: {dtype: float32}}]")
        let note = "the input raw is declared uint8: fractions of the image's values were cut off"
        let image = try image { Float($0 % 251) + ($0 == 3 ? 0.75 : 0) }, wanted = (0..<1440).map { Float($0 % 251) / 2 }
        let whole = try Predictor(made.package).predict(image), blocks = FailingImage(image)
        let streamed = try made.stream(blocks, to: "a.tif")
        #expect(whole.outputs[0].values == wanted && streamed.values == wanted)
        for notes in [whole.notes, streamed.report.notes] { #expect(notes.filter { $0 == note }.count == 1, "\(notes)") }
        #expect(throws: InferenceError.self) { try made.stream(FailingImage(image, after: blocks.reads - 3), to: "b.tif") }
        let resumed = try made.stream(FailingImage(image), to: "b.tif")
        #expect(resumed.report.resumedTiles > 0 && resumed.values == wanted && resumed.report.notes == streamed.report.notes)
        let plain = try self.image { Float($0 % 251) }, wide = (0..<1440).map { UInt16($0 % 251) }
        let uint16 = try #require(Image(shape: [40, 36], axes: [.y, .x], pixels: .uint16(wide)))
        for image in [plain, uint16] {
            let whole = try Predictor(made.package).predict(image)
            #expect(whole.outputs[0].values == wanted && !whole.notes.contains(note))
        }
    }

    @Test("A finished sample's fractions are told by the run that goes on with the next")
    func samples() throws {
        let made = try Made(network(), input: ", data: {type: int16}")
        let values = (0..<2880).map { Float($0 % 97) + ($0 == 7 ? 0.5 : 0) }
        let image = try #require(Image(shape: [2, 40, 36], axes: [.time, .y, .x], pixels: .float32(values)))
        let blocks = FailingImage(image), expected = try made.stream(blocks, to: "a.tif").report.notes
        #expect(expected.contains { $0.contains("were cut off") }, "\(expected)")
        #expect(throws: InferenceError.self) { try made.stream(FailingImage(image, after: blocks.reads - 2), to: "b.tif") }
        #expect(try made.stream(FailingImage(image), to: "b.tif").report.notes == expected)
    }

    @Test("An image with values beyond the declared type is refused before the first tile")
    func beyond() throws {
        let made = try Made(network(), input: ", data: {type: uint8}")
        var values = [UInt16](repeating: 7, count: 1440)
        values[39 * 36 + 35] = 300
        let image = try #require(Image(shape: [40, 36], axes: [.y, .x], pixels: .uint16(values)))
        let wanted = "the input `raw` holds 300 at c 0, y 39, x 35, which uint8, the declared type, cannot hold"
        let streamed = try #require(throws: InferenceError.self) { try made.stream(WholeImageBlocks(image)) }
        #expect("\(streamed)".contains(wanted), "\(streamed)")
        let whole = try #require(throws: InferenceError.self) { try Predictor(made.package).predict(image) }
        #expect("\(whole)".contains(wanted), "\(whole)")
    }

    @Test("Steps whose values the format casts to whole numbers before a network of float32 are refused, with what to write")
    func lostSteps() throws {
        let made = try Made(network(), input: ", data: {type: uint8}, preprocessing: [{id: zero_mean_unit_variance}]")
        let error = try #require(throws: PackageError.self) { try made.package.network() }
        #expect("\(error)".contains("to which the format casts what `zero_mean_unit_variance` makes, and the network's input `x` takes"))
        #expect(error.remedy == "end the preprocessing with `ensure_dtype`, `dtype: float32`")
        let fine = try Made(
            network(),
            input: ", data: {type: uint8}, preprocessing: [{id: zero_mean_unit_variance}, "
                + "{id: ensure_dtype, kwargs: {dtype: float32}}]")
        _ = try fine.package.network()
    }

    @Test("Labels are made of a result in its declared type")
    func labels() throws {
        let made = try Made(network(), output: ", data: {type: uint8}")
        // Where values are 0.9 nothing is above one half when their fractions are cut off.
        let image = try image { $0 / 36 < 10 ? 0.9 : $0 / 36 > 20 ? 1.2 : 0 }
        let method = LabelPostprocessor.undeclared(for: made.package).postprocessor, path = made.folder + "/labels.tif"
        let report = try StreamedRun(
            Predictor(made.package), on: WholeImageBlocks(image), to: path, .labels(method), options: .init(tile: [16, 16]), key: "test"
        ).run()
        #expect(report.objects == 1)
        let prediction = try Predictor(made.package).predict(image)
        let labels = try method.labels(from: prediction.outputs, imageExtents: [.y: 40, .x: 36]).labels
        #expect(labels == (0..<1440).map { $0 / 36 > 20 ? 1 : 0 })
    }

    @Test("The check names the type of a test tensor's file, and a type that the network does not take")
    func check() throws {
        let made = try Made(
            network(from: 5, to: 5), input: ", data: {type: int16}, test_tensor: {source: raw.npy}",
            output: ", data: {type: int16}, test_tensor: {source: out.npy}")
        func write(_ descr: String, _ name: String, in folder: String) throws {
            var head = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (1, 1, 4, 4), }"
            head += String(repeating: " ", count: 117 - head.utf8.count) + "\n"
            let values = (0..<16).flatMap { value in (0..<(Int(descr.suffix(1)) ?? 0)).map { $0 == 0 ? UInt8(value) : 0 } }
            let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(head.utf8.count), 0] + Array(head.utf8) + values
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        for name in ["raw.npy", "out.npy"] { try write("<i2", name, in: made.folder) }
        let fine = try PackageCheck(made.package)
        #expect(fine.passed && !fine.warnings.contains { $0.contains("declared is") || $0.contains("by the format") }, "\(fine.warnings)")
        try write("<i4", "raw.npy", in: made.folder)
        let wide = try PackageCheck(made.package)
        #expect(wide.warnings.contains("the test tensor of raw is int32, declared is int16"), "\(wide.warnings)")
        let other = try Made(
            network(from: 1, to: 5), input: ", data: {type: int16}, test_tensor: {source: raw.npy}",
            output: ", data: {type: int16}, test_tensor: {source: out.npy}")
        for name in ["raw.npy", "out.npy"] { try write("<i2", name, in: other.folder) }
        let check = try PackageCheck(other.package)
        #expect(check.passed && check.warnings.contains { $0.contains("input `x` is given int16, it takes float32") }, "\(check.warnings)")
    }
}
