import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// What a run holds beside the network's activations is part of its bound of memory.
@Suite struct CountedMemoryTests {
    @Test(
        "A window counts its results in the type of their file too, where the network's is another and where steps follow",
        arguments: [(1, false), (10, false), (1, true), (10, true), (11, false), (11, true)])
    func results(_ code: Int, _ isProcessed: Bool) throws {
        let channels = 16, side = 120
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y", type: code)
        builder.weights("w", [channels, 1, 1, 1], (0..<channels).map(Float.init))
        builder.node("Conv", ["x", "w"], [code == 1 ? "y" : "c"])
        if code != 1 { builder.node("Cast", ["c"], ["y"], [("to", .int(code))]) }
        let made = try MadePackage(builder.file, least: 8, step: 1, outputs: [.init(channels: channels)])
        let yaml = made.folder + "/bioimageio.yaml"
        var text = try String(contentsOfFile: yaml, encoding: .utf8)
        if isProcessed { text = text.replacingOccurrences(of: "weights:", with: "    postprocessing: [{id: sigmoid}]\nweights:") }
        try Data(text.utf8).write(to: URL(fileURLWithPath: yaml))
        let predictor = try Predictor(ModelPackage(folder: made.folder)), image = try Fixture.image([side, side])
        let places = side * side, results = (code == 11 ? 8 : 4) * channels * places
        // The network's own, and the image while it is prepared.
        var needed = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, side, side]]) + 2 * 4 * places
        if code != 1 { needed += results }
        // Results of 8 bytes are made ready for their file as if steps followed.
        if isProcessed || code == 11 { needed += results }
        #expect(try predictor.predict(image, options: .init(memoryBytes: needed)).plan.tiles.count == 1)
        #expect(try predictor.predict(image, options: .init(memoryBytes: needed - 1)).plan.tiles.count > 1)
    }

    @Test(
        "A window counts an input with which steps compute in double precision in 8 bytes a value", arguments: [("int16", 5), ("int32", 6)])
    func wideInput(_ type: String, _ code: Int) throws {
        let side = 120, places = side * side
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1], type: code)
        builder.output("y")
        builder.node("Cast", ["x"], ["y"], [("to", .int(1))])
        let made = try MadePackage(builder.file, least: 8, step: 1), yaml = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: yaml, encoding: .utf8).replacingOccurrences(
            of: "    preprocessing: [{id: ensure_dtype, kwargs: {dtype: float32}}, {id: scale_linear, kwargs: {gain: 0.0005, offset: -1}}]",
            with: "    data: {type: \(type)}\n    preprocessing: [{id: scale_linear, kwargs: {gain: 0.7}}]")
        #expect(text.contains("gain: 0.7"))
        try Data(text.utf8).write(to: URL(fileURLWithPath: yaml))
        let predictor = try Predictor(ModelPackage(folder: made.folder)), image = try Fixture.image([side, side])
        let needed = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, side, side]]) + 2 * 8 * places
        #expect(try predictor.predict(image, options: .init(memoryBytes: needed)).plan.tiles.count == 1)
        #expect(try predictor.predict(image, options: .init(memoryBytes: needed - 1)).plan.tiles.count > 1)
    }

    /// An image in one block, of which a few regions can be read.
    private final class OneBlock: ImageBlocks {
        let shape = [3000, 4000]
        let axes: [Axis] = [.y, .x]
        let type = PixelType.float32
        let geometry = ImageGeometry()
        var blockShape: [Int] { shape }
        private var reads = 0
        /// The elements of the largest region.
        private(set) var largest = 0

        func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
            let count = region.reduce(1) { $0 * $1.count }
            largest = max(largest, count)
            reads += 1
            guard reads < 8 else { throw ImageError(.unreadable, "enough was read") }
            return .float32([Float](repeating: 1, count: count))
        }
    }

    @Test("Statistics of an image are taken in parts of bounded size, however large its blocks are")
    func blocks() throws {
        let image = OneBlock(), folder = try TemporaryFolder(), predictor = try Predictor(ModelPackage(folder: Fixture.folder("unet")))
        #expect(throws: InferenceError.self) {
            try StreamedRun(
                predictor, on: image, to: folder.file("a.tif"), .output(nil), options: .init(tile: [64, 64]), key: "test"
            ).run()
        }
        #expect(image.largest > 1 << 19 && image.largest <= 1 << 21, "\(image.largest)")
    }
}
