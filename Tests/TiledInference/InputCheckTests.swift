import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Images that a network does not take, found by their axes and extents.
@Suite struct InputCheckTests {
    /// A network that adds an image of 64 x 64 to its input, in a file of 36 MiB whose digest, taken behind the structure, is not the
    /// declared one.
    private func made() throws -> MadePackage {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("many", [9_000_000], [Float](repeating: 0, count: 9_000_000))
            $0.weights("plane", [1, 1, 64, 64], [Float](repeating: 1, count: 4096))
            $0.node("ReduceSum", ["many"], ["sum"], [("keepdims", .int(0))])
            $0.node("Mul", ["x", "sum"], ["scaled"])
            $0.node("Add", ["scaled", "plane"], ["y"], name: "late")
        }
        let made = try MadePackage(network, least: 8, step: 1), file = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let digest = String(repeating: "0", count: 64)
        try Data(text.replacing("source: weights.onnx", with: "source: weights.onnx, sha256: \(digest)").utf8).write(
            to: URL(fileURLWithPath: file))
        return made
    }

    @Test("They are refused before the weights are read; an image that fits is not")
    func beforeWeights() throws {
        let made = try made(), package = try ModelPackage(folder: made.folder)
        func error(_ shape: [Int], _ axes: [Axis]) throws -> String {
            let image = try #require(Image(shape: shape, axes: axes, pixels: .float32([Float](repeating: 0, count: shape.reduce(1, *)))))
            let given = ["raw": InputSource.image(WholeImageBlocks(image))]
            return "\(try #require(throws: InferenceError.self) { try Predictor(package, for: given) })"
        }
        #expect(try error([64, 64], [.y, .x]).contains("SHA-256"))
        #expect(try error([3, 64, 64], [.channel, .y, .x]).contains("3 channels, the model takes 1"))
        #expect(try error([70, 64], [.y, .x]).contains("late (Add"))
        let other = ["mask": InputSource.image(WholeImageBlocks(try Fixture.image([64, 64])))]
        let unknown = try #require(throws: InferenceError.self) { try Predictor(package, for: other) }
        #expect("\(unknown)".contains("there is no input `mask`"))
    }

    @Test("A plane is a stack of one for a model whose z axis may have one element", arguments: [1, 2])
    func planes(_ least: Int) throws {
        var numbers = Numbers(seed: 8)
        let network = ModelBuilder.model(input: [1, 1, -1, -1, -1]) {
            $0.weights("w", [1, 1, 3, 3, 3], numbers.next(27))
            $0.node("Conv", ["x", "w"], ["y"], [("pads", .ints([1, 1, 1, 1, 1, 1]))])
        }
        let made = try MadePackage(network, least: least, step: 1, spaces: ["z", "y", "x"]), predictor = try Predictor(made.package)
        let plane = try Fixture.image([40, 50])
        guard least == 1 else {
            let error = try #require(throws: InferenceError.self) { try predictor.predict(plane) }
            #expect("\(error)".contains("the model needs z"))
            return
        }
        let stack = try #require(Image(shape: [1, 40, 50], axes: [.z, .y, .x], pixels: plane.pixels))
        let expected = try predictor.predict(stack).outputs[0], output = try predictor.predict(plane).outputs[0]
        #expect(output.shape == [1, 1, 1, 40, 50] && output.values == expected.values)
        let path = made.folder + "/a.zarr"
        _ = try StreamedRun(
            predictor, on: WholeImageBlocks(plane), to: path, .output(nil), options: .init(tile: [1, 16, 16]), key: "test"
        ).run()
        let result = try MadePackage.read(path)
        #expect(result.axes == [.channel, .z, .y, .x] && result.shape == [1, 1, 40, 50] && result.values == expected.values)
    }

    @Test("Networks of which the usual window is beyond their limits are asked about a smaller one", arguments: [false, true])
    func wideNetworks(_ isGlobal: Bool) throws {
        var numbers = Numbers(seed: 9)
        let channels = 256
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("a", [channels, 1, 3, 3], numbers.next(9 * channels))
            $0.weights("b", [1, channels, 3, 3], numbers.next(9 * channels))
            $0.weights("ones", [channels], [Float](repeating: 1, count: channels))
            $0.weights("zeros", [channels], [Float](repeating: 0, count: channels))
            $0.node("Conv", ["x", "a"], ["h"], [("pads", .ints([1, 1, 1, 1]))])
            if isGlobal {
                $0.node("InstanceNormalization", ["h", "ones", "zeros"], ["n"])
            } else {
                $0.node("Relu", ["h"], ["n"])
            }
            $0.node("Conv", ["n", "b"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        }
        let made = try MadePackage(network, least: 8, step: 1), image = try Fixture.image([420, 500]), memory = 48 << 20
        let free = try Predictor(made.package).predict(image, options: .init(memoryBytes: memory))
        let bound = try Predictor(made.package, limits: NetworkLimits(memoryBytes: memory))
        #expect(throws: NetworkError.self) { try bound.network.workingSetBytes(inputShapes: ["x": [1, 1, 420, 500]]) }
        let prediction = try bound.predict(image, options: .init(memoryBytes: memory))
        #expect(prediction.plan.tiles.count > 1 && prediction.way == (isGlobal ? .statistics : .tiles))
        #expect(prediction.isExact == free.isExact && prediction.outputs[0].values == free.outputs[0].values)
        // What no window fits is refused with the smallest window that was asked about.
        let small = try Predictor(made.package, limits: NetworkLimits(memoryBytes: 200_000))
        let error = try #require(throws: InferenceError.self) { try small.predict(image, options: .init(memoryBytes: 200_000)) }
        #expect("\(error)".contains("[16, 16] elements") && "\(error)".contains("bytes are allowed; export a smaller network"), "\(error)")
    }
}
