import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Results that float32 does not hold: whole numbers of 32 and 64 bits, and float64.
@Suite struct WideResultTests {
    /// A type by its numbers in ONNX and its name.
    struct Kind: Sendable, CustomTestStringConvertible {
        let code: Int
        let name: String
        let file: PixelType
        var testDescription: String { name }
    }

    static let kinds = [
        Kind(code: 6, name: "int32", file: .int32), Kind(code: 12, name: "uint32", file: .uint32),
        Kind(code: 7, name: "int64", file: .float64), Kind(code: 13, name: "uint64", file: .float64),
        Kind(code: 11, name: "float64", file: .float64),
    ]

    /// A package of the input `raw` and the output `out`.
    private final class Made {
        private let home: TemporaryFolder
        let package: ModelPackage

        init(_ network: [UInt8], _ output: String, isVector: Bool = false, tests: Bool = false) throws {
            home = try TemporaryFolder()
            try Data(network).write(to: URL(fileURLWithPath: home.file("weights.onnx")))
            func axes(_ size: (String) -> String) -> String {
                "[{type: batch, size: 1}, {type: channel, channel_names: [c]}"
                    + ["y", "x"].map { ", {type: space, id: \($0), size: \(size($0))}" }.joined() + "]"
            }
            let vector = "[{type: batch, size: 1}, {type: channel, channel_names: [c]}]"
            let places = isVector ? vector : axes { "{tensor_id: raw, axis_id: \($0)}" }
            func test(_ name: String) -> String { tests ? ", test_tensor: {source: \(name).npy}" : "" }
            if tests {
                for name in ["raw", "out"] {
                    let values = (0..<16).map { Float($0) }
                    try NPY.write(NPYArray(shape: [1, 1, 4, 4], pixels: .float32(values)), to: home.file("\(name).npy"))
                }
            }
            try home.write(
                """
                format_version: 0.5.4
                type: model
                name: wide
                license: CC0-1.0
                inputs: [{id: raw, axes: \(axes { _ in "{min: 4, step: 1}" })\(test("raw"))}]
                outputs: [{id: out, axes: \(places)\(output)\(test("out"))}]
                weights: {onnx: {source: weights.onnx, opset_version: 17}}
                """, "bioimageio.yaml")
            package = try ModelPackage(folder: home.path)
        }

        func file(_ name: String) -> String { home.file(name) }

        /// Runs an image in tiles.
        func stream(
            _ image: any ImageBlocks, to name: String, _ product: StreamedRun.Product = .output(nil), blending: Blending? = nil
        ) throws -> StreamedRun.Report {
            try StreamedRun(
                Predictor(package), on: image, to: file(name), product, options: .init(tile: [16, 16], blending: blending), key: "test"
            ).run()
        }

        /// What `model check` computes of an image `(y, x)`.
        func checked(_ image: Image) throws -> [Double] {
            let network = try package.network(), shape = [1, 1] + image.shape
            guard case .float32(let floats) = image.pixels else { return [] }
            let tensor = try #require(Tensor(shape: shape, storage: .float32(floats)))
            let raw = ["raw": try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: tensor))]
            let outputs = try package.run(network, on: try package.prepare(raw, for: network).tensors)
            return try #require(try package.postprocess(outputs, references: raw)["out"]).tensor.doubles
        }
    }

    /// x · factor + 1, a whole number of the given type; x is one of the image's.
    private func network(_ code: Int, factor: Int = 1_000_003, isVector: Bool = false) -> [UInt8] {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y", type: code)
        builder.initializer(ModelBuilder.tensor("factor", integers: [factor]))
        builder.initializer(ModelBuilder.tensor("one", integers: [1]))
        if isVector {
            builder.node("ReduceMax", ["x"], ["r"], [("axes", .ints([2, 3])), ("keepdims", .int(0))])
        } else {
            builder.node("Identity", ["x"], ["r"])
        }
        builder.node("Cast", ["r"], ["whole"], [("to", .int(7))])
        builder.node("Mul", ["whole", "factor"], ["large"])
        builder.node("Add", ["large", "one"], ["ids"])
        builder.node("Cast", ["ids"], ["y"], [("to", .int(code))])
        return builder.file
    }

    /// A number for each pixel of an image.
    private func numbers(_ number: (Int) -> Int) -> [Double] { (0..<1440).map { Double(number($0)) } }

    private func image(_ extents: [Int] = [40, 36], _ axes: [Axis] = [.y, .x]) throws -> Image {
        let count = extents.reduce(1, *)
        return try #require(Image(shape: extents, axes: axes, pixels: .float32((0..<count).map { Float($0 % 1440) })))
    }

    /// The values of a file, and their type.
    private func read(_ path: String) throws -> (type: PixelType, values: [Double]) {
        let pixels = try path.hasSuffix(".npy") ? NPY.read(path).pixels : read(image: path)
        return (pixels.type, pixels.doubles)
    }

    private func read(image path: String) throws -> Pixels {
        let blocks = try ImageFile.blocks(path)
        return try blocks.read(blocks.shape.map { 0..<$0 })
    }

    @Test("Every digit of a wide type that is declared is in the file, in each format, as the check has it", arguments: kinds)
    func plain(_ kind: Kind) throws {
        let made = try Made(network(kind.code), ", data: {type: \(kind.name)}"), image = try image()
        let wanted = numbers { $0 * 1_000_003 + 1 }
        #expect(try made.checked(image) == wanted)
        for ending in ["tif", "zarr", "npy"] {
            let report = try made.stream(WholeImageBlocks(image), to: "out.\(ending)")
            let (type, values) = try read(made.file("out.\(ending)"))
            #expect(report.tiles > 1 && type == kind.file, "\(ending): \(type)")
            #expect(values == wanted)
            #expect(!report.notes.contains { $0.contains("rounded") }, "\(report.notes)")
        }
    }

    @Test(
        "Steps behind a network of a wide type keep its digits, each by itself or with all values, as the check has it", arguments: kinds,
        ["{id: scale_linear, kwargs: {gain: 3, offset: 5}}", "{id: clip, kwargs: {max: 1000000001}}", "{id: zero_mean_unit_variance}"])
    func steps(_ kind: Kind, _ step: String) throws {
        let made = try Made(network(kind.code), ", data: {type: float64}, postprocessing: [\(step)]"), image = try image()
        let wanted = try made.checked(image), report = try made.stream(WholeImageBlocks(image), to: "out.tif")
        let (type, values) = try read(made.file("out.tif"))
        #expect(report.tiles > 1 && type == .float64 && values == wanted)
        #expect(values.contains { Double(Float($0)) != $0 })
        let scaled = numbers { 3 * ($0 * 1_000_003 + 1) + 5 }
        #expect(!step.contains("gain") || values == scaled)
    }

    @Test("Narrow types behind wide values are what the check has", arguments: ["float32", "int16", "uint8", "bool"])
    func narrow(_ type: String) throws {
        let steps = "{id: scale_linear, kwargs: {gain: 0.3, offset: -7}}"
        let made = try Made(network(7), ", data: {type: \(type)}, postprocessing: [\(steps)]"), image = try image()
        _ = try made.stream(WholeImageBlocks(image), to: "out.npy")
        let (written, values) = try read(made.file("out.npy"))
        let checked = try made.checked(image), predicted = try Predictor(made.package).predict(image).outputs[0].values
        #expect(written == .float32 && values == checked)
        #expect(values == predicted.map { Double($0) })
    }

    @Test(
        "Steps that make float64 of narrow whole numbers, of lists or of fixed statistics are what the check has, in tiles and in memory",
        arguments: [
            (2, "{id: scale_linear, kwargs: {gain: 0.00392156862745098}}"),
            (1, "{id: scale_linear, kwargs: {gain: [0.00392156862745098], axis: channel}}"),
            (1, "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 0, std: 255}}"),
        ])
    func promoted(_ code: Int, _ step: String) throws {
        let steps = "\(step), {id: scale_linear, kwargs: {gain: 255}}, {id: ensure_dtype, kwargs: {dtype: uint8}}"
        let made = try Made(network(code, factor: 1), ", data: {type: uint8}, postprocessing: [\(steps)]")
        let levels = (0..<1440).map { Float($0 % 240) }
        let image = try #require(Image(shape: [40, 36], axes: [.y, .x], pixels: .float32(levels)))
        _ = try made.stream(WholeImageBlocks(image), to: "out.npy")
        let (_, values) = try read(made.file("out.npy"))
        let checked = try made.checked(image), predicted = try Predictor(made.package).predict(image).outputs[0].values
        #expect(values == checked && values == predicted.map { Double($0) })
        // In float32 these are others.
        let single = levels.map { Double((($0 + 1) * Float(0.00392156862745098) * 255).rounded(.towardZero)) }
        #expect(values != single)
    }

    @Test("Steps behind float32 that end in a wide type are what the check has")
    func widened() throws {
        let steps = "{id: ensure_dtype, kwargs: {dtype: int32}}, {id: scale_linear, kwargs: {gain: 1000003, offset: 1}}"
        let made = try Made(network(1, factor: 1), ", data: {type: int64}, postprocessing: [\(steps)]"), image = try image()
        _ = try made.stream(WholeImageBlocks(image), to: "out.tif")
        let (type, values) = try read(made.file("out.tif"))
        let checked = try made.checked(image), wanted = numbers { ($0 + 1) * 1_000_003 + 1 }
        #expect(type == .float64 && values == checked && values == wanted)
    }

    @Test("Whole numbers that the declared float32 rounds are told by runs and the check, also by a run that goes on")
    func rounding() throws {
        let made = try Made(network(7), "", tests: true), image = try image(), blocks = FailingImage(image)
        let note =
            "out: whole numbers of the network (int64) beyond 16777216 were rounded to float32, the declared type; declare "
            + "`data: {type: int64}` to keep them"
        let report = try made.stream(blocks, to: "a.tif"), (type, values) = try read(made.file("a.tif"))
        let checked = try made.checked(image), rounded = numbers { $0 * 1_000_003 + 1 }.map { Double(Float($0)) }
        #expect(type == .float32 && values == rounded && values == checked)
        #expect(report.notes.filter { $0 == note }.count == 1, "\(report.notes)")
        #expect(throws: InferenceError.self) { try made.stream(FailingImage(image, after: blocks.reads - 1), to: "b.tif") }
        let resumed = try made.stream(FailingImage(image), to: "b.tif")
        #expect(resumed.resumedTiles > 0 && resumed.notes == report.notes)
        #expect(try Predictor(made.package).predict(image).notes.contains(note))
        let small = try Made(network(7, factor: 10), "", tests: true)
        #expect(try !small.stream(WholeImageBlocks(image), to: "a.tif").notes.contains { $0.contains("rounded") })
        // Of the test image 15 is the largest value.
        #expect(try !PackageCheck(small.package).warnings.contains(note))
        let large = try Made(network(7, factor: 2_000_003), "", tests: true)
        #expect(try PackageCheck(large.package).warnings.contains(note))
    }

    @Test("Whole numbers that float64 does not hold are refused by runs and the check, and nothing is left behind")
    func inexact() throws {
        let made = try Made(network(7, factor: 9_007_199_254_740_992), ", data: {type: int64}", tests: true), image = try image([4, 4])
        let wanted = "the output `out` holds 9007199254740993: results are computed and written in float64"
        let streamed = try #require(throws: InferenceError.self) { try made.stream(WholeImageBlocks(image), to: "out.tif") }
        #expect("\(streamed)".contains(wanted), "\(streamed)")
        #expect(!FileManager.default.fileExists(atPath: made.file("out.tif.part")))
        let whole = try #require(throws: InferenceError.self) { try Predictor(made.package).predict(image) }
        #expect("\(whole)".contains(wanted), "\(whole)")
        let check = try #require(throws: PackageError.self) { try PackageCheck(made.package) }
        #expect("\(check)".contains(wanted), "\(check)")
    }

    @Test("Labels are made of all digits, in memory and from file to file", arguments: ["threshold", "connectedComponents", "watershed"])
    func labels(_ name: String) throws {
        // 16777216 is 16 · 1048576; one more is above it, which float32 cannot tell.
        let made = try Made(network(7, factor: 1_048_576), ", data: {type: int64}")
        let values = (0..<1440).map { Float($0 / 36 < 20 ? 15 : 16) }
        let image = try #require(Image(shape: [40, 36], axes: [.y, .x], pixels: .float32(values)))
        let method: LabelPostprocessor
        switch name {
        case "threshold":
            var own = ThresholdLabelling()
            own.threshold = 16_777_216
            method = .threshold(own)
        case "watershed":
            var own = WatershedLabelling()
            (own.seedThreshold, own.maskThreshold) = (16_777_216, 16_777_216)
            method = .watershed(own)
        default:
            var own = ComponentLabelling()
            own.threshold = 16_777_216
            method = .connectedComponents(own)
        }
        let wanted = numbers { $0 / 36 < 20 ? 0 : 1 }
        _ = try made.stream(WholeImageBlocks(image), to: "labels.tif", .labels(method))
        #expect(try read(made.file("labels.tif")).values == wanted)
        let prediction = try Predictor(made.package).predict(image)
        let labels = try method.labels(from: prediction.outputs).labels
        #expect(labels.map { Double($0) } == wanted)
    }

    @Test("Samples of a series and outputs that are no images keep their digits")
    func samples() throws {
        let made = try Made(network(6), ", data: {type: int32}"), stack = try image([3, 20, 24], [.time, .y, .x])
        let wanted = numbers { $0 * 1_000_003 + 1 }
        for ending in ["tif", "npy"] {
            _ = try made.stream(WholeImageBlocks(stack), to: "out.\(ending)")
            let (type, values) = try read(made.file("out.\(ending)"))
            #expect(type == .int32 && values == wanted)
        }
        let vector = try Made(network(7, isVector: true), ", data: {type: int64}", isVector: true)
        for (name, image) in [("one.npy", try image()), ("three.npy", stack)] {
            _ = try StreamedRun(
                Predictor(vector.package), on: WholeImageBlocks(image), to: vector.file(name), .output(nil), options: .init(), key: "test"
            ).run()
        }
        let one = try read(vector.file("one.npy")), three = try read(vector.file("three.npy"))
        #expect(one.type == .float64 && one.values == [1_439_004_318])
        #expect(three.type == .float64 && three.values == [479_001_438, 959_002_878, 1_439_004_318])
    }

    @Test("Averaged windows say that they are summed up in float32")
    func averages() throws {
        let made = try Made(network(7), ", data: {type: int64}"), image = try image()
        let blending = Blending(window: [16, 16], overlap: 0.5, weights: .constant)
        let wide = try made.stream(WholeImageBlocks(image), to: "a.tif", blending: blending)
        let words = "out: results of windows are added up in float32, which rounds the network's values of int64"
        #expect(wide.notes.contains { $0.hasPrefix(words) }, "\(wide.notes)")
        let plain = try Made(network(1), "").stream(WholeImageBlocks(image), to: "a.tif", blending: blending)
        #expect(!plain.notes.contains { $0.contains("added up") }, "\(plain.notes)")
    }
}
