import NeuralNetwork
import Testing

extension StatisticFormTests {
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

    static let normalisations = [
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

    static let reductions =
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
    static let counts = [
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
}
