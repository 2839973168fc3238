import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Values that follow from the extents of the image are those of the whole image, or the network is said to see all of these axes.
@Suite struct SizeValueTests {
    private static let tiles = [[16, 16], [8, 40], [40, 8], [24, 48]]

    private func made(_ file: [UInt8], test: [Int]? = nil) throws -> MadePackage {
        try MadePackage(file, least: 4, step: 4, test: test)
    }

    @Test("A network that computes with extents is global along these, and what is called exact is", arguments: SizeValueForm.global)
    func global(_ form: SizeValueForm) throws {
        let made = try made(form.file)
        let predictor = try Predictor(made.package), image = try Fixture.image([76, 92]), whole = try predictor.predict(image)
        #expect(whole.way == .whole && whole.isExact && whole.tilingClass == .global)
        for tile in Self.tiles {
            let tiled = try predictor.predict(image, options: PredictionOptions(tile: tile))
            #expect(tiled.tilingClass == .global)
            #expect(tiled.isExact == (tiled.outputs[0].values == whole.outputs[0].values), "\(tile)")
            #expect(tiled.isExact == (form.wholeAxes.count < 2))
            for axis in form.wholeAxes where tiled.isExact {
                #expect(tiled.plan.tiles.allSatisfy { $0.window[axis] == 0..<[76, 92][axis] })
            }
            #expect(tiled.notes.contains { $0.contains("it (") || $0.contains("(If)") }, "\(tiled.notes)")
        }
    }

    @Test("The check names the step, the axes and the reason", arguments: SizeValueForm.global.filter { $0.testDescription.first != "I" })
    func check(_ form: SizeValueForm) throws {
        let made = try made(form.file, test: [40, 48])
        let check = try PackageCheck(made.package)
        #expect(check.passed && check.tilingClass == .global, "\(check.faults)")
        #expect(
            check.wholeImageOperators.contains {
                $0.hasPrefix("it (") && $0.hasSuffix("what it computes with follows from the extents of the image")
            }, "\(check.wholeImageOperators)")
        let axes = check.reaches[0].axes
        #expect(axes.indices.filter { axes[$0].reach.isWhole } == form.wholeAxes)
    }

    @Test("What exporters write stays local, and tiles have every bit of the whole image", arguments: SizeValueForm.local)
    func local(_ form: SizeValueForm) throws {
        let made = try made(form.file, test: [40, 48])
        let check = try PackageCheck(made.package)
        #expect(check.passed && check.tilingClass == .local, "\(check.faults) \(check.wholeImageOperators)")
        let predictor = try Predictor(made.package), image = try Fixture.image([76, 92]), whole = try predictor.predict(image)
        for tile in Self.tiles {
            let tiled = try predictor.predict(image, options: PredictionOptions(tile: tile))
            #expect(tiled.plan.tiles.count > 1 && tiled.way == .tiles && tiled.isExact && tiled.tilingClass == .local, "\(tiled.notes)")
            #expect(tiled.outputs[0].values == whole.outputs[0].values, "\(tile)")
        }
    }

    @Test("A network alone is looked at in smaller and larger images too", arguments: [3, 40, 300, 2000, 20_000])
    func thresholds(rows: Int) throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.initializer(ModelBuilder.tensor("rows", integers: [rows]))
            $0.node("Shape", ["x"], ["height"], [("start", .int(2)), ("end", .int(3))])
            $0.node("Less", ["height", "rows"], ["is"])
            $0.node("Cast", ["is"], ["term"], [("to", .int(1))])
            $0.node("Add", ["x", "term"], ["y"], name: "it")
        }
        let reach = try #require(try Network(onnx: file).reach(inputShapes: ["x": [1, 1, 512, 512]])["y"])
        #expect(reach.axes.map(\.isWhole) == [true, false])
        #expect(reach.axes[0].wholeOperators == ["it (Add): what it computes with follows from the extents of the image"])
    }

    @Test("What is another value only where both axes are longer is found, and sees both")
    func bothAxes() throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.initializer(ModelBuilder.tensor("limit", integers: [300]))
            $0.node("Shape", ["x"], ["height"], [("start", .int(2)), ("end", .int(3))])
            $0.node("Shape", ["x"], ["width"], [("start", .int(3))])
            $0.node("Min", ["height", "width"], ["shorter"])
            $0.node("Greater", ["shorter", "limit"], ["is"])
            $0.node("Cast", ["is"], ["term"], [("to", .int(1))])
            $0.node("Add", ["x", "term"], ["y"], name: "it")
        }
        for side in [64, 512] {
            let reach = try #require(try Network(onnx: file).reach(inputShapes: ["x": [1, 1, side, side]])["y"])
            #expect(reach.axes.map(\.isWhole) == [true, true], "\(side)")
        }
    }

    /// Something is added if the image has so many rows.
    private func network(rows: Int) -> [UInt8] {
        ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.initializer(ModelBuilder.tensor("rows", integers: [rows]))
            $0.node("Shape", ["x"], ["height"], [("start", .int(2)), ("end", .int(3))])
            $0.node("Equal", ["height", "rows"], ["is"])
            $0.node("Cast", ["is"], ["term"], [("to", .int(1))])
            $0.node("Add", ["x", "term"], ["y"], name: "it")
        }
    }

    @Test("What is another value for one size of image alone is found where its tiles are compared with it")
    func oneSize() throws {
        let made = try made(network(rows: 1500))
        let predictor = try Predictor(made.package)
        for (rows, isWhole) in [(1500, true), (1504, false)] {
            let image = try Fixture.image([rows, 40]), whole = try predictor.predict(image)
            let tiled = try predictor.predict(image, options: PredictionOptions(tile: [64, 64]))
            #expect(tiled.isExact && tiled.way == (isWhole ? .whole : .tiles))
            #expect(tiled.outputs[0].values == whole.outputs[0].values)
            #expect(tiled.notes.contains { $0.hasPrefix("it (Add): what it computes with follows from") } == isWhole)
            let bands = try predictor.network.banded(inputShape: [1, 1, rows, 40], rows: 64, stride: 4)
            #expect((bands == nil) == isWhole)
        }
    }

    @Test("Passes for statistics compute with the extents of the whole image")
    func statistics() throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("scale", [1], [1.5])
            $0.node("Shape", ["x"], ["width"], [("start", .int(3))])
            $0.node("Cast", ["width"], ["factor"], [("to", .int(1))])
            $0.node("Mul", ["x", "factor"], ["m"], name: "it")
            $0.node("InstanceNormalization", ["m", "scale", "scale"], ["n"])
            $0.node("Add", ["n", "factor"], ["y"])
        }
        let made = try made(file)
        let predictor = try Predictor(made.package), image = try Fixture.image([76, 92]), whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: PredictionOptions(tile: [16, 16]))
        #expect(tiled.way == .statistics && tiled.plan.tiles.count > 1)
        let difference = zip(tiled.outputs[0].values, whole.outputs[0].values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference <= 1e-4)
    }
}
