import Testing
import TiledInference

/// Networks that compute with the extents of the image, or only cut and shape with them.
///
/// Each is a form from h, four channels of 3 x 3 products, to s, between two convolutions.
struct SizeValueForm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The places in (y, x) of axes that the form sees as a whole.
    let wholeAxes: [Int]
    let file: [UInt8]

    private init(_ name: String, whole axes: [Int], _ build: (inout ModelBuilder) -> Void) {
        testDescription = name
        wholeAxes = axes
        file = ModelBuilder.model(input: [1, 1, -1, -1]) { builder in
            var numbers = Numbers(seed: 5)
            let pads = [("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))]
            builder.weights("first", [4, 1, 3, 3], numbers.next(36))
            builder.weights("last", [1, 4, 3, 3], numbers.next(36))
            builder.node("Conv", ["x", "first"], ["h"], pads)
            build(&builder)
            builder.node("Conv", ["s", "last"], ["y"], pads)
        }
    }

    /// The height as a list of one number: whole ("height"), as a float ("number") and modulo 3 ("rest").
    private static func height(_ name: String, whole axes: [Int] = [0], _ build: @escaping (inout ModelBuilder) -> Void) -> SizeValueForm {
        SizeValueForm(name, whole: axes) { builder in
            builder.initializer(ModelBuilder.tensor("three", integers: [3]))
            builder.initializer(ModelBuilder.tensor("one", integers: [1]))
            builder.initializer(ModelBuilder.tensor("column", integers: [1, 4, 1, 1]))
            builder.weights("eighty", [1], [80])
            builder.node("Shape", ["h"], ["height"], [("start", .int(2)), ("end", .int(3))])
            builder.node("Cast", ["height"], ["number"], [("to", .int(1))])
            builder.node("Mod", ["height", "three"], ["rest"])
            builder.node("Add", ["rest", "one"], ["next"])
            build(&builder)
        }
    }

    private static func integers(_ builder: inout ModelBuilder, _ name: String, _ values: [Int]) {
        builder.initializer(ModelBuilder.tensor(name, integers: values))
    }

    /// Values follow from the extents.
    static let global: [SizeValueForm] = [
        height("Mul by the height") { $0.node("Mul", ["h", "number"], ["s"], name: "it") },
        height("Div by the gathered height") {
            integers(&$0, "two", [2])
            $0.node("Shape", ["h"], ["all"])
            $0.node("Gather", ["all", "two"], ["own"])
            $0.node("Cast", ["own"], ["divisor"], [("to", .int(1))])
            $0.node("Div", ["h", "divisor"], ["s"], name: "it")
        },
        height("Div by the size", whole: [0, 1]) {
            $0.node("Size", ["h"], ["all"])
            $0.node("Cast", ["all"], ["divisor"], [("to", .int(1))])
            $0.node("Div", ["h", "divisor"], ["s"], name: "it")
        },
        height("Add of the product of all extents", whole: [0, 1]) {
            $0.node("Shape", ["h"], ["all"])
            $0.node("ReduceProd", ["all"], ["product"], [("keepdims", .int(0))])
            $0.node("Cast", ["product"], ["term"], [("to", .int(1))])
            $0.node("Add", ["h", "term"], ["s"], name: "it")
        },
        height("Div by the width's root", whole: [1]) {
            $0.node("Shape", ["h"], ["width"], [("start", .int(3))])
            $0.node("Cast", ["width"], ["float"], [("to", .int(1))])
            $0.node("Sqrt", ["float"], ["root"])
            $0.node("Div", ["h", "root"], ["s"], name: "it")
        },
        height("Where the height is above a number") {
            integers(&$0, "limit", [60])
            $0.node("Greater", ["height", "limit"], ["large"])
            $0.node("Neg", ["h"], ["negative"])
            $0.node("Where", ["large", "h", "negative"], ["s"], name: "it")
        },
        height("Pow by the height") {
            $0.node("Div", ["number", "eighty"], ["exponent"])
            $0.node("Relu", ["h"], ["positive"])
            $0.node("Pow", ["positive", "exponent"], ["s"], name: "it")
        },
        height("Clip at a part of the height") {
            $0.node("Div", ["number", "eighty"], ["part"])
            $0.node("Squeeze", ["part"], ["bound"])
            $0.node("Clip", ["h", "", "bound"], ["s"], name: "it")
        },
        height("Conv by weights that the height scales") {
            var numbers = Numbers(seed: 8)
            $0.weights("kernel", [4, 4, 1, 1], numbers.next(16))
            $0.node("Mul", ["kernel", "number"], ["scaled"])
            $0.node("Conv", ["h", "scaled"], ["s"], name: "it")
        },
        height("Pad with the height") {
            integers(&$0, "pads", [0, 0, 1, 1, 0, 0, 1, 1])
            $0.node("Squeeze", ["number"], ["constant"])
            $0.node("Pad", ["h", "pads", "constant"], ["p"], name: "it")
            $0.node("AveragePool", ["p"], ["s"], [("kernel_shape", .ints([3, 3]))])
        },
        height("Pad of channels by the height modulo 3") {
            integers(&$0, "zero", [0])
            integers(&$0, "zeros", [0, 0])
            integers(&$0, "four", [4])
            $0.node("Concat", ["zero", "rest", "zeros", "zero", "one", "zeros"], ["pads"], [("axis", .int(0))])
            $0.node("Pad", ["h", "pads"], ["p"], name: "it")
            $0.node("Slice", ["p", "zero", "four", "one"], ["s"])
        },
        height("Gather of the channel height modulo 3") {
            $0.node("Gather", ["h", "rest"], ["g"], name: "it", [("axis", .int(1))])
            $0.node("Add", ["h", "g"], ["s"])
        },
        height("Slice of the channel height modulo 3") {
            $0.node("Slice", ["h", "rest", "next", "one"], ["g"], name: "it")
            $0.node("Add", ["h", "g"], ["s"])
        },
        height("TopK of as many channels as the height modulo 3") {
            $0.node("TopK", ["h", "next"], ["v", "i"], name: "it", [("axis", .int(1))])
            $0.node("ReduceSum", ["v", "one"], ["g"])
            $0.node("Add", ["h", "g"], ["s"])
        },
        height("OneHot of the height modulo 3") {
            integers(&$0, "four", [4])
            $0.weights("values", [2], [0.5, 2])
            $0.node("OneHot", ["rest", "four", "values"], ["row"])
            $0.node("Reshape", ["row", "column"], ["g"])
            $0.node("Mul", ["h", "g"], ["s"], name: "it")
        },
        height("Range from the height modulo 3") {
            integers(&$0, "four", [4])
            $0.node("Add", ["rest", "four"], ["end"])
            $0.node("Range", ["rest", "end", "one"], ["row"])
            $0.node("Cast", ["row"], ["floats"], [("to", .int(1))])
            $0.node("Reshape", ["floats", "column"], ["g"])
            $0.node("Mul", ["h", "g"], ["s"], name: "it")
        },
        height("ScatterElements at the height modulo 3") {
            $0.weights("zeros", [4], [0, 0, 0, 0])
            $0.weights("update", [1], [2])
            $0.node("ScatterElements", ["zeros", "rest", "update"], ["row"])
            $0.node("Reshape", ["row", "column"], ["g"])
            $0.node("Add", ["h", "g"], ["s"], name: "it")
        },
        height("Tile by the height modulo 3") {
            integers(&$0, "ones", [1, 1])
            $0.node("Concat", ["one", "next", "ones"], ["repeats"], [("axis", .int(0))])
            $0.node("Tile", ["h", "repeats"], ["t"], name: "it")
            $0.node("ReduceSum", ["t", "one"], ["g"])
            $0.node("Add", ["h", "g"], ["s"])
        },
        height("Resize of channels to the height modulo 3") {
            $0.node("Shape", ["h"], ["extents"], [("start", .int(2))])
            $0.node("Concat", ["one", "next", "extents"], ["sizes"], [("axis", .int(0))])
            $0.node("Resize", ["h", "", "", "sizes"], ["t"], name: "it", [("mode", .string("nearest"))])
            $0.node("ReduceSum", ["t", "one"], ["g"])
            $0.node("Add", ["h", "g"], ["s"])
        },
        height("Resize of the rows that the width says", whole: [0, 1]) {
            $0.weights("starts", [4], [0, 0, 0, 0])
            $0.weights("ones", [2], [1, 1])
            $0.weights("unit", [1], [1])
            $0.weights("most", [1], [128])
            $0.node("Shape", ["h"], ["all"])
            $0.node("Shape", ["h"], ["width"], [("start", .int(3))])
            $0.node("Cast", ["width"], ["float"], [("to", .int(1))])
            $0.node("Div", ["float", "most"], ["end"])
            $0.node("Concat", ["starts", "ones", "end", "unit"], ["region"], [("axis", .int(0))])
            $0.node(
                "Resize", ["h", "region", "", "all"], ["s"], name: "it",
                [("mode", .string("linear")), ("coordinate_transformation_mode", .string("tf_crop_and_resize"))])
        },
        height("If the height is above a number", whole: [0, 1]) {
            integers(&$0, "limit", [60])
            $0.node("Greater", ["height", "limit"], ["list"])
            $0.node("Squeeze", ["list"], ["large"])
            var same = ModelBuilder(), negative = ModelBuilder()
            same.node("Identity", ["h"], ["a"])
            same.output("a")
            negative.node("Neg", ["h"], ["b"])
            negative.output("b")
            $0.node(
                "If", ["large"], ["s"], name: "it", [("then_branch", .graph(same.graph)), ("else_branch", .graph(negative.graph))])
        },
    ]

    private static func scaled(_ builder: inout ModelBuilder) {
        builder.node("MaxPool", ["h"], ["p"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        builder.node("Shape", ["h"], ["extents"], [("start", .int(2))])
        builder.node("Shape", ["p"], ["small"], [("start", .int(2))])
        builder.node("Shape", ["p"], ["front"], [("end", .int(2))])
    }

    /// As exporters write them: extents say how results are cut and shaped, values follow from pixels and channels.
    static let local: [SizeValueForm] = [
        SizeValueForm("Resize to the extents of a skip connection", whole: []) {
            scaled(&$0)
            $0.node("Concat", ["front", "extents"], ["sizes"], [("axis", .int(0))])
            $0.node("Resize", ["p", "", "", "sizes"], ["s"], [("mode", .string("linear"))])
        },
        SizeValueForm("Resize to extents times a factor, rounded down", whole: []) {
            scaled(&$0)
            $0.weights("factor", [1], [2])
            $0.node("Cast", ["small"], ["f"], [("to", .int(1))])
            $0.node("Mul", ["f", "factor"], ["m"])
            $0.node("Floor", ["m"], ["r"])
            $0.node("Cast", ["r"], ["i"], [("to", .int(7))])
            $0.node("Concat", ["front", "i"], ["sizes"], [("axis", .int(0))])
            $0.node("Resize", ["p", "", "", "sizes"], ["s"], [("mode", .string("nearest"))])
        },
        SizeValueForm("Resize by the ratio of two extents", whole: []) {
            scaled(&$0)
            $0.weights("ones", [2], [1, 1])
            $0.node("Cast", ["extents"], ["a"], [("to", .int(1))])
            $0.node("Cast", ["small"], ["b"], [("to", .int(1))])
            $0.node("Div", ["a", "b"], ["ratio"])
            $0.node("Concat", ["ones", "ratio"], ["scales"], [("axis", .int(0))])
            $0.node("Resize", ["p", "", "scales"], ["s"], [("mode", .string("linear"))])
        },
        SizeValueForm("Pad to a multiple of 4 and crop back", whole: []) {
            integers(&$0, "four", [4, 4])
            integers(&$0, "zeros", [0, 0])
            integers(&$0, "axes", [2, 3])
            $0.weights("scales", [4], [1, 1, 4, 4])
            $0.node("Shape", ["h"], ["extents"], [("start", .int(2))])
            $0.node("Neg", ["extents"], ["negative"])
            $0.node("Mod", ["negative", "four"], ["behind"])
            $0.node("Concat", ["zeros", "zeros", "zeros", "behind"], ["pads"], [("axis", .int(0))])
            $0.node("Pad", ["h", "pads"], ["q"])
            $0.node("MaxPool", ["q"], ["p"], [("kernel_shape", .ints([4, 4])), ("strides", .ints([4, 4]))])
            $0.node("Resize", ["p", "", "scales"], ["u"], [("mode", .string("nearest"))])
            $0.node("Slice", ["u", "zeros", "extents", "axes"], ["s"])
        },
        SizeValueForm("Channels in groups by Shape, Slice, Concat and Reshape", whole: []) {
            integers(&$0, "zero", [0])
            integers(&$0, "one", [1])
            integers(&$0, "two", [2])
            integers(&$0, "end", [Int(Int32.max)])
            $0.node("Shape", ["h"], ["all"])
            $0.node("Slice", ["all", "zero", "one"], ["batch"])
            $0.node("Slice", ["all", "one", "two"], ["channels"])
            $0.node("Div", ["channels", "two"], ["half"])
            $0.node("Slice", ["all", "two", "end"], ["extents"])
            $0.node("Concat", ["batch", "two", "half", "extents"], ["split"], [("axis", .int(0))])
            $0.node("Reshape", ["h", "split"], ["t"])
            $0.node("Softmax", ["t"], ["u"], [("axis", .int(1))])
            $0.node("Reshape", ["u", "all"], ["s"])
        },
        SizeValueForm("Div by the root of the number of channels", whole: []) {
            integers(&$0, "one", [1])
            $0.node("Shape", ["h"], ["all"])
            $0.node("Gather", ["all", "one"], ["channels"])
            $0.node("Cast", ["channels"], ["f"], [("to", .int(1))])
            $0.node("Sqrt", ["f"], ["root"])
            $0.node("Div", ["h", "root"], ["s"])
        },
        SizeValueForm("A skip connection cropped to what is left of it", whole: []) {
            var numbers = Numbers(seed: 9)
            integers(&$0, "two", [2, 2])
            integers(&$0, "axes", [2, 3])
            integers(&$0, "pads", [0, 0, 1, 1, 0, 0, 1, 1])
            $0.weights("k", [4, 4, 3, 3], numbers.next(144))
            $0.node("Conv", ["h", "k"], ["v"])
            $0.node("Shape", ["h"], ["large"], [("start", .int(2))])
            $0.node("Shape", ["v"], ["small"], [("start", .int(2))])
            $0.node("Sub", ["large", "small"], ["more"])
            $0.node("Div", ["more", "two"], ["begin"])
            $0.node("Add", ["begin", "small"], ["end"])
            $0.node("Slice", ["h", "begin", "end", "axes"], ["c"])
            $0.node("Add", ["v", "c"], ["sum"])
            $0.node("Pad", ["sum", "pads"], ["s"])
        },
        SizeValueForm("Expand to its own extents, where -1 is one", whole: []) {
            integers(&$0, "minus", [-1])
            integers(&$0, "ones", [1, 1, 1, 1])
            $0.node("Shape", ["h"], ["all"])
            $0.node("Equal", ["all", "minus"], ["free"])
            $0.node("Where", ["free", "ones", "all"], ["extents"])
            $0.node("Expand", ["h", "extents"], ["s"])
        },
    ]
}
