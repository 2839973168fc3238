import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Inputs that are no images: conditions, scalars, whole numbers and truth values.
@Suite struct ConditionTests {
    /// A package of an image `raw` and an input `condition` of some axes, whose results lie in `maps`.
    private final class Made {
        private let home: TemporaryFolder
        let predictor: Predictor

        init(axes: String, type: String = "float32", _ build: (inout ModelBuilder) -> Void) throws {
            home = try TemporaryFolder()
            let folder = home.path
            var builder = ModelBuilder(), numbers = Numbers(seed: 3)
            builder.input("raw", [1, 1, -1, -1])
            builder.output("maps")
            builder.weights("a", [4, 1, 3, 3], numbers.next(36))
            builder.weights("b", [1, 4, 3, 3], numbers.next(36))
            builder.node("Conv", ["raw", "a"], ["first"], [("pads", .ints([1, 1, 1, 1]))])
            build(&builder)
            builder.node("Conv", ["changed", "b"], ["maps"], [("pads", .ints([1, 1, 1, 1]))])
            try Data(builder.file).write(to: URL(fileURLWithPath: folder + "/weights.onnx"))
            func space(_ size: (String) -> String) -> String {
                "[{type: batch, size: 1}, {type: channel, channel_names: [c]}"
                    + ["y", "x"].map { ", {type: space, id: \($0), size: \(size($0))}" }.joined() + "]"
            }
            let yaml = """
                format_version: 0.5.4
                type: model
                name: condition
                license: CC0-1.0
                inputs:
                  - {id: raw, axes: \(space { _ in "{min: 8, step: 1}" }), preprocessing: [{id: scale_linear, kwargs: {gain: 0.001, offset: -1}}]}
                  - {id: condition, axes: [\(axes)], data: {type: \(type)}}
                outputs: [{id: maps, axes: \(space { "{tensor_id: raw, axis_id: \($0)}" })}]
                weights: {onnx: {source: weights.onnx, opset_version: 17}}
                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder + "/bioimageio.yaml"))
            predictor = try Predictor(ModelPackage(folder: folder))
        }

        var folder: String { home.path }

        /// Runs an image and an array; the values and what was reported.
        func run(_ image: Image, _ array: NPYArray, tile: [Int]? = nil) throws -> (values: [Float], report: StreamedRun.Report) {
            let path = "\(folder)/\(UUID().uuidString).zarr"
            let report = try StreamedRun(
                predictor, on: ["raw": .image(WholeImageBlocks(image)), "condition": .array(array)], to: [.init(path, .output(nil))],
                options: .init(tile: tile), key: { "test" }
            ).run()
            return (try MadePackage.read(path).values, report)
        }
    }

    private static let vector = "{type: batch, size: 1}, {type: channel, channel_names: [a, b, c, d]}"

    @Test("A vector goes whole to every tile of the image, with or without its batch, and tiles give what the whole gives")
    func vectors() throws {
        let made = try Made(axes: Self.vector) { builder in
            builder.input("condition", [1, 4])
            builder.initializer(ModelBuilder.tensor("shape", integers: [1, 4, 1, 1]))
            builder.node("Reshape", ["condition", "shape"], ["factors"])
            builder.node("Mul", ["first", "factors"], ["changed"])
        }
        let image = try Fixture.image([61, 75]), array = NPYArray(shape: [4], pixels: .float32([0.5, -1, 2, 3]))
        let whole = try made.run(image, array)
        #expect(whole.report.tiles == 1)
        let tiled = try made.run(image, NPYArray(shape: [1, 4], pixels: array.pixels), tile: [16, 24])
        #expect(tiled.report.tiles > 4 && tiled.report.isExact && tiled.report.tilingClass == .local, "\(tiled.report.notes)")
        #expect(tiled.values == whole.values)
        let other = try made.run(image, NPYArray(shape: [4], pixels: .float32([0.5, -1, 2, 4])))
        #expect(other.values != whole.values)
        let wrong = try #require(throws: InferenceError.self) {
            try made.run(image, NPYArray(shape: [5], pixels: .float32([1, 2, 3, 4, 5])))
        }
        #expect("\(wrong)".contains("input condition: an array of 5 elements; give one with the axes batch (1), channel (4)"), "\(wrong)")
    }

    @Test("An input that is no image but varies along it keeps the image whole, with the reason")
    func places() throws {
        let made = try Made(axes: "{type: batch, size: 1}, {type: index, id: row, size: {min: 1, step: 1}}") { builder in
            builder.input("condition", [1, -5])
            builder.initializer(ModelBuilder.tensor("shape", integers: [1, 1, -1, 1]))
            builder.node("Reshape", ["condition", "shape"], ["rows"])
            builder.node("Add", ["first", "rows"], ["changed"])
        }
        let image = try Fixture.image([32, 40])
        let array = NPYArray(shape: [32], pixels: .float32((0..<32).map { Float($0) }))
        let whole = try made.run(image, array)
        #expect(whole.report.tiles == 1 && whole.report.tilingClass != .local)
    }

    @Test(
        "A declared type of whole numbers or truth values reaches the network, as far as the values can be told in it",
        arguments: [("int64", 7, [2]), ("bool", 9, [1])])
    func types(_ name: String, _ number: Int, _ values: [Int32]) throws {
        let made = try Made(axes: "{type: batch, size: 1}", type: name) { builder in
            builder.input("condition", [1], type: number)
            builder.node("Cast", ["condition"], ["factor"], [("to", .int(1))])
            builder.node("Mul", ["first", "factor"], ["changed"])
        }
        let image = try Fixture.image([40, 40])
        let scalar = try made.run(image, NPYArray(shape: [], pixels: .int32(values)), tile: [16, 16])
        #expect(scalar.report.tiles > 1 && scalar.report.isExact)
        #expect(try made.run(image, NPYArray(shape: [1], pixels: .int32([0]))).values != scalar.values)
        guard name == "bool" else { return }
        let wrong = try #require(throws: InferenceError.self) { try made.run(image, NPYArray(shape: [], pixels: .int32([2]))) }
        #expect("\(wrong)".contains("cannot hold; give zeros and ones"), "\(wrong)")
    }
}
