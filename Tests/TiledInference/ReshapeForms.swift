import Testing
import TiledInference

/// Networks that split axes of the image into blocks or merge them, as exporters write what has no operator of its own.
///
/// Each is a form from h, four channels of 3 x 3 products, to s, between two convolutions; `rows` and `columns` are the image's.
struct ReshapeForm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The alignment of tiles in (y, x) with direct convolutions; of no meaning for what is global.
    let strides: [Int]
    let step: Int
    let file: [UInt8]

    private init(_ name: String, strides: [Int] = [], step: Int = 8, _ build: (inout ModelBuilder) -> Void) {
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
        builder.weights("wide", [16, 4, 1, 1], numbers.next(64))
        builder.weights("square", [4, 4], numbers.next(16))
        builder.weights("large", [64, 64], numbers.next(4096).map { $0 / 8 })
        builder.weights("bias", [16, 16], numbers.next(256))
        builder.weights("ones", [4], [1, 1.5, 0.5, 2])
        for number in [-1, 0, 1, 2, 3, 4, 8, 16, 64] { builder.integers("i\(number)", [number]) }
        builder.node("Conv", ["x", "first"], ["h"], same)
        builder.node("Shape", ["h"], ["all"])
        builder.node("Gather", ["all", "i2"], ["rows"])
        builder.node("Gather", ["all", "i3"], ["columns"])
        for (number, name) in [(2, "half"), (4, "quarter")] {
            builder.node("Div", ["rows", "i\(number)"], ["\(name)Rows"])
            builder.node("Div", ["columns", "i\(number)"], ["\(name)Columns"])
        }
        build(&builder)
        builder.node("Conv", ["s", "last"], ["y"], same)
        file = builder.file
    }

    /// A reshape to extents that are named.
    private static func reshape(_ builder: inout ModelBuilder, _ value: String, _ extents: [String], _ result: String) {
        builder.node("Concat", extents, ["\(result)Extents"], [("axis", .int(0))])
        builder.node("Reshape", [value, "\(result)Extents"], [result], name: "to \(result)")
    }

    private static func transpose(_ builder: inout ModelBuilder, _ value: String, _ order: [Int], _ result: String) {
        builder.node("Transpose", [value], [result], [("perm", .ints(order))])
    }

    /// From h to t: windows of 4 x 4 pixels as tokens (windows, 16, channels).
    private static func partition(_ builder: inout ModelBuilder, _ value: String = "h", windows: String = "i-1") {
        reshape(&builder, value, ["i1", "i4", "quarterRows", "i4", "quarterColumns", "i4"], "split")
        transpose(&builder, "split", [0, 2, 4, 3, 5, 1], "ordered")
        reshape(&builder, "ordered", [windows, "i16", "i4"], "t")
    }

    /// From u, tokens of windows, to s.
    private static func reverse(_ builder: inout ModelBuilder, _ result: String = "s") {
        reshape(&builder, "u", ["i1", "quarterRows", "quarterColumns", "i4", "i4", "i4"], "apart")
        transpose(&builder, "apart", [0, 5, 1, 3, 2, 4], "back")
        reshape(&builder, "back", ["i1", "i4", "rows", "columns"], result)
    }

    /// Attention of the tokens of t among each other, to u.
    private static func attention(_ builder: inout ModelBuilder, bias: Bool = false) {
        builder.node("MatMul", ["t", "square"], ["query"])
        transpose(&builder, "t", [0, 2, 1], "key")
        builder.node("MatMul", ["query", "key"], ["products"], name: "it")
        if bias { builder.node("Add", ["products", "bias"], ["scores"]) }
        builder.node("Softmax", [bias ? "scores" : "products"], ["weights"], [("axis", .int(2))])
        builder.node("MatMul", ["weights", "t"], ["u"])
    }

    /// From a value of 16 channels to s: blocks of 2 x 2 pixels from channels, in some order, and the larger of two pixels.
    private static func shuffle(
        _ builder: inout ModelBuilder, order: [Int] = [0, 1, 4, 2, 5, 3], extents: [String] = ["i1", "i4", "i2", "i2", "rows", "columns"]
    ) {
        builder.node("Mul", ["rows", "i2"], ["twiceRows"])
        builder.node("Mul", ["columns", "i2"], ["twiceColumns"])
        builder.node("Conv", ["h", "wide"], ["w"])
        reshape(&builder, "w", extents, "split")
        transpose(&builder, "split", order, "ordered")
        reshape(&builder, "ordered", ["i1", "i4", "twiceRows", "twiceColumns"], "fine")
        builder.node("MaxPool", ["fine"], ["s"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
    }

    /// From h to t: all pixels in a row, (1, 4, pixels); and from u back to s.
    private static func flat(_ builder: inout ModelBuilder, _ build: (inout ModelBuilder) -> Void) {
        reshape(&builder, "h", ["i1", "i4", "i-1"], "t")
        build(&builder)
        reshape(&builder, "u", ["i1", "i4", "rows", "columns"], "s")
    }

    /// All pixels as the channels of a normalisation whose scale and shift are one number for each pixel, from what is near it.
    private static func scaledPixels(_ type: String) -> ReshapeForm {
        ReshapeForm("\(type) with a scale for each pixel", strides: [1, 1], step: 1) {
            var numbers = Numbers(seed: 7)
            $0.weights("near", [1, 4, 5, 5], numbers.next(100))
            $0.node("Conv", ["h", "near"], ["scale"], [("pads", .ints([2, 2, 2, 2]))])
            $0.node("Reshape", ["scale", "i-1"], ["v"])
            $0.node("Abs", ["v"], ["variance"])
            transpose(&$0, "h", [0, 2, 3, 1], "pixels")
            reshape(&$0, "pixels", ["i1", "i-1", "i4"], "tokens")
            let statistics = type == "BatchNormalization" ? ["v", "variance"] : []
            $0.node(type, ["tokens", "v", "v"] + statistics, ["n"], [("epsilon", .float(0.5))])
            reshape(&$0, "n", ["i1", "rows", "columns", "i4"], "apart")
            transpose(&$0, "apart", [0, 3, 1, 2], "s")
        }
    }

    static let local: [ReshapeForm] = [
        scaledPixels("BatchNormalization"), scaledPixels("InstanceNormalization"),
        ReshapeForm("A convolution of single pixels in a row", strides: [1, 1], step: 1) {
            var numbers = Numbers(seed: 8)
            $0.weights("single", [4, 4, 1], numbers.next(16))
            flat(&$0) { $0.node("Conv", ["t", "single"], ["u"]) }
        },
        ReshapeForm("Pixels from channels", strides: [1, 1], step: 1) { shuffle(&$0) },
        ReshapeForm("Channels from pixels, and back", strides: [2, 2]) {
            var numbers = Numbers(seed: 6)
            $0.weights("k", [16, 16, 3, 3], numbers.next(2304).map { $0 / 4 })
            reshape(&$0, "h", ["i1", "i4", "halfRows", "i2", "halfColumns", "i2"], "split")
            transpose(&$0, "split", [0, 1, 3, 5, 2, 4], "ordered")
            reshape(&$0, "ordered", ["i1", "i16", "halfRows", "halfColumns"], "coarse")
            $0.node("Conv", ["coarse", "k"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
            reshape(&$0, "c", ["i1", "i4", "i2", "i2", "halfRows", "halfColumns"], "apart")
            transpose(&$0, "apart", [0, 1, 4, 2, 5, 3], "back")
            reshape(&$0, "back", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("Blocks that differ by axis", strides: [2, 4]) {
            reshape(&$0, "h", ["i1", "i4", "halfRows", "i2", "quarterColumns", "i4"], "split")
            $0.node("Softmax", ["split"], ["soft"], [("axis", .int(5))])
            $0.node("ReduceMax", ["soft", "i3"], ["most"])
            $0.node("Sub", ["soft", "most"], ["difference"])
            reshape(&$0, "difference", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("Patches as tokens", strides: [4, 4]) {
            partition(&$0)
            reshape(&$0, "t", ["i1", "i-1", "i64"], "patches")
            $0.node("MatMul", ["patches", "large"], ["products"])
            $0.node("Relu", ["products"], ["r"])
            reshape(&$0, "r", ["i-1", "i16", "i4"], "u")
            reverse(&$0)
        },
        ReshapeForm("Softmax over channels of all pixels in a row", strides: [1, 1], step: 1) {
            flat(&$0) { $0.node("Softmax", ["t"], ["u"], [("axis", .int(1))]) }
        },
        ReshapeForm("Layers on all pixels in a row", strides: [1, 1], step: 1) {
            flat(&$0) {
                transpose(&$0, "t", [0, 2, 1], "tokens")
                $0.node("LayerNormalization", ["tokens", "ones", "ones"], ["normal"])
                $0.node("MatMul", ["normal", "square"], ["m"])
                $0.node("Add", ["m", "tokens"], ["sum"])
                transpose(&$0, "sum", [0, 2, 1], "u")
            }
        },
        ReshapeForm("A product for all pixels without a batch", strides: [1, 1], step: 1) {
            transpose(&$0, "h", [0, 2, 3, 1], "pixels")
            reshape(&$0, "pixels", ["i-1", "i4"], "tokens")
            $0.node("Gemm", ["tokens", "square", "ones"], ["m"])
            reshape(&$0, "m", ["i1", "rows", "columns", "i4"], "apart")
            transpose(&$0, "apart", [0, 3, 1, 2], "s")
        },
        ReshapeForm("Attention in windows", strides: [4, 4]) {
            partition(&$0)
            attention(&$0, bias: true)
            reverse(&$0)
        },
        ReshapeForm("Normalisation of each window", strides: [4, 4]) {
            partition(&$0)
            transpose(&$0, "t", [0, 2, 1], "planes")
            $0.node("InstanceNormalization", ["planes", "ones", "ones"], ["n"])
            transpose(&$0, "n", [0, 2, 1], "u")
            reverse(&$0)
        },
        ReshapeForm("Attention in windows of an image padded to whole ones", strides: [4, 4], step: 1) {
            $0.integers("mod", [4, 4])
            $0.integers("zeros", [0, 0])
            $0.integers("axes", [2, 3])
            $0.node("Concat", ["rows", "columns"], ["own"], [("axis", .int(0))])
            $0.node("Neg", ["own"], ["negative"])
            $0.node("Mod", ["negative", "mod"], ["more"])
            $0.node("Concat", ["zeros", "more"], ["pads"], [("axis", .int(0))])
            $0.node("Pad", ["h", "pads", "", "axes"], ["padded"])
            $0.node("Shape", ["padded"], ["paddedExtents"])
            for (axis, name) in [("i2", "Rows"), ("i3", "Columns")] {
                $0.node("Gather", ["paddedExtents", axis], ["whole\(name)"])
                $0.node("Div", ["whole\(name)", "i4"], ["parts\(name)"])
            }
            reshape(&$0, "padded", ["i1", "i4", "partsRows", "i4", "partsColumns", "i4"], "split")
            transpose(&$0, "split", [0, 2, 4, 3, 5, 1], "ordered")
            reshape(&$0, "ordered", ["i-1", "i16", "i4"], "t")
            attention(&$0)
            reshape(&$0, "u", ["i1", "partsRows", "partsColumns", "i4", "i4", "i4"], "apart")
            transpose(&$0, "apart", [0, 5, 1, 3, 2, 4], "back")
            reshape(&$0, "back", ["i1", "i4", "wholeRows", "wholeColumns"], "large2")
            $0.node("Slice", ["large2", "zeros", "own", "axes"], ["s"])
        },
    ]

    static let global: [ReshapeForm] = [
        ReshapeForm("Attention among all pixels") {
            flat(&$0) {
                transpose(&$0, "t", [0, 2, 1], "tokens")
                $0.node("MatMul", ["tokens", "t"], ["products"], name: "it")
                $0.node("Softmax", ["products"], ["weights"], [("axis", .int(2))])
                $0.node("MatMul", ["weights", "tokens"], ["m"])
                transpose(&$0, "m", [0, 2, 1], "u")
            }
        },
        ReshapeForm("Channels in front of rows") { shuffle(&$0, order: [0, 1, 2, 4, 3, 5]) },
        ReshapeForm("Rows of blocks in the place of columns") {
            shuffle(&$0, extents: ["i1", "i4", "i2", "i2", "columns", "rows"])
        },
        ReshapeForm("Four parts of the rows, however many these are") {
            reshape(&$0, "h", ["i1", "i4", "i4", "quarterRows", "columns"], "split")
            $0.node("Softmax", ["split"], ["soft"], name: "it", [("axis", .int(3))])
            reshape(&$0, "soft", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("Four parts of the rows, by what is left") {
            reshape(&$0, "h", ["i0", "i0", "i4", "i-1", "columns"], "split")
            transpose(&$0, "split", [0, 1, 3, 2, 4], "ordered")
            reshape(&$0, "ordered", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("Windows of a quarter of the image") {
            reshape(&$0, "h", ["i1", "i4", "i4", "quarterRows", "i4", "quarterColumns"], "split")
            $0.node("ReduceMean", ["split", "i3"], ["mean"], name: "it")
            $0.node("Sub", ["split", "mean"], ["difference"])
            reshape(&$0, "difference", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("Pairs of rows in one") {
            $0.node("Mul", ["columns", "i2"], ["twiceColumns"])
            reshape(&$0, "h", ["i1", "i4", "halfRows", "twiceColumns"], "pairs")
            $0.node("Softmax", ["pairs"], ["soft"], name: "it", [("axis", .int(3))])
            reshape(&$0, "soft", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("All pixels in a row, moved by one") {
            flat(&$0) {
                $0.integers("pads", [0, 0, 1, 0, 0, 0])
                $0.node("Mul", ["rows", "columns"], ["pixels"])
                $0.node("Sub", ["pixels", "i1"], ["but"])
                $0.node("Slice", ["t", "i0", "but", "i2"], ["most"], name: "it")
                $0.node("Pad", ["most", "pads"], ["u"])
            }
        },
        ReshapeForm("A convolution along all pixels in a row") {
            flat(&$0) {
                var numbers = Numbers(seed: 6)
                $0.weights("k", [4, 4, 3], numbers.next(48))
                $0.node("Conv", ["t", "k"], ["u"], name: "it", [("pads", .ints([1, 1]))])
            }
        },
        ReshapeForm("Sums along all pixels in a row") {
            flat(&$0) { $0.node("CumSum", ["t", "i2"], ["u"], name: "it") }
        },
        ReshapeForm("All pixels in a row as columns of rows") {
            reshape(&$0, "h", ["i1", "i4", "i-1"], "t")
            reshape(&$0, "t", ["i1", "i4", "columns", "rows"], "turned")
            transpose(&$0, "turned", [0, 1, 3, 2], "s")
        },
        ReshapeForm("The number of each pixel in a row") {
            flat(&$0) {
                $0.node("Mul", ["rows", "columns"], ["list"])
                $0.node("Squeeze", ["list"], ["pixels"])
                $0.node("Squeeze", ["i0"], ["start"])
                $0.node("Squeeze", ["i1"], ["delta"])
                $0.node("Range", ["start", "pixels", "delta"], ["places"])
                $0.node("Cast", ["places"], ["floats"], [("to", .int(1))])
                $0.node("Add", ["t", "floats"], ["u"], name: "it")
            }
        },
        ReshapeForm("Channels and rows in one") {
            $0.node("Mul", ["rows", "i4"], ["all4"])
            reshape(&$0, "h", ["i1", "all4", "columns"], "t")
            $0.node("Softmax", ["t"], ["u"], name: "it", [("axis", .int(1))])
            reshape(&$0, "u", ["i1", "i4", "rows", "columns"], "s")
        },
        ReshapeForm("Attention in shifted windows") {
            for axis in ["i2", "i3"] {
                let value = axis == "i2" ? "h" : "ri2"
                $0.integers("end\(axis)", [Int(Int32.max)])
                $0.node("Slice", [value, "i2", "end\(axis)", axis], ["tail\(axis)"])
                $0.node("Slice", [value, "i0", "i2", axis], ["head\(axis)"])
                $0.node("Concat", ["tail\(axis)", "head\(axis)"], ["r\(axis)"], name: "it", [("axis", .int(axis == "i2" ? 2 : 3))])
            }
            partition(&$0, "ri3")
            attention(&$0)
            reverse(&$0)
        },
        ReshapeForm("Attention among the windows") {
            partition(&$0)
            transpose(&$0, "t", [1, 0, 2], "places")
            transpose(&$0, "t", [1, 2, 0], "key")
            $0.node("MatMul", ["places", "key"], ["products"], name: "it")
            $0.node("Softmax", ["products"], ["weights"], [("axis", .int(2))])
            $0.node("MatMul", ["weights", "places"], ["m"])
            transpose(&$0, "m", [1, 0, 2], "u")
            reverse(&$0)
        },
    ]
}
