import NeuralNetwork
import Testing

@Suite("Products of few rows") struct FewRowsTests {
    private static let depth = 67, columns = 461

    private static func network(rows: Int) throws -> Network {
        var numbers = Numbers(seed: 5)
        return try Network(
            onnx: ModelBuilder.model(input: [rows, depth]) {
                $0.weights("w", [depth, columns], numbers.next(depth * columns))
                $0.node("MatMul", ["x", "w"], ["y"])
            })
    }

    private static func product(_ values: [Float], _ options: RunOptions = .init()) throws -> [UInt32]? {
        let rows = values.count / depth, input = try #require(Tensor(shape: [rows, depth], storage: .float32(values)))
        return try network(rows: rows).run(["x": input], options: options)["y"]?.floats?.map(\.bitPattern)
    }

    @Test("A row by itself has the bits that it has among many, for any number of threads", arguments: 1...6)
    func bits(rows: Int) throws {
        var numbers = Numbers(seed: 9)
        let values = numbers.next(20 * Self.depth)
        let all = try #require(try Self.product(values)), some = Array(values.prefix(rows * Self.depth))
        let expected = Array(all.prefix(rows * Self.columns))
        for threads in [1, 3] { #expect(try Self.product(some, RunOptions(threads: threads)) == expected) }
        if InstructionSet.best >= .avx2 { #expect(try Self.product(some, RunOptions(instructions: .avx2)) == expected) }
        // Without fused sums the last bits are others, and the same for few rows as for many.
        let baseline = RunOptions(instructions: .baseline)
        #expect(try Self.product(some, baseline) == Self.product(values, baseline)?.prefix(rows * Self.columns).map(\.self))
    }
}
