import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Arrays with axes that no image has: several elements along an index, and axes of space of other names.
@Suite struct IndexAxisTests {
    /// A package of one input and one output with an axis list each.
    private func made(_ network: [UInt8], input: String, output: String) throws -> (folder: TemporaryFolder, package: ModelPackage) {
        let folder = try TemporaryFolder()
        try Data(network).write(to: URL(fileURLWithPath: folder.file("weights.onnx")))
        try folder.write(
            """
            format_version: 0.5.4
            type: model
            name: axes
            license: CC0-1.0
            inputs: [{id: raw, axes: [\(input)], preprocessing: [{id: zero_mean_unit_variance, kwargs: {axes: [\(input.contains("id: h") ? "h, w" : "y, x")]}}]}]
            outputs: [{id: out, axes: [\(output)]}]
            weights: {onnx: {source: weights.onnx, opset_version: 17}}
            """, "bioimageio.yaml")
        return (folder, try ModelPackage(folder: folder.path))
    }

    private static let space = ["y", "x"].map { "{type: space, id: \($0), size: {min: 8, step: 1}}" }.joined(separator: ", ")
    private static let result =
        "{type: batch}, {type: channel, channel_names: [mean]}, "
        + ["y", "x"].map { "{type: space, id: \($0), size: {tensor_id: raw, axis_id: \($0)}}" }.joined(separator: ", ")

    /// Means along the index, which the network takes as channels.
    private func index(_ size: String) throws -> (folder: TemporaryFolder, package: ModelPackage) {
        var builder = ModelBuilder()
        builder.input("x", [-1, -1, -1, -1])
        builder.output("y")
        builder.node("ReduceMean", ["x"], ["m"], [("axes", .ints([1])), ("keepdims", .int(1))])
        builder.weights("w", [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
        builder.node("Conv", ["m", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        return try made(builder.file, input: "{type: batch}, {type: index, size: \(size)}, \(Self.space)", output: Self.result)
    }

    private func array(_ shape: [Int]) -> NPYArray {
        NPYArray(shape: shape, pixels: .uint16((0..<shape.reduce(1, *)).map { UInt16($0 * 37 % 4001) }))
    }

    private func run(
        _ package: ModelPackage, _ array: NPYArray, to path: String, tile: [Int]? = nil
    ) throws -> (array: NPYArray, report: StreamedRun.Report) {
        let report = try StreamedRun(
            Predictor(package), on: ["raw": .array(array)], to: [.init(path, .output(nil))], options: .init(tile: tile), key: { "test" }
        ).run()
        return (try NPY.read(path), report)
    }

    @Test(
        "An array with the described index goes through, whole or in tiles, with or without its batch",
        arguments: ["5", "{min: 1, step: 1}"])
    func indices(_ size: String) throws {
        let (folder, package) = try index(size), input = package.inputs[0]
        #expect(input.isArray(ofShape: [1, 5, 40, 44]) && input.isArray(ofShape: [5, 40, 44]))
        #expect(!input.isArray(ofShape: [40, 44]) && !input.isArray(ofShape: [1, 1, 40, 44]))
        let array = array([1, 5, 40, 44])
        let whole = try run(package, array, to: folder.file("whole.npy"))
        let short = try run(package, NPYArray(shape: [5, 40, 44], pixels: array.pixels), to: folder.file("short.npy"))
        let tiles = try run(package, array, to: folder.file("tiles.npy"), tile: [16, 16])
        #expect(whole.array.shape == [1, 1, 40, 44] && whole.report.tiles == 1)
        #expect(short.array == whole.array && tiles.array == whole.array)
        #expect(tiles.report.tiles == 9 && tiles.report.isExact, "\(tiles.report.notes)")
        // The mean of the standardised planes, without what lies around the pixel.
        guard case .uint16(let raw) = array.pixels, case .float32(let values) = whole.array.pixels else { return }
        let planes = (0..<5).map { plane -> [Double] in
            let own = raw[plane * 1760..<(plane + 1) * 1760].map(Double.init), mean = own.reduce(0, +) / 1760
            let deviation = (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1760).squareRoot()
            return own.map { ($0 - mean) / deviation }
        }
        func mean(_ y: Int, _ x: Int) -> Double { planes.reduce(0) { $0 + $1[y * 44 + x] } / 5 }
        var sum = 0.0
        for (number, place) in [(9, 10), (9, 11), (9, 12), (10, 10), (10, 11), (10, 12), (11, 10), (11, 11), (11, 12)].enumerated() {
            sum += Double(number + 1) * mean(place.0, place.1)
        }
        #expect(abs(Double(values[10 * 44 + 11]) - sum) < 1e-3)
    }

    @Test("Several arrays along the batch are samples of their own")
    func batches() throws {
        let (folder, package) = try index("5"), both = array([2, 5, 24, 20])
        let together = try run(package, both, to: folder.file("both.npy"))
        #expect(together.report.samples == 2 && together.array.shape == [2, 1, 24, 20])
        for element in 0..<2 {
            let one = try run(package, try #require(both.element(element)), to: folder.file("one-\(element).npy"))
            #expect(together.array.element(element) == one.array)
        }
    }

    @Test("An array of other indices is refused with the number that the description says")
    func refused() throws {
        let (folder, package) = try index("5"), input = package.inputs[0]
        let wrong = try #require(throws: InferenceError.self) { try run(package, array([1, 4, 40, 44]), to: folder.file("a.npy")) }
        #expect("\(wrong)".contains("an array of 1 x 4 x 40 x 44 elements; give one with the axes batch (1), index (5), y"), "\(wrong)")
        let flat = try #require(throws: InferenceError.self) { try input.axes(ofArray: [1, 1, 5, 40, 44]) }
        #expect("\(flat)".hasSuffix("give one with the axes index (5), y, x or batch, index (5), y, x"), "\(flat)")
    }

    @Test("A result with an index is an array, of which no labels are made", arguments: ["5", "{tensor_id: raw, axis_id: index}"])
    func indexedResults(_ size: String) throws {
        let network = ModelBuilder.model(input: [-1, 5, -1, -1]) { builder in builder.node("Relu", ["x"], ["y"]) }
        let output = Self.result.replacing("{type: channel, channel_names: [mean]}", with: "{type: index, size: \(size)}")
        let (folder, package) = try made(network, input: "{type: batch}, {type: index, size: 5}, \(Self.space)", output: output)
        let result = try run(package, array([1, 5, 40, 44]), to: folder.file("a.npy"), tile: [16, 16])
        #expect(result.array.shape == [1, 5, 40, 44] && result.report.tiles == 1)
        #expect(result.report.notes.contains { $0.contains("the output out may have several elements along index") })
        let image = try #require(throws: InferenceError.self) { try run(package, array([1, 5, 40, 44]), to: folder.file("a.tif")) }
        #expect("\(image)".contains("it has the axes batch, index, y, x and is no image; write it into an .npy"), "\(image)")
        let labels = try #require(throws: InferenceError.self) {
            try StreamedRun(
                Predictor(package), on: ["raw": .array(array([1, 5, 40, 44]))],
                to: [.init(folder.file("b.npy"), .labels(LabelPostprocessor.undeclared(for: package).postprocessor))], options: .init(),
                key: { "test" }
            ).run()
        }
        #expect("\(labels)".contains("it is no image and has no labels"), "\(labels)")
    }

    @Test("Axes of space of other names are taken as described; what was padded is cut off again", arguments: [1, 8])
    func names(_ step: Int) throws {
        func axes(_ size: (String) -> String) -> String {
            "{type: batch}, {type: channel, channel_names: [c]}, "
                + ["h", "w"].map { "{type: space, id: \($0), size: \(size($0))}" }.joined(separator: ", ")
        }
        let network = ModelBuilder.model(input: [-1, 1, -1, -1]) { builder in
            builder.weights("w", [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
            builder.node("Conv", ["x", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        }
        let (folder, package) = try made(
            network, input: axes { _ in "{min: 8, step: \(step)}" }, output: axes { "{tensor_id: raw, axis_id: \($0)}" })
        #expect(package.inputs[0].isArray(ofShape: [1, 1, 41, 44]))
        let result = try run(package, array([1, 1, 41, 44]), to: folder.file("a.npy"))
        #expect(result.array.shape == [1, 1, 41, 44] && result.report.tiles == 1)
        let (other, plain) = try made(
            network, input: axes { _ in "{min: 8, step: 1}" }.replacing("id: h", with: "id: y").replacing("id: w", with: "id: x"),
            output: Self.result)
        let expected = try run(plain, array([1, 1, 41, 44]), to: other.file("b.npy"))
        guard case .float32(let values) = result.array.pixels, case .float32(let aims) = expected.array.pixels else {
            Issue.record("the results are no float32")
            return
        }
        // Padding is seen one pixel away.
        for y in 0..<40 { #expect(values[y * 44..<y * 44 + 43] == aims[y * 44..<y * 44 + 43]) }
        let wrong = try #require(throws: InferenceError.self) { try run(package, array([41, 44]), to: folder.file("c.npy")) }
        #expect("\(wrong)".contains("give one with the axes batch (1), channel (1), h (8 + n · \(step)), w (8 + n · \(step))"), "\(wrong)")
    }
}
