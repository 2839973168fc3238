import NeuralNetwork
import Testing

/// What is known of nodes with graphs before a run: without it an image cannot be planned.
@Suite("Results of branches and loops have types before a run where no value changes them") struct ControlFlowTypeTests {
    private func graph(_ type: String, _ inputs: [String], outputs: [String] = ["r"], _ change: (inout ModelBuilder) -> Void = { _ in })
        -> [UInt8]
    {
        var body = ModelBuilder()
        change(&body)
        body.node(type, inputs, ["r"])
        for output in outputs { body.output(output) }
        return body.graph
    }

    private func shapes(_ change: (inout ModelBuilder) -> Void) throws -> [String: [Int]] {
        try Network(onnx: ModelBuilder.model(input: [1, 1, -1, -1], change)).outputShapes(inputShapes: ["x": [1, 1, 6, 9]])
    }

    /// A condition that only a run knows.
    private func condition(_ builder: inout ModelBuilder) {
        builder.node("ReduceMax", ["x"], ["m"], [("keepdims", .int(0))])
        builder.node("IsNaN", ["m"], ["c"])
    }

    @Test("Branches that agree have their type; of branches that differ nothing is known")
    func branches() throws {
        let agreeing = try shapes {
            condition(&$0)
            $0.node("If", ["c"], ["y"], [("then_branch", .graph(graph("Relu", ["x"]))), ("else_branch", .graph(graph("Neg", ["x"])))])
        }
        #expect(agreeing == ["y": [1, 1, 6, 9]])
        let error = #expect(throws: NetworkError.self) {
            try shapes {
                condition(&$0)
                $0.node(
                    "If", ["c"], ["y"], [("then_branch", .graph(graph("Relu", ["x"]))), ("else_branch", .graph(graph("Shape", ["x"])))])
            }
        }
        #expect(error?.kind == .unknownBeforeRun)
    }

    @Test("A loop that carries values of one type on has it; one whose values grow is not known")
    func loops() throws {
        func loop(_ type: String, _ inputs: [String], _ more: (inout ModelBuilder) -> Void = { _ in }) throws -> [String: [Int]] {
            try shapes {
                condition(&$0)
                $0.initializer(ModelBuilder.tensor("n", integers: [3]))
                let body = graph(type, inputs, outputs: ["goes", "r"]) { body in
                    for input in ["i", "goes", "v"] { body.input(input, []) }
                    more(&body)
                }
                $0.node("Loop", ["n", "c", "x"], ["y"], [("body", .graph(body))])
            }
        }
        #expect(try loop("Relu", ["v"]) == ["y": [1, 1, 6, 9]])
        let error = #expect(throws: NetworkError.self) { try loop("Shape", ["v"]) }
        #expect(error?.kind == .unknownBeforeRun)
    }
}
