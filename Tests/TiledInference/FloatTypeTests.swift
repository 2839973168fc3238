import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Statistics of the whole image in networks of other float types than float32.
@Suite struct FloatTypeTests {
    /// A float type by its number in ONNX, and how far apart values near 1 are.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let code: Int
        let step: Float
        var testDescription: String { name }
    }

    private static let kinds = [
        Kind(name: "float16", code: 10, step: 0x1p-10), Kind(name: "bfloat16", code: 16, step: 0x1p-7),
        Kind(name: "float64", code: 11, step: 0x1p-20),
    ]

    /// Instances, groups in both forms, averages of both kinds and maxima, in a type.
    ///
    /// - Parameter castsInput: whether the image comes as float32 and is cast first.
    private func network(_ kind: Kind, castsInput: Bool) -> [UInt8] {
        var builder = ModelBuilder(), numbers = Numbers(seed: 8)
        builder.opset = 18
        builder.input("x", [1, 1, -1, -1], type: castsInput ? 1 : kind.code)
        builder.output("y")
        func weights(_ name: String, _ dims: [Int], _ values: [Float]) {
            builder.weights(name + "32", dims, values)
            builder.node("Cast", [name + "32"], [name], [("to", .int(kind.code))])
        }
        weights("v", [4, 1, 3, 3], numbers.next(36))
        weights("u", [4, 4, 3, 3], numbers.next(144))
        weights("w", [1, 4, 1, 1], numbers.next(4))
        weights("scale", [4], [1, 1.5, 0.5, 0.75])
        weights("shift", [4], [0, 0.25, -0.5, 1])
        weights("pair", [2], [1, 2])
        builder.initializer(ModelBuilder.tensor("groups", integers: [0, 2, -1]))
        builder.initializer(ModelBuilder.tensor("plane", integers: [2, 3]))
        let pads = [("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))]
        if castsInput { builder.node("Cast", ["x"], ["a"], [("to", .int(kind.code))]) }
        builder.node("Conv", [castsInput ? "a" : "x", "v"], ["b"], pads)
        builder.node("InstanceNormalization", ["b", "scale", "shift"], ["c"])
        builder.node("Relu", ["c"], ["d"])
        builder.node("Conv", ["d", "u"], ["e"], pads)
        builder.node("GroupNormalization", ["e", "pair", "pair"], ["f"], [("num_groups", .int(2))])
        builder.node("GlobalAveragePool", ["f"], ["g"])
        builder.node("Mul", ["f", "g"], ["h"])
        builder.node("Shape", ["h"], ["extents"])
        builder.node("Reshape", ["h", "groups"], ["i"])
        builder.node("InstanceNormalization", ["i", "pair", "pair"], ["j"])
        builder.node("Reshape", ["j", "extents"], ["k"])
        builder.node("ReduceMean", ["k", "plane"], ["l"])
        builder.node("Sub", ["k", "l"], ["m"])
        builder.node("GlobalMaxPool", ["m"], ["n"])
        builder.node("Div", ["m", "n"], ["o"])
        builder.node("Conv", ["o", "w"], ["p"])
        builder.node("Cast", ["p"], ["y"], [("to", .int(1))])
        return builder.file
    }

    private func predictor(_ network: [UInt8]) throws -> Predictor {
        let made = try MadePackage(network, least: 1, step: 1)
        defer { withExtendedLifetime(made) {} }
        return try Predictor(made.package)
    }

    @Test("Statistics in passes give the whole image's values, nearly all bit for bit", arguments: kinds, [false, true])
    func passes(_ kind: Kind, _ castsInput: Bool) throws {
        let predictor = try predictor(network(kind, castsInput: castsInput))
        let image = try Fixture.image([76, 92]), whole = try predictor.predict(image)
        let bytes = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 76, 92]])
        #expect(whole.way == .whole)
        var first: [Float]?
        for options in [PredictionOptions(tile: [16, 24]), PredictionOptions(memoryBytes: bytes / 3, run: .init(threads: 2))] {
            let tiled = try predictor.predict(image, options: options)
            #expect(tiled.way == .statistics && tiled.plan.tiles.count > 1)
            #expect(tiled.notes.contains { $0.contains("through 6 statistics") })
            let values = tiled.outputs[0].values
            #expect(first == nil || first == values)
            first = values
            let pairs = zip(values, whole.outputs[0].values)
            #expect(pairs.allSatisfy { abs($0 - $1) <= 4 * kind.step * max(1, abs($1)) })
            if kind.name != "float64" { #expect(pairs.count { $0 != $1 } < values.count / 1000) }
        }
    }

    @Test("A run from file to file that was interrupted goes on with the statistics it took", arguments: kinds)
    func resumption(_ kind: Kind) throws {
        let predictor = try predictor(network(kind, castsInput: true))
        let image = try Fixture.image([76, 92]), folder = try TemporaryFolder()
        func run(_ blocks: any ImageBlocks, _ name: String) throws -> StreamedRun.Report {
            try StreamedRun(
                predictor, on: blocks, to: folder.file(name), .output(nil), options: .init(tile: [32, 32]), key: "test"
            ).run()
        }
        _ = try run(WholeImageBlocks(image), "a.zarr")
        #expect((try? run(FailingImage(image, after: 60, block: 32), "b.zarr")) == nil)
        let journal = try String(contentsOfFile: folder.file("b.zarr") + ".part/journal", encoding: .utf8)
        #expect(journal.contains("\npass 1 "))
        #expect(try run(WholeImageBlocks(image), "b.zarr").way == .statistics)
        let values = try ["a.zarr", "b.zarr"].map { try MadePackage.read(folder.file($0)).values }
        #expect(values[0] == values[1] && !values[0].isEmpty)
    }

    @Test("Below the memory for the whole image statistics are taken, however little is missing")
    func threshold() throws {
        var numbers = Numbers(seed: 21)
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("v", [4, 1, 3, 3], numbers.next(36))
            $0.weights("w", [1, 4, 3, 3], numbers.next(36))
            $0.weights("ones", [4], [1, 1, 1, 1])
            $0.node("Conv", ["x", "v"], ["a"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("InstanceNormalization", ["a", "ones", "ones"], ["b"])
            $0.node("Conv", ["b", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        }
        let made = try MadePackage(network, least: 8, step: 1), image = try Fixture.image([200, 210])
        let predictor = try Predictor(made.package), pixels = 200 * 210
        let needed = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 200, 210]])
        let whole = try predictor.predict(image, options: .init())
        #expect(whole.way == .whole)
        for more in [-1, 0, 4 * pixels, 8 * pixels - 1] {
            let parts = try predictor.predict(image, options: .init(memoryBytes: needed + more))
            #expect(parts.way == .statistics, "\(more) more")
            #expect(zip(parts.outputs[0].values, whole.outputs[0].values).allSatisfy { abs($0 - $1) <= 1e-5 })
        }
        #expect(try predictor.predict(image, options: .init(memoryBytes: needed + 8 * pixels)).way == .whole)
    }
}
