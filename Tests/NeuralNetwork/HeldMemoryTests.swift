import NeuralNetwork
import Testing

/// What operators hold beside their inputs and results is part of the memory that a run is planned with.
@Suite("The planned memory has what operators hold") struct HeldMemoryTests {
    /// A network of one operator on an image of 2 channels of 30 x 40 pixels.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// ONNX's number of the type of the image and of most results.
        var type = 1
        /// The elements of each result, with the bytes of one.
        let results: [(count: Int, bytes: Int)]
        /// The bytes that the operator holds.
        let held: Int
        let build: @Sendable (inout ModelBuilder) -> Void

        var testDescription: String { name }
        var imageBytes: Int { HeldMemoryTests.count * (type == 10 ? 2 : type == 11 ? 8 : 4) }
        var resultBytes: Int { results.reduce(0) { $0 + $1.count * $1.bytes } }
    }

    private static let shape = [1, 2, 30, 40], count = 2400
    /// Room for lists of numbers that an operator reads beside the image.
    private static let slack = 512

    private static let cases: [Case] = [
        // What lies between the two axes is as large as the result.
        Case(name: "Pad", results: [(2 * 32 * 44, 4)], held: 4 * 2 * 32 * 44) {
            $0.initializer(ModelBuilder.tensor("pads", integers: [0, 0, 1, 2, 0, 0, 1, 2]))
            $0.node("Pad", ["x", "pads"], ["y"])
        },
        Case(name: "Pad of one axis", results: [(2 * 32 * 40, 4)], held: 0) {
            $0.initializer(ModelBuilder.tensor("pads", integers: [0, 0, 1, 0, 0, 0, 1, 0]))
            $0.node("Pad", ["x", "pads"], ["y"])
        },
        // Axes that are not next to each other are brought to the back in a copy.
        Case(name: "ReduceMax of axes apart", results: [(2 * 40, 4)], held: 4 * count) {
            $0.node("ReduceMax", ["x"], ["y"], [("axes", .ints([0, 2]))])
        },
        Case(name: "ReduceMax of float64", type: 11, results: [(2 * 40, 8)], held: 8 * count) {
            $0.node("ReduceMax", ["x"], ["y"], [("axes", .ints([2]))])
        },
        Case(name: "ReduceMax of rows", results: [(2 * 30, 4)], held: 0) {
            $0.node("ReduceMax", ["x"], ["y"], [("axes", .ints([3]))])
        },
        // Keys and places of all elements, and what is picked in double precision.
        Case(name: "TopK", results: [(2 * 30 * 5, 4), (2 * 30 * 5, 8)], held: 16 * count + 8 * 2 * 2 * 30 * 5) {
            $0.initializer(ModelBuilder.tensor("k", integers: [5]))
            $0.node("TopK", ["x", "k"], ["y", "places"])
            $0.output("places")
        },
        Case(name: "CumSum", results: [(count, 4)], held: 16 * count) {
            $0.initializer(ModelBuilder.tensor("axis", integers: [3]))
            $0.node("CumSum", ["x", "axis"], ["y"])
        },
        Case(name: "MaxPool with places", results: [(2 * 15 * 20, 4), (2 * 15 * 20, 8)], held: 8 * count + 8 * 2 * 15 * 20) {
            $0.node("MaxPool", ["x"], ["y", "places"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
            $0.output("places")
        },
        // The rows are resized first, and read when the columns are.
        Case(name: "Resize, cubic", results: [(4 * count, 4)], held: 4 * 2 * count) {
            $0.weights("scales", [4], [1, 1, 2, 2])
            $0.node("Resize", ["x", "", "scales"], ["y"], [("mode", .string("cubic"))])
        },
        Case(name: "Resize, linear", results: [(4 * count, 4)], held: 4 * 2 * count) {
            $0.weights("scales", [4], [1, 1, 2, 2])
            $0.node("Resize", ["x", "", "scales"], ["y"], [("mode", .string("linear"))])
        },
        // Image and result in float32, and what the operator itself holds.
        Case(name: "CumSum of float16", type: 10, results: [(count, 2)], held: 2 * 4 * count + 16 * count) {
            $0.initializer(ModelBuilder.tensor("axis", integers: [3]))
            $0.node("CumSum", ["x", "axis"], ["y"])
        },
        Case(name: "ReduceMax of float16", type: 10, results: [(2 * 30, 2)], held: 4 * count) {
            $0.node("ReduceMax", ["x"], ["y"], [("axes", .ints([3]))])
        },
    ]

    @Test("A step takes its image, its results, and what it holds", arguments: cases)
    func held(_ step: Case) throws {
        var builder = ModelBuilder()
        builder.input("x", Self.shape, type: step.type)
        builder.output("y")
        step.build(&builder)
        let bytes = try Network(onnx: builder.file).workingSetBytes(inputShapes: ["x": Self.shape])
        let expected = step.imageBytes + step.resultBytes + step.held
        #expect((expected...expected + Self.slack).contains(bytes), "\(bytes), expected \(expected)")
    }

    @Test("Bands take the rows that the caller gives and those that it gets")
    func bands() throws {
        let network = try Network(
            onnx: ModelBuilder.model(input: [1, 1, -1, -1]) {
                $0.weights("w", [32, 1, 1, 1], (0..<32).map(Float.init))
                $0.node("Conv", ["x", "w"], ["y"])
            })
        let run = try #require(try network.banded(inputShape: [1, 1, 4096, 256], rows: 64, stride: 1))
        let row = 4 * 64 * 256
        // The run's own rows and the caller's.
        #expect(run.workingSetBytes >= 2 * 32 * row + 2 * row, "\(run.workingSetBytes)")
    }

    @Test("Freed memory is kept within bounds, whatever may be held", arguments: [0, 1 << 28, 1 << 40, .max])
    func freedMemory(_ bytes: Int) { FreedMemory.keep(of: bytes) }

    @Test("Bands take what the caller holds beside what a step holds")
    func heldRows() throws {
        let network = try Network(onnx: ModelBuilder.model(input: [1, 32, -1, -1]) { $0.node("Sin", ["x"], ["y"]) })
        let run = try #require(try network.banded(inputShape: [1, 32, 4096, 64], rows: 64, stride: 1))
        // Rows of the image and of the result, as many of the caller's, and those that the step takes and gives.
        #expect(run.workingSetBytes >= 4 * 64 * 32 * 64 * 5, "\(run.workingSetBytes)")
    }
}
