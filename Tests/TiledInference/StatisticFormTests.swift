import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// The forms in which networks take statistics of the whole image: each gives the whole image's values in tiles of any size.
@Suite struct StatisticFormTests {
    /// A form between two convolutions, of four channels.
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let statistics: Int
        var isChannelsLast = false
        var opset = 17
        /// From the value `h` to the value `r`.
        let build: @Sendable (inout ModelBuilder) -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ statistics: Int, isChannelsLast: Bool = false, opset: Int = 17,
            _ build: @escaping @Sendable (inout ModelBuilder) -> Void
        ) {
            (self.name, self.statistics, self.isChannelsLast, self.opset, self.build) = (name, statistics, isChannelsLast, opset, build)
        }
    }

    static func axes(_ axes: [Int], keeps: Bool = true) -> [(String, ModelBuilder.Value)] {
        [("axes", .ints(axes)), ("keepdims", .int(keeps ? 1 : 0))]
    }

    /// (value - mean) / √(mean of the square + ε), as it is written without an operator of its own.
    static func normalise(_ builder: inout ModelBuilder, _ input: String, _ output: String, over places: [Int]) {
        builder.weights("epsilon", [], [1e-5])
        builder.node("ReduceMean", [input], ["mean"], axes(places))
        builder.node("Sub", [input, "mean"], ["centred"])
        builder.node("Mul", ["centred", "centred"], ["square"])
        builder.node("ReduceMean", ["square"], ["variance"], axes(places))
        builder.node("Add", ["variance", "epsilon"], ["sum"])
        builder.node("Sqrt", ["sum"], ["deviation"])
        builder.node("Div", ["centred", "deviation"], [output])
    }

    /// The value times a number for each channel.
    static func gate(_ builder: inout ModelBuilder, _ numbers: String) {
        builder.weights("share", [], [0.01])
        builder.node("Mul", [numbers, "share"], ["small"])
        builder.node("Sigmoid", ["small"], ["gate"])
        builder.node("Mul", ["h", "gate"], ["r"])
    }

    private static let normalisations = [
        Form("means and variances of each channel", 1) { $0.node("MeanVarianceNormalization", ["h"], ["r"]) },
        Form("means and variances of the plane", 1) { $0.node("MeanVarianceNormalization", ["h"], ["r"], [("axes", .ints([2, 3]))]) },
        Form("means and variances of the image", 1) { $0.node("MeanVarianceNormalization", ["h"], ["r"], [("axes", .ints([1, -2, 3]))]) },
        Form("layers", 1) {
            $0.weights("a", [4, 1, 1], [1, 0.5, 2, 1.5])
            $0.weights("b", [4, 1, 1], [0, 1, -1, 0.5])
            $0.node("LayerNormalization", ["h", "a", "b"], ["r"], [("axis", .int(1))])
        },
        Form("layers without a shift, over the plane", 1) {
            $0.weights("a", [1], [1.5])
            $0.node("LayerNormalization", ["h", "a"], ["r"], [("axis", .int(-2))])
        },
        Form("mean squares of layers", 1, opset: 23) {
            $0.weights("a", [4, 1, 1], [1, 0.5, 2, 1.5])
            $0.node("RMSNormalization", ["h", "a"], ["r"], [("axis", .int(1))])
        },
        Form("groups with a parameter for each channel", 1, opset: 21) {
            $0.weights("a", [4], [1, 0.5, 2, 1.5])
            $0.node("GroupNormalization", ["h", "a", "a"], ["r"], [("num_groups", .int(2))])
        },
        Form("groups with a parameter for each group", 1, opset: 18) {
            $0.weights("a", [2], [1, 0.5])
            $0.weights("b", [2], [0.25, -1])
            $0.node("GroupNormalization", ["h", "a", "b"], ["r"], [("num_groups", .int(2)), ("epsilon", .float(0.5))])
        },
        Form("groups, reshaped, by layers", 1) {
            $0.weights("one", [1], [1])
            $0.initializer(ModelBuilder.tensor("flat", integers: [0, 2, -1]))
            $0.node("Shape", ["h"], ["extents"])
            $0.node("Reshape", ["h", "flat"], ["f"])
            $0.node("LayerNormalization", ["f", "one"], ["n"])
            $0.node("Reshape", ["n", "extents"], ["r"])
        },
        Form("instances, step by step", 2) { normalise(&$0, "h", "r", over: [2, 3]) },
        Form("layers, step by step", 2) { normalise(&$0, "h", "r", over: [-3, -2, -1]) },
        Form("everything, step by step", 2) { normalise(&$0, "h", "r", over: []) },
        Form("groups with channels last", 2, isChannelsLast: true) {
            $0.initializer(ModelBuilder.tensor("from", integers: [0]))
            $0.initializer(ModelBuilder.tensor("to", integers: [3]))
            $0.initializer(ModelBuilder.tensor("groups", integers: [2, 2]))
            $0.node("Shape", ["h"], ["extents"])
            $0.node("Slice", ["extents", "from", "to"], ["plane"])
            $0.node("Concat", ["plane", "groups"], ["target"], [("axis", .int(0))])
            $0.node("Reshape", ["h", "target"], ["g"])
            normalise(&$0, "g", "n", over: [1, 2, 4])
            $0.node("Reshape", ["n", "extents"], ["r"])
        },
        Form("responses with channels last", 1, isChannelsLast: true) {
            $0.node("ReduceL2", ["h"], ["norm"], axes([1, 2]))
            $0.node("ReduceMean", ["norm"], ["level"], axes([-1]))
            $0.node("Div", ["norm", "level"], ["response"])
            $0.node("Mul", ["h", "response"], ["r"])
        },
    ]

    private static let reductions =
        ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceSumSquare"].map { type in
            Form(type, 1) {
                $0.node(type, ["h"], ["numbers"], axes([2, 3]))
                gate(&$0, "numbers")
            }
        } + [
            Form("GlobalLpPool", 1) {
                $0.node("GlobalLpPool", ["h"], ["numbers"])
                gate(&$0, "numbers")
            },
            Form("ReduceLogSum", 1) {
                $0.node("Abs", ["h"], ["above"])
                $0.node("ReduceLogSum", ["above"], ["numbers"], axes([2, 3]))
                $0.node("Sub", ["h", "numbers"], ["r"])
            },
            Form("a sum, with channels last and without its axes", 1, isChannelsLast: true) {
                $0.initializer(ModelBuilder.tensor("places", integers: [1, 2]))
                $0.initializer(ModelBuilder.tensor("channels", integers: [1, 1, 1, 4]))
                $0.node("ReduceSum", ["h", "places"], ["numbers"], [("keepdims", .int(0))])
                $0.node("Reshape", ["numbers", "channels"], ["back"])
                gate(&$0, "back")
            },
            Form("the least and the greatest of all", 2) {
                $0.node("ReduceMin", ["h"], ["low"], [("keepdims", .int(0))])
                $0.node("ReduceMax", ["h"], ["high"], [("keepdims", .int(0))])
                $0.node("Sub", ["h", "low"], ["above"])
                $0.node("Sub", ["high", "low"], ["range"])
                $0.node("Div", ["above", "range"], ["r"])
            },
            Form("means of the flattened plane", 1) {
                $0.initializer(ModelBuilder.tensor("flat", integers: [0, 0, -1]))
                $0.initializer(ModelBuilder.tensor("channels", integers: [1, 4, 1, 1]))
                $0.node("Reshape", ["h", "flat"], ["f"])
                $0.node("ReduceMean", ["f"], ["m"], axes([2], keeps: false))
                $0.node("Reshape", ["m", "channels"], ["numbers"])
                gate(&$0, "numbers")
            },
            Form("the mean of one axis, then of the other", 1) {
                $0.node("ReduceMean", ["h"], ["rows"], axes([3]))
                $0.node("ReduceMean", ["rows"], ["numbers"], axes([2]))
                gate(&$0, "numbers")
            },
            Form("an average that is resized to the image", 1) {
                $0.initializer(ModelBuilder.tensor("from", integers: [2]))
                $0.initializer(ModelBuilder.tensor("to", integers: [4]))
                $0.initializer(ModelBuilder.tensor("channels", integers: [1, 4]))
                $0.node("GlobalAveragePool", ["h"], ["m"])
                $0.node("Shape", ["h"], ["extents"])
                $0.node("Slice", ["extents", "from", "to"], ["plane"])
                $0.node("Concat", ["channels", "plane"], ["sizes"], [("axis", .int(0))])
                $0.node("Resize", ["m", "", "", "sizes"], ["wide"], [("mode", .string("linear"))])
                $0.node("Sub", ["h", "wide"], ["r"])
            },
            Form("a maximum that is expanded to the image", 1) {
                $0.node("GlobalMaxPool", ["h"], ["m"])
                $0.node("Shape", ["h"], ["extents"])
                $0.node("Expand", ["m", "extents"], ["wide"])
                $0.node("Relu", ["wide"], ["above"])
                $0.node("Sub", ["h", "above"], ["r"])
            },
        ]

    /// Numbers that follow from the extents of the image and not of a tile.
    private static let counts = [
        Form("a sum by the number of pixels", 1) {
            $0.initializer(ModelBuilder.tensor("places", integers: [2, 3]))
            count(&$0)
            $0.node("ReduceSum", ["h", "places"], ["sum"])
            $0.node("Div", ["sum", "count"], ["mean"])
            $0.node("Sub", ["h", "mean"], ["r"])
        },
        Form("a variance without bias", 2) {
            $0.initializer(ModelBuilder.tensor("places", integers: [2, 3]))
            $0.weights("one", [], [1])
            count(&$0)
            $0.node("ReduceMean", ["h"], ["mean"], axes([2, 3]))
            $0.node("Sub", ["h", "mean"], ["centred"])
            $0.node("Mul", ["centred", "centred"], ["square"])
            $0.node("ReduceMean", ["square"], ["variance"], axes([2, 3]))
            $0.node("Mul", ["variance", "count"], ["total"])
            $0.node("Sub", ["count", "one"], ["less"])
            $0.node("Div", ["total", "less"], ["unbiased"])
            $0.node("Sqrt", ["unbiased"], ["deviation"])
            $0.node("Div", ["centred", "deviation"], ["r"])
        },
    ]

    /// The number of pixels, as a float.
    static func count(_ builder: inout ModelBuilder) {
        builder.node("Shape", ["h"], ["shape"])
        builder.node("Gather", ["shape", "places"], ["lengths"])
        builder.node("ReduceProd", ["lengths"], ["product"], [("keepdims", .int(0))])
        builder.node("Cast", ["product"], ["count"], [("to", .int(1))])
    }

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
