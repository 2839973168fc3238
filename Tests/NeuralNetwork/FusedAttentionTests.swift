import NeuralNetwork
import Testing

/// Attention that is written in products and a softmax.
@Suite("Attention in parts")
struct FusedAttentionTests {
    struct Form: CustomTestStringConvertible, Sendable {
        let name: String
        var batch = 2, heads = 3, queries = 19, keys = 23, size = 16, columns = 32
        /// Whether heads lie beside each other, so that transpositions lie around the products.
        var isTurned = true
        /// The operator and number between the first product and the softmax.
        var scaling: (type: String, number: Float)? = ("Mul", 0.25)
        var biasShape: [Int]?
        /// The axis of the softmax.
        var axis = -1
        var testDescription: String { name }

        func file(givingScores: Bool) -> [UInt8] {
            var builder = ModelBuilder(), numbers = Numbers(seed: 5)
            builder.input("q", isTurned ? [batch, queries, heads, size] : [batch, heads, queries, size])
            builder.input("k", isTurned ? [batch, keys, heads, size] : [batch, heads, size, keys])
            builder.input("v", isTurned ? [batch, keys, heads, columns] : [batch, heads, keys, columns])
            builder.output("y")
            if givingScores { for name in ["s", "p"] { builder.output(name) } }
            let (first, second, third) = isTurned ? ("qt", "kt", "vt") : ("q", "k", "v")
            if isTurned {
                builder.node("Transpose", ["q"], ["qt"], [("perm", .ints([0, 2, 1, 3]))])
                builder.node("Transpose", ["k"], ["kt"], [("perm", .ints([0, 2, 3, 1]))])
                builder.node("Transpose", ["v"], ["vt"], [("perm", .ints([0, 2, 1, 3]))])
            }
            builder.node("MatMul", [first, second], ["s"])
            var scores = "s"
            if let scaling {
                builder.weights("f", [], [scaling.number])
                builder.node(scaling.type, [scores, "f"], ["c"])
                scores = "c"
            }
            if let biasShape {
                builder.weights("b", biasShape, numbers.next(biasShape.reduce(1, *)))
                builder.node("Add", ["b", scores], ["a"])
                scores = "a"
            }
            builder.node("Softmax", [scores], ["p"], [("axis", .int(axis))])
            builder.node("MatMul", ["p", third], [isTurned ? "o" : "y"])
            if isTurned { builder.node("Transpose", ["o"], ["y"], [("perm", .ints([0, 2, 1, 3]))]) }
            return builder.file
        }

        var shapes: [String: [Int]] {
            [
                "q": isTurned ? [batch, queries, heads, size] : [batch, heads, queries, size],
                "k": isTurned ? [batch, keys, heads, size] : [batch, heads, size, keys],
                "v": isTurned ? [batch, keys, heads, columns] : [batch, heads, keys, columns],
            ]
        }

        func run(givingScores: Bool = false, _ options: RunOptions = .init()) throws -> [Float] {
            var numbers = Numbers(seed: 6), inputs: [String: Tensor] = [:]
            for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
                let values = numbers.next(shape.reduce(1, *)).map { $0 * 2 }
                inputs[name] = Tensor(shape: shape, storage: .float32(values))
            }
            return try #require(try Network(onnx: file(givingScores: givingScores)).run(inputs, options: options)["y"]?.floats)
        }
    }

    static let forms = [
        Form(name: "scaled"),
        Form(name: "not turned", isTurned: false),
        Form(name: "divided", scaling: ("Div", 4)),
        Form(name: "not scaled", scaling: nil),
        Form(name: "with a bias for each head", biasShape: [1, 3, 19, 23]),
        Form(name: "with a bias for each key", biasShape: [23]),
        Form(name: "with a bias for each image and query", biasShape: [2, 1, 19, 23]),
        Form(name: "with a bias that all keys share", biasShape: [2, 3, 19, 1]),
        Form(name: "of more rows than a thread takes at once", batch: 1, heads: 2, queries: 230, keys: 410),
        Form(name: "of values that fill no vectors", columns: 20),
        Form(name: "with a softmax over the queries", axis: -2),
    ]

    @Test("An attention has the bits of its operators one by one, on every set of instructions and for any threads", arguments: forms)
    func bits(_ form: Form) throws {
        for instructions in InstructionSet.allCases where instructions <= .best {
            let apart = try form.run(givingScores: true, RunOptions(instructions: instructions))
            #expect(apart.contains { $0 != 0 })
            for threads in [1, 3] { #expect(try form.run(RunOptions(threads: threads, instructions: instructions)) == apart) }
        }
        guard InstructionSet.best == .avx512 else { return }
        #expect(try form.run() == form.run(givingScores: true, RunOptions(instructions: .avx2)))
    }

    @Test("Attentions of which each feeds the softmax of the next have the bits of their operators one by one", arguments: [2, 3])
    func chains(count: Int) throws {
        func run(givingInner: Bool) throws -> [Float] {
            var builder = ModelBuilder(), numbers = Numbers(seed: 7), scores = "t0"
            builder.input("x", [2, 8, 16])
            builder.input("q", [2, 16, 12])
            builder.output("y")
            builder.node("MatMul", ["x", "q"], [scores])
            for index in 1...count {
                let depth = index == 1 ? 12 : 16
                builder.input("v\(index)", [2, depth, 16])
                builder.node("Softmax", [scores], ["p\(index)"], [("axis", .int(-1))])
                builder.node("MatMul", ["p\(index)", "v\(index)"], [index == count ? "y" : "t\(index)"])
                if givingInner { builder.output("p\(index)") }
                scores = "t\(index)"
            }
            var inputs: [String: Tensor] = [:]
            for (name, shape) in [("x", [2, 8, 16]), ("q", [2, 16, 12])] + (1...count).map({ ("v\($0)", [2, $0 == 1 ? 12 : 16, 16]) }) {
                inputs[name] = Tensor(shape: shape, storage: .float32(numbers.next(shape.reduce(1, *))))
            }
            return try #require(try Network(onnx: builder.file).run(inputs)["y"]?.floats)
        }
        #expect(try run(givingInner: false) == run(givingInner: true))
    }

    @Test("No matrix of scores is held")
    func memory() throws {
        let form = Form(name: "", batch: 1, heads: 4, queries: 512, keys: 512)
        let network = try Network(onnx: form.file(givingScores: false)), apart = try Network(onnx: form.file(givingScores: true))
        let scores = 4 * 512 * 512 * 4
        #expect(try network.workingSetBytes(inputShapes: form.shapes) < scores / 2)
        #expect(try apart.workingSetBytes(inputShapes: form.shapes) > scores)
    }

    @Test("Where the kernels do not take an attention, its scores are counted")
    func memoryOfParts() throws {
        let form = Form(name: "", batch: 1, heads: 4, queries: 512, keys: 512, columns: 20)
        #expect(try Network(onnx: form.file(givingScores: false)).workingSetBytes(inputShapes: form.shapes) > 4 * 512 * 512 * 4)
    }

    @Test("Queries keep their places in what they see; keys are seen as a whole")
    func reach() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 16, -1, -1])
        builder.output("y")
        // Along each row of the image every place attends to the row's places.
        builder.node("Transpose", ["x"], ["q"], [("perm", .ints([0, 2, 3, 1]))])
        builder.node("Transpose", ["x"], ["k"], [("perm", .ints([0, 2, 1, 3]))])
        builder.node("MatMul", ["q", "k"], ["s"])
        builder.node("Softmax", ["s"], ["p"], [("axis", .int(-1))])
        builder.node("Transpose", ["x"], ["v"], [("perm", .ints([0, 2, 3, 1]))])
        builder.node("MatMul", ["p", "v"], ["o"])
        builder.node("Transpose", ["o"], ["y"], [("perm", .ints([0, 3, 1, 2]))])
        let reach = try #require(try Network(onnx: builder.file).reach(inputShapes: ["x": [1, 16, 24, 32]])["y"])
        #expect(!reach.axes[0].isWhole && reach.axes[1].isWhole, "\(reach)")
    }
}
