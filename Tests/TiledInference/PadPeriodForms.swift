import Testing
import TiledInference

/// Networks of stride 4 that pad, cut or shift by the extents of the image, as PyTorch exports it.
///
/// Each is a form from h, four channels of 3 x 3 products, to s, between two convolutions.
struct PadPeriodForm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The alignment of tiles in (y, x) that the form needs with direct convolutions.
    let strides: [Int]
    /// The step of extents that the network takes.
    let step: Int
    let file: [UInt8]

    /// - Parameter pads: nodes that make `pads` of four numbers (in front of y and x, behind y and x), `begin` and `extents` for the crop
    ///   from numbers `h` and `w` (named `rows`, `columns`).
    private init(
        _ name: String, strides: [Int], step: Int = 1, mode: String = "constant", body: (inout ModelBuilder) -> Void = encoder,
        _ pads: (inout ModelBuilder) -> Void
    ) {
        testDescription = name
        self.strides = strides
        self.step = step
        var builder = ModelBuilder()
        builder.opset = 18
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        var numbers = Numbers(seed: 5)
        let same = [("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))]
        builder.weights("first", [4, 1, 3, 3], numbers.next(36))
        builder.weights("last", [1, 4, 3, 3], numbers.next(36))
        for number in [0, 1, 2, 3, 7, 16, 24, 31, 32, 64, 1000] { builder.integers("i\(number)", [number]) }
        builder.integers("axes", [2, 3])
        builder.integers("mask", [~31])
        builder.integers("channels", [0, 0])
        builder.node("Conv", ["x", "first"], ["h"], same)
        builder.node("Shape", ["h"], ["all"])
        builder.node("Gather", ["all", "i2"], ["rows"])
        builder.node("Gather", ["all", "i3"], ["columns"])
        builder.node("Concat", ["rows", "columns"], ["extents"], [("axis", .int(0))])
        pads(&builder)
        builder.node("Pad", ["h", "pads", "", "axes"], ["q"], name: "pad", [("mode", .string(mode))])
        body(&builder)
        builder.node("Add", ["begin", "extents"], ["end"])
        builder.node("Slice", ["r", "begin", "end", "axes"], ["s"], name: "crop")
        builder.node("Conv", ["s", "last"], ["y"], same)
        file = builder.file
    }

    /// From q to r: two levels down and up again, with a skip connection.
    private static func encoder(_ builder: inout ModelBuilder) {
        var numbers = Numbers(seed: 6)
        builder.weights("k", [4, 4, 3, 3], numbers.next(144))
        builder.weights("up", [4, 4, 2, 2], numbers.next(64))
        builder.weights("scales", [4], [1, 1, 2, 2])
        let same = ("pads", ModelBuilder.Value.ints([1, 1, 1, 1])), two = ("strides", ModelBuilder.Value.ints([2, 2]))
        builder.node("MaxPool", ["q"], ["d"], [("kernel_shape", .ints([2, 2])), two])
        builder.node("Conv", ["d", "k"], ["e"], [same, two])
        builder.node("Relu", ["e"], ["f"])
        builder.node("Resize", ["f", "", "scales"], ["g"], [("mode", .string("linear"))])
        builder.node("ConvTranspose", ["g", "up"], ["u"], [two])
        builder.node("Add", ["q", "u"], ["r"])
    }

    /// From q to r: nothing.
    private static func nothing(_ builder: inout ModelBuilder) { builder.node("Identity", ["q"], ["r"]) }

    /// The pixels that are missing for a multiple, as `(m - n % m) % m`.
    private static func missing(_ builder: inout ModelBuilder, _ number: String, _ multiple: Int, _ result: String) {
        builder.node("Mod", [number, "i\(multiple)"], ["\(result)Rest"])
        builder.node("Sub", ["i\(multiple)", "\(result)Rest"], ["\(result)More"])
        builder.node("Mod", ["\(result)More", "i\(multiple)"], [result])
    }

    /// Pads at the ends, and the crop at the beginning.
    private static func behind(_ builder: inout ModelBuilder, _ rows: String, _ columns: String) {
        builder.node("Concat", ["channels", rows, columns], ["pads"], [("axis", .int(0))])
        builder.node("Identity", ["channels"], ["begin"])
    }

    /// What tiles can do.
    static let local: [PadPeriodForm] =
        ["constant", "reflect", "edge"].map { mode in
            PadPeriodForm("Pad to a multiple of 32 at the ends (\(mode))", strides: [32, 32], mode: mode) {
                missing(&$0, "rows", 32, "a")
                missing(&$0, "columns", 32, "b")
                behind(&$0, "a", "b")
            }
        }
        + ["constant", "reflect", "edge"].map { mode in
            PadPeriodForm("Pad to a multiple of 32 at both sides (\(mode))", strides: [32, 32], mode: mode) {
                missing(&$0, "rows", 32, "a")
                missing(&$0, "columns", 32, "b")
                $0.node("Div", ["a", "i2"], ["top"])
                $0.node("Sub", ["a", "top"], ["bottom"])
                $0.node("Div", ["b", "i2"], ["left"])
                $0.node("Sub", ["b", "left"], ["right"])
                $0.node("Concat", ["top", "left", "bottom", "right"], ["pads"], [("axis", .int(0))])
                $0.node("Concat", ["top", "left"], ["begin"], [("axis", .int(0))])
            }
        } + [
            PadPeriodForm("Pad to a multiple by the ceiling of a quotient", strides: [32, 32]) {
                $0.weights("inverse", [1], [1 / 32])
                $0.weights("factor", [1], [32])
                $0.node("Cast", ["extents"], ["floats"], [("to", .int(1))])
                $0.node("Mul", ["floats", "inverse"], ["quotient"])
                $0.node("Ceil", ["quotient"], ["ceiling"])
                $0.node("Mul", ["ceiling", "factor"], ["product"])
                $0.node("Cast", ["product"], ["large"], [("to", .int(7))])
                $0.node("Sub", ["large", "extents"], ["more"])
                $0.node("Concat", ["channels", "more"], ["pads"], [("axis", .int(0))])
                $0.node("Identity", ["channels"], ["begin"])
            },
            PadPeriodForm("Pad to a multiple of which the inverse alone is there", strides: [24, 24]) {
                $0.weights("inverse", [1], [1 / 24])
                $0.node("Cast", ["extents"], ["floats"], [("to", .int(1))])
                $0.node("Mul", ["floats", "inverse"], ["quotient"])
                $0.node("Ceil", ["quotient"], ["ceiling"])
                $0.node("Div", ["ceiling", "inverse"], ["product"])
                $0.node("Round", ["product"], ["whole"])
                $0.node("Cast", ["whole"], ["large"], [("to", .int(7))])
                $0.node("Sub", ["large", "extents"], ["more"])
                $0.node("Concat", ["channels", "more"], ["pads"], [("axis", .int(0))])
                $0.node("Identity", ["channels"], ["begin"])
            },
            PadPeriodForm("Pad to a multiple by a mask of bits", strides: [32, 32]) {
                $0.node("Add", ["extents", "i31"], ["above"])
                $0.node("BitwiseAnd", ["above", "mask"], ["large"])
                $0.node("Sub", ["large", "extents"], ["more"])
                $0.node("Concat", ["channels", "more"], ["pads"], [("axis", .int(0))])
                $0.node("Identity", ["channels"], ["begin"])
            },
            PadPeriodForm("Multiples that differ by axis", strides: [16, 24]) {
                missing(&$0, "rows", 16, "a")
                missing(&$0, "columns", 24, "b")
                behind(&$0, "a", "b")
            },
            PadPeriodForm("Pads to 32 in front and to 24 behind", strides: [96, 96], body: nothing) {
                for (number, front, end) in [("rows", "a", "b"), ("columns", "c", "d")] {
                    missing(&$0, number, 32, front)
                    missing(&$0, number, 24, end)
                }
                $0.node("Concat", ["a", "c", "b", "d"], ["pads"], [("axis", .int(0))])
                $0.node("Concat", ["a", "c"], ["begin"], [("axis", .int(0))])
            },
            PadPeriodForm("Pad to a multiple of 32 in front alone", strides: [32, 32]) {
                missing(&$0, "rows", 32, "a")
                missing(&$0, "columns", 32, "b")
                $0.node("Concat", ["a", "b", "channels"], ["pads"], [("axis", .int(0))])
                $0.node("Concat", ["a", "b"], ["begin"], [("axis", .int(0))])
            },
            PadPeriodForm("Pad of columns by what the rows lack", strides: [32, 4], step: 4) {
                missing(&$0, "rows", 32, "a")
                behind(&$0, "i0", "a")
            },
            PadPeriodForm("Pad of columns in front by what the rows lack", strides: [32, 4], step: 4) {
                missing(&$0, "rows", 32, "a")
                $0.node("Concat", ["i0", "a", "channels"], ["pads"], [("axis", .int(0))])
                $0.node("Concat", ["i0", "a"], ["begin"], [("axis", .int(0))])
            },
            PadPeriodForm("Pad by what rows and columns together lack", strides: [32, 32], step: 4) {
                $0.node("Add", ["rows", "columns"], ["sum"])
                missing(&$0, "sum", 32, "a")
                behind(&$0, "a", "a")
            },
            PadPeriodForm("A shift by the rows modulo 7", strides: [7, 1], body: nothing) {
                $0.node("Mod", ["rows", "i7"], ["a"])
                $0.node("Concat", ["channels", "a", "i0"], ["pads"], [("axis", .int(0))])
                $0.node("Concat", ["a", "i0"], ["begin"], [("axis", .int(0))])
            },
        ]

    /// What changes with the image's extents for good, or follows from values of them in another period.
    static let global: [PadPeriodForm] = [
        PadPeriodForm("A pad in front that grows with the image", strides: [], body: nothing) {
            $0.node("Div", ["extents", "i7"], ["a"])
            $0.node("Concat", ["a", "channels"], ["pads"], [("axis", .int(0))])
            $0.node("Identity", ["channels"], ["begin"])
        },
        PadPeriodForm("A crop that moves with the image", strides: [], body: nothing) {
            $0.node("Concat", ["channels", "extents"], ["pads"], [("axis", .int(0))])
            $0.node("Div", ["extents", "i3"], ["begin"])
        },
        PadPeriodForm("A pad by the square of the rows modulo a large number", strides: [], body: nothing) {
            $0.node("Mul", ["rows", "rows"], ["square"])
            $0.node("Mod", ["square", "i1000"], ["a"])
            $0.node("Concat", ["a", "i0", "channels"], ["pads"], [("axis", .int(0))])
            $0.node("Identity", ["channels"], ["begin"])
        },
        PadPeriodForm(
            "Pad to a multiple of 32, and a factor that is the rows modulo 7", strides: [],
            body: { builder in
                builder.node("Mod", ["rows", "i7"], ["rest"])
                builder.node("Cast", ["rest"], ["number"], [("to", .int(1))])
                builder.node("Mul", ["q", "number"], ["r"], name: "it")
            }
        ) {
            missing(&$0, "rows", 32, "a")
            missing(&$0, "columns", 32, "b")
            behind(&$0, "a", "b")
        },
        PadPeriodForm(
            "The padded image resized to its own extents", strides: [],
            body: { builder in
                builder.node("Shape", ["h"], ["sizes"])
                builder.node("Resize", ["q", "", "", "sizes"], ["r"], name: "it", [("mode", .string("linear"))])
            }
        ) {
            missing(&$0, "rows", 32, "a")
            missing(&$0, "columns", 32, "b")
            behind(&$0, "a", "b")
        },
    ]
}

extension ModelBuilder {
    /// An int64 constant.
    mutating func integers(_ name: String, _ values: [Int]) { initializer(ModelBuilder.tensor(name, integers: values)) }
}
