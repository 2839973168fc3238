import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks that see all of one axis: tiles leave it whole and cut the others, so that values are those of the whole image.
@Suite struct WholeAxisTests {
    /// An operator between two convolutions.
    private func network(_ type: String, along axis: Int, normalised: Bool = false) -> [UInt8] {
        ModelBuilder.model(input: [1, 1, -1, -1]) { builder in
            var numbers = Numbers(seed: 5)
            let pads = [("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))]
            builder.weights("v", [4, 1, 3, 3], numbers.next(36))
            builder.weights("w", [1, 4, 3, 3], numbers.next(36))
            builder.weights("one", [4], [1, 1.5, 0.5, 1])
            builder.initializer(ModelBuilder.tensor("axis", integers: [axis]))
            builder.initializer(ModelBuilder.tensor("two", integers: [2]))
            builder.node("Conv", ["x", "v"], [normalised ? "c" : "h"], pads)
            if normalised { builder.node("InstanceNormalization", ["c", "one", "one"], ["h"], name: "norm") }
            switch type {
            case "ReduceMax", "ReduceMean": builder.node(type, ["h"], ["r"], name: "it", [("axes", .ints([axis]))])
            case "ReduceSum": builder.node(type, ["h", "axis"], ["r"], name: "it")
            case "ArgMax":
                builder.node(type, ["h"], ["i"], name: "it", [("axis", .int(axis))])
                builder.node("Cast", ["i"], ["r"], [("to", .int(1))])
            case "TopK":
                builder.node(type, ["h", "two"], ["t", "i"], name: "it", [("axis", .int(axis))])
                builder.node("ReduceMax", ["t"], ["r"], [("axes", .ints([axis]))])
            case "CumSum": builder.node(type, ["h", "axis"], ["s"], name: "it")
            default: builder.node(type, ["h"], ["s"], name: "it", [("axis", .int(axis))])
            }
            if ["ReduceMax", "ReduceMean", "ReduceSum", "ArgMax", "TopK"].contains(type) { builder.node("Sub", ["h", "r"], ["s"]) }
            builder.node("Conv", ["s", "w"], ["y"], pads)
        }
    }

    private func predictor(_ network: [UInt8]) throws -> Predictor {
        let made = try MadePackage(network, least: 1, step: 1)
        defer { withExtendedLifetime(made) {} }
        return try Predictor(made.package)
    }

    private static let operators = [
        "Softmax", "LogSoftmax", "Hardmax", "ReduceMax", "ReduceMean", "ReduceSum", "ArgMax", "TopK", "CumSum",
    ]

    @Test("Tiles and a bound on memory leave the axis whole, and the bits are the whole image's", arguments: operators, [2, 3])
    func bits(_ type: String, _ axis: Int) throws {
        let predictor = try predictor(network(type, along: axis))
        let image = try Fixture.image([75, 90]), whole = try predictor.predict(image)
        #expect(whole.way == .whole && whole.isExact && whole.tilingClass == .global)
        let bytes = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 75, 90]])
        for options in [PredictionOptions(tile: [16, 16]), PredictionOptions(memoryBytes: bytes / 3, run: .init(threads: 2))] {
            let tiled = try predictor.predict(image, options: options)
            #expect(tiled.plan.tiles.count > 1 && tiled.way == .tiles && tiled.isExact && tiled.tilingClass == .global)
            #expect(tiled.plan.tiles.allSatisfy { $0.window[axis - 2] == 0..<[75, 90][axis - 2] })
            #expect(tiled.outputs[0].values == whole.outputs[0].values)
            #expect(!tiled.notes.contains { $0.contains("depend on the tiles") })
            #expect(tiled.notes.contains { $0.hasPrefix("tiles leave \(["y", "x"][axis - 2]) whole") } == (options.tile != nil))
        }
    }

    @Test("From file to file too, in tiles and not in bands", arguments: [2, 3])
    func files(_ axis: Int) throws {
        let predictor = try predictor(network("Softmax", along: axis))
        let image = try Fixture.image([150, 170]), whole = try predictor.predict(image)
        let bytes = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 150, 170]])
        let folder = try TemporaryFolder()
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: folder.file("a.zarr"), .output(nil), options: .init(memoryBytes: bytes / 4),
            key: "test"
        ).run()
        #expect(report.tiles > 1 && report.way == .tiles && report.isExact && report.tilingClass == .global)
        #expect(try MadePackage.read(folder.file("a.zarr")).values == whole.outputs[0].values)
    }

    @Test("Where not even a line fits into memory, values depend on the tiles, with a word on the memory that would do")
    func tooLittleMemory() throws {
        let predictor = try predictor(network("Softmax", along: 3))
        let bytes = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 5, 900]])
        let prediction = try predictor.predict(try Fixture.image([40, 900]), options: .init(memoryBytes: bytes / 2))
        #expect(prediction.way == .windows && !prediction.isExact)
        #expect(prediction.notes.contains { $0.contains("values depend on the tiles") })
        #expect(prediction.notes.contains { $0.contains("tiles leave x whole") })
    }

    @Test("Where both axes are seen as a whole, each by itself, there are no such tiles")
    func bothAxes() throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.node("Softmax", ["x"], ["s"], [("axis", .int(2))])
            $0.node("Softmax", ["s"], ["y"], [("axis", .int(3))])
        }
        let prediction = try predictor(file).predict(
            try Fixture.image([40, 50]), options: .init(tile: [16, 16]))
        #expect(prediction.way == .windows && prediction.notes.contains { $0.contains("values depend on the tiles") })
    }

    @Test("What is cut by the extent of the other axis is no part of the whole image")
    func dependentCrop() throws {
        // The last rows of every image, and a softmax along x.
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.initializer(ModelBuilder.tensor("from", integers: [-20]))
            $0.initializer(ModelBuilder.tensor("to", integers: [1 << 40]))
            $0.initializer(ModelBuilder.tensor("axis", integers: [2]))
            $0.node("Slice", ["x", "from", "to", "axis"], ["c"])
            $0.node("ReduceMax", ["c"], ["m"], [("axes", .ints([2]))])
            $0.node("Sub", ["x", "m"], ["d"])
            $0.node("Softmax", ["d"], ["y"], [("axis", .int(3))])
        }
        let prediction = try predictor(file).predict(
            try Fixture.image([60, 50]), options: .init(tile: [16, 16]))
        #expect(!prediction.isExact && prediction.way == .windows)
    }

    @Test("Statistics of the whole image are taken in tiles that leave the axis whole")
    func statistics() throws {
        let predictor = try predictor(network("Softmax", along: 3, normalised: true))
        let image = try Fixture.image([75, 90]), whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: [16, 16]))
        #expect(whole.way == .whole && tiled.way == .statistics && tiled.plan.tiles.count == 5)
        #expect(zip(tiled.outputs[0].values, whole.outputs[0].values).allSatisfy { abs($0 - $1) <= 2e-6 })
        #expect(!tiled.notes.contains { $0.contains("depend on the tiles") })
    }

    @Test("The check tells for each axis what is seen of it")
    func check() throws {
        let made = try MadePackage(network("Softmax", along: 3), least: 1, step: 1, test: [30, 40])
        let check = try PackageCheck(made.package), axes = try #require(check.reaches.first).axes
        #expect(check.passed && check.tilingClass == .global && check.reaches[0].isPartial)
        #expect(axes.map(\.reach.wholeOperators) == [[], ["it (Softmax)"]] && axes[0].reach.before == 2 && axes[0].reach.after == 2)
        #expect(check.warnings.contains { $0.contains("Concours leaves x whole and cuts along y") })
        withExtendedLifetime(made) {}
    }
}
