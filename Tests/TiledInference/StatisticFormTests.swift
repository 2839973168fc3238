import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// The forms in which networks take statistics of the whole image: each gives the whole image's values in tiles of any size.
@Suite struct StatisticFormTests {
    private func network(_ form: Form) -> [UInt8] {
        var builder = ModelBuilder(), numbers = Numbers(seed: 31)
        builder.opset = form.opset
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("v", [4, 1, 3, 3], numbers.next(36))
        builder.weights("w", [1, 4, 3, 3], numbers.next(36))
        let pads = [("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))]
        builder.node("Conv", ["x", "v"], [form.isChannelsLast ? "first" : "h"], pads)
        if form.isChannelsLast { builder.node("Transpose", ["first"], ["h"], [("perm", .ints([0, 2, 3, 1]))]) }
        form.build(&builder)
        if form.isChannelsLast { builder.node("Transpose", ["r"], ["last"], [("perm", .ints([0, 3, 1, 2]))]) }
        builder.node("Conv", [form.isChannelsLast ? "last" : "r", "w"], ["y"], pads)
        return builder.file
    }

    private func predictor(_ network: [UInt8], isChannelsLast: Bool = false) throws -> Predictor {
        let made = try MadePackage(network, isChannelsLast: isChannelsLast, least: 1, step: 1)
        defer { withExtendedLifetime(made) {} }
        return try Predictor(made.package)
    }

    @Test("Each form gives the whole image's values, whatever the tiles", arguments: normalisations + reductions + counts)
    func forms(_ form: Form) throws {
        let predictor = try predictor(network(form)), image = try Fixture.image([75, 90]), whole = try predictor.predict(image)
        #expect(whole.way == .whole && whole.tilingClass == .global)
        let scale = whole.outputs[0].values.reduce(0) { max($0, abs($1)) }
        let bytes = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 75, 90]])
        var first: [Float]?
        for options in [
            PredictionOptions(tile: [16, 16]), PredictionOptions(tile: [40, 23], run: .init(threads: 2)), PredictionOptions(tile: [75, 8]),
            PredictionOptions(memoryBytes: bytes / 2),
        ] {
            let tiled = try predictor.predict(image, options: options), values = tiled.outputs[0].values
            #expect(tiled.way == .statistics && tiled.plan.tiles.count > 1 && tiled.tilingClass == .global)
            #expect(tiled.notes.contains { $0.contains("through \(form.statistics) statistics") })
            #expect(zip(values, whole.outputs[0].values).allSatisfy { abs($0 - $1) <= 4e-6 * scale })
            // Sums are exact: statistics do not depend on the tiles.
            #expect(first == nil || first == values)
            first = values
        }
    }

    @Test("A constant image of large values is its shift in tiles too, however the mean of squares is rounded")
    func constant() throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("one", [1], [1])
            $0.weights("half", [1], [0.5])
            $0.node("InstanceNormalization", ["x", "one", "half"], ["y"])
        }
        let made = try MadePackage(file, least: 1, step: 1), yaml = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: yaml, encoding: .utf8).split(separator: "\n").filter { !$0.contains("preprocessing") }
        try Data(text.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: yaml))
        let predictor = try Predictor(ModelPackage(folder: made.folder))
        for (extents, value) in [([75, 91], Float(16_777_213)), ([73, 90], 9_999_991), ([61, 97], 12_345_677), ([75, 90], 7_654_321)] {
            let values = [Float](repeating: value, count: extents[0] * extents[1])
            let image = try #require(Image(shape: extents, axes: [.y, .x], pixels: .float32(values)))
            let tiled = try predictor.predict(image, options: .init(tile: [16, 16]))
            #expect(tiled.way == .statistics && tiled.outputs[0].values.allSatisfy { $0 == 0.5 }, "\(value): \(tiled.outputs[0].values[0])")
        }
    }

    @Test("Images whose channels lie last go the same way")
    func channelsLast() throws {
        let file = ModelBuilder.model(input: [1, -1, -1, 1]) {
            $0.node("ReduceMean", ["x"], ["m"], StatisticFormTests.axes([1, 2]))
            $0.node("Sub", ["x", "m"], ["c"])
            $0.node("ReduceMax", ["c"], ["n"], StatisticFormTests.axes([1, 2]))
            $0.node("Div", ["c", "n"], ["y"])
        }
        let predictor = try predictor(file, isChannelsLast: true), image = try Fixture.image([75, 90])
        let whole = try predictor.predict(image), tiled = try predictor.predict(image, options: .init(tile: [16, 32]))
        #expect(whole.way == .whole && tiled.way == .statistics && tiled.plan.tiles.count == 15)
        #expect(zip(tiled.outputs[0].values, whole.outputs[0].values).allSatisfy { abs($0 - $1) <= 1e-6 })
    }

    @Test(
        "What does not follow from sums and extremes is no statistic, nor what is reduced along an axis alone",
        arguments: ["ReduceL1", "ReduceLogSumExp", "GlobalLpPool", "ReduceMax"])
    func others(_ type: String) throws {
        let form = Form(type, 0) {
            $0.node(
                type, ["h"], ["numbers"],
                type == "GlobalLpPool" ? [("p", .int(3))] : StatisticFormTests.axes(type == "ReduceMax" ? [1, 2] : [2, 3]))
            StatisticFormTests.gate(&$0, "numbers")
        }
        let predictor = try predictor(network(form)), image = try Fixture.image([75, 90])
        let tiled = try predictor.predict(image, options: .init(tile: [16, 16]))
        #expect(tiled.way == (type == "ReduceMax" ? .tiles : .windows))
    }

    @Test(
        "Reduced beside an axis of the image, after it was reshaped into another, nothing is taken for a channel",
        arguments: [(4, 1), (2, 2)])
    func mixedAxes(_ rows: Int, _ parts: Int) throws {
        let form = Form("mixed", 0) {
            $0.initializer(ModelBuilder.tensor("places", integers: [2]))
            $0.initializer(ModelBuilder.tensor("one", integers: [1]))
            $0.initializer(ModelBuilder.tensor("rest", integers: [-1]))
            $0.initializer(ModelBuilder.tensor("back", integers: [1, 4, 1, 1]))
            $0.initializer(ModelBuilder.tensor("parts", integers: [parts]))
            // (1, 4, y, x) as (1, y, 4 x) or (1, 2 y, 2 x): not what lies on a row.
            $0.node("Shape", ["h"], ["shape"])
            $0.node("Gather", ["shape", "places"], ["height"])
            $0.node("Mul", ["height", "parts"], ["rows"])
            $0.node("Concat", ["one", "rows", "rest"], ["target"], [("axis", .int(0))])
            $0.node("Reshape", ["h", "target"], ["f"])
            $0.node("ReduceMean", ["f"], ["m"], StatisticFormTests.axes([2]))
            $0.node("Reshape", ["m", "back"], ["b"])
            $0.node("Mul", ["h", "b"], ["r"])
        }
        // As many as channels.
        let predictor = try predictor(network(form)), image = try Fixture.image([rows, 90])
        let tiled = try predictor.predict(image, options: .init(tile: [rows, 16]))
        #expect(tiled.way != .statistics && !tiled.isExact)
    }

    @Test("A network that computes with the extents of the image without statistics is global along these, and what is called exact is")
    func localCount() throws {
        let form = Form("count", 0) {
            $0.initializer(ModelBuilder.tensor("places", integers: [3]))
            StatisticFormTests.count(&$0)
            $0.node("Mul", ["h", "count"], ["r"])
        }
        let predictor = try predictor(network(form)), image = try Fixture.image([75, 90]), whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: [16, 16]))
        #expect(whole.way == .whole && whole.isExact && tiled.tilingClass == .global)
        #expect(tiled.isExact && tiled.plan.tiles.count > 1 && tiled.outputs[0].values == whole.outputs[0].values)
        #expect(tiled.notes.contains { $0.contains("follows from the extents of the image") }, "\(tiled.notes)")
    }

    @Test("So does one that spreads such a number to the image, or counts what it spread", arguments: ["Mul", "Div"])
    func localSpread(_ type: String) throws {
        let form = Form("spread", 0) {
            $0.initializer(ModelBuilder.tensor("places", integers: [2, 3]))
            StatisticFormTests.count(&$0)
            $0.node("Shape", ["h"], ["extents"])
            if type == "Mul" {
                $0.node("Expand", ["count", "extents"], ["wide"])
                $0.node("Mul", ["h", "wide"], ["r"])
            } else {
                $0.node("ConstantOfShape", ["extents"], ["ones"], [("value", .tensor(ModelBuilder.tensor("one", [1], [1])))])
                $0.node("ReduceSum", ["ones"], ["sum"], [("keepdims", .int(0))])
                $0.node("Div", ["h", "sum"], ["r"])
            }
        }
        let predictor = try predictor(network(form)), image = try Fixture.image([75, 90]), whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: [16, 16]))
        #expect(whole.way == .whole && whole.isExact && tiled.tilingClass == .global && !tiled.isExact)
        #expect(tiled.notes.contains { $0.contains("follows from the extents of the image") }, "\(tiled.notes)")
    }

    @Test("What is filled with one number, whatever the extents, keeps a network local", arguments: [[75, 90], [300, 310]])
    func filled(_ extents: [Int]) throws {
        let form = Form("filled", 0) {
            $0.node("Shape", ["h"], ["extents"])
            $0.node("ConstantOfShape", ["extents"], ["halves"], [("value", .tensor(ModelBuilder.tensor("half", [1], [0.5])))])
            $0.node("Mul", ["h", "halves"], ["r"])
        }
        let predictor = try predictor(network(form)), image = try Fixture.image(extents), whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: [16, 32]))
        #expect(tiled.way == .tiles && tiled.isExact && tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("A scale that varies along the image is no number of a channel")
    func varyingScale() throws {
        let file = ModelBuilder.model(input: [1, 1, -1, 90]) {
            $0.weights("ramp", [90], (0..<90).map { Float($0) / 50 })
            $0.node("LayerNormalization", ["x", "ramp"], ["y"], [("axis", .int(2))])
        }
        let made = try MadePackage(file, least: 1, step: 1, fixed: ["x": 90]), image = try Fixture.image([75, 90])
        let tiled = try Predictor(made.package).predict(image, options: .init(tile: [16, 16]))
        #expect(tiled.way == .windows && !tiled.isExact)
    }

    @Test("The extremes of an image with a value that is no number are none in tiles either", arguments: ["ReduceMax", "ReduceMin"])
    func notANumber(_ type: String) throws {
        let form = Form(type, 1) {
            $0.node(type, ["h"], ["numbers"], StatisticFormTests.axes([1, 2, 3]))
            StatisticFormTests.gate(&$0, "numbers")
        }
        var values = (0..<75 * 90).map { Float($0 % 97) }
        values[40 * 90 + 50] = .nan
        let image = try #require(Image(shape: [75, 90], axes: [.y, .x], pixels: .float32(values)))
        let predictor = try predictor(network(form)), whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: [16, 16]))
        #expect(whole.outputs[0].values.allSatisfy { $0.isNaN })
        #expect(tiled.way == .statistics && tiled.outputs[0].values.allSatisfy { $0.isNaN })
    }

    @Test("Of an extent that the network fixes the image has all: statistics are taken along the other", arguments: ["y", "x"])
    func fixedExtent(_ axis: String) throws {
        let isRow = axis == "x", extents = [75, 90], fixed = isRow ? 90 : 75
        var numbers = Numbers(seed: 9)
        let file = ModelBuilder.model(input: [1, 1, isRow ? -1 : fixed, isRow ? fixed : -1]) {
            $0.weights("v", [4, 1, 3, 3], numbers.next(36))
            $0.weights("w", [1, 4, 3, 3], numbers.next(36))
            $0.weights("ones", [4], [1, 1, 1, 1])
            $0.weights("ramp", isRow ? [1, fixed] : [fixed, 1], (0..<fixed).map { Float($0) / 50 })
            $0.node("Conv", ["x", "v"], ["h"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("InstanceNormalization", ["h", "ones", "ones"], ["n"])
            // The reason why the extent is fixed.
            $0.node("Mul", ["n", "ramp"], ["p"])
            $0.node("Conv", ["p", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        }
        let made = try MadePackage(file, least: 1, step: 1, fixed: [axis: fixed]), predictor = try Predictor(made.package)
        let image = try Fixture.image(extents), whole = try predictor.predict(image)
        let bytes = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1] + extents])
        #expect(whole.way == .whole)
        for options in [PredictionOptions(tile: [16, 16]), PredictionOptions(memoryBytes: bytes / 2)] {
            let tiled = try predictor.predict(image, options: options)
            #expect(tiled.way == .statistics && tiled.plan.tiles.count > 1 && tiled.tilingClass == .global)
            #expect(tiled.plan.tiles.allSatisfy { $0.window[isRow ? 1 : 0] == 0..<fixed })
            #expect(zip(tiled.outputs[0].values, whole.outputs[0].values).allSatisfy { abs($0 - $1) <= 1e-5 })
        }
        // A smaller image is filled up to the extent, and so it is whole.
        let small = try Fixture.image(isRow ? [75, 61] : [61, 90]), filled = try predictor.predict(small)
        let parts = try predictor.predict(small, options: .init(tile: [16, 16]))
        #expect(parts.way == .statistics)
        #expect(zip(parts.outputs[0].values, filled.outputs[0].values).allSatisfy { abs($0 - $1) <= 1e-5 })
        // Of a larger one no window has all.
        #expect(try predictor.predict(try Fixture.image(isRow ? [75, 99] : [99, 90])).way == .windows)
        withExtendedLifetime(made) {}
    }
}
