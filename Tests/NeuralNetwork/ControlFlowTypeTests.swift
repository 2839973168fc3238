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

    /// A loop of a known number of repetitions that doubles a list.
    private func doubling(_ count: Int) throws -> Network {
        var body = ModelBuilder()
        for input in ["i", "goes", "v"] { body.input(input, []) }
        for output in ["on", "w"] { body.output(output) }
        body.node("Identity", ["goes"], ["on"])
        body.node("Concat", ["v", "v"], ["w"], [("axis", .int(0))])
        return try Network(
            onnx: ModelBuilder.model(input: [4]) {
                $0.initializer(ModelBuilder.tensor("n", integers: [count]))
                $0.node("Loop", ["n", "", "x"], ["y"], [("body", .graph(body.graph))])
            })
    }

    @Test("Values that grow as often as is known have their type before a run, and what grows beyond memory is refused")
    func growing() throws {
        let small = try doubling(5), image = try #require(Tensor(shape: [4], storage: .float32([1, 2, 3, 4])))
        #expect(try small.outputShapes(inputShapes: ["x": [4]]) == ["y": [128]])
        #expect(try small.run(["x": image])["y"]?.floats?.count == 128)
        let error = #expect(throws: NetworkError.self) { try doubling(60).run(["x": image]) }
        #expect(error?.kind == .limit && "\(error, default: "")".contains("a result would have the shape"))
    }

    @Test("A loop may carry nothing and only collect")
    func onlyCollecting() throws {
        var body = ModelBuilder()
        for input in ["i", "goes"] { body.input(input, []) }
        for output in ["on", "w"] { body.output(output) }
        body.node("Identity", ["goes"], ["on"])
        body.node("Mul", ["x", "x"], ["w"])
        let network = try Network(
            onnx: ModelBuilder.model(input: [2]) {
                $0.initializer(ModelBuilder.tensor("n", integers: [3]))
                $0.node("Loop", ["n", ""], ["y"], [("body", .graph(body.graph))])
            })
        let image = try #require(Tensor(shape: [2], storage: .float32([2, 3])))
        let result = try network.run(["x": image])["y"]
        #expect(result?.shape == [3, 2] && result?.floats == [4, 9, 4, 9, 4, 9])
    }

    @Test("Graphs that take or give other numbers of values than their node are refused when the file is read")
    func counts() throws {
        func message(_ type: String, _ inputs: [String], _ attributes: [(String, ModelBuilder.Value)]) -> String {
            let error = #expect(throws: NetworkError.self) {
                try Network(
                    onnx: ModelBuilder.model(input: [2]) {
                        $0.initializer(ModelBuilder.tensor("n", integers: [3]))
                        $0.node("IsNaN", ["x"], ["c"])
                        $0.node(type, inputs, ["y"], attributes)
                    })
            }
            return "\(error, default: "")"
        }
        func body(inputs: [String], outputs: [String]) -> ModelBuilder.Value {
            var body = ModelBuilder()
            for input in inputs { body.input(input, []) }
            body.node("Identity", [inputs.last ?? "x"], ["a"])
            for output in outputs { body.output(output) }
            return .graph(body.graph)
        }
        let lone = body(inputs: ["i", "goes"], outputs: ["a"])
        #expect(message("Loop", ["n", ""], [("body", lone)]).contains("'body' gives 1 values; the node needs 2"))
        #expect(message("Loop", ["n", "", "x"], [("body", lone)]).contains("'body' has 2 inputs; the node gives it 3"))
        let empty = body(inputs: [], outputs: []), full = body(inputs: [], outputs: ["a"])
        #expect(message("If", ["c"], [("then_branch", full), ("else_branch", empty)]).contains("'else_branch' gives 0 values"))
        #expect(
            message("Scan", ["x"], [("body", body(inputs: ["v"], outputs: [])), ("num_scan_inputs", .int(1))])
                .contains("'body' gives 0 values; the node needs 1"))
    }

    /// A body of a loop that halves what it carries and collects it.
    private static func halving(condition: String) -> [UInt8] {
        var body = ModelBuilder()
        for input in ["i", "goes", "v"] { body.input(input, []) }
        body.node("Mul", ["v", "half"], ["w"])
        body.node("ReduceMax", ["w"], ["m"], [("keepdims", .int(0))])
        body.node("IsNaN", ["m"], ["bad"])
        body.node("Not", ["bad"], ["fine"])
        body.node("Identity", [condition], ["on"])
        body.node("Reshape", ["w", "rows"], ["row"])
        for output in ["on", "w", "row"] { body.output(output) }
        return body.graph
    }

    private static func collecting(condition: String, count: Int = 3) throws -> Network {
        try Network(
            onnx: ModelBuilder.model(input: [1, 1, -1, -1]) {
                $0.weights("half", [1], [0.5])
                $0.initializer(ModelBuilder.tensor("n", integers: [count]))
                $0.initializer(ModelBuilder.tensor("rows", integers: [2, -1]))
                $0.node("Loop", ["n", "", "x"], ["last", "y"], [("body", .graph(halving(condition: condition)))])
            })
    }

    @Test("A loop of a known number of repetitions has the extents of what it collects, shapes that it captures included")
    func collectingLoops() throws {
        let network = try Self.collecting(condition: "goes")
        #expect(try network.outputShapes(inputShapes: ["x": [1, 1, 4, 6]]) == ["y": [3, 2, 12]])
        let image = try #require(Tensor(shape: [1, 1, 4, 6], storage: .float32((0..<24).map(Float.init))))
        let result = try network.run(["x": image])["y"]
        #expect(result?.shape == [3, 2, 12])
        #expect(result?.floats?.last == 2.875)
    }

    @Test("A loop that never begins has collected nothing, of the extents of what it would collect")
    func idleLoops() throws {
        let network = try Self.collecting(condition: "goes", count: 0)
        #expect(try network.outputShapes(inputShapes: ["x": [1, 1, 4, 6]]) == ["y": [0, 2, 12]])
        let image = try #require(Tensor(shape: [1, 1, 4, 6], storage: .float32([Float](repeating: 1, count: 24))))
        #expect(try network.run(["x": image])["y"]?.shape == [0, 2, 12])
    }

    @Test("A loop that may end early collects a number that only the run knows")
    func endingLoops() throws {
        let error = #expect(throws: NetworkError.self) {
            try Self.collecting(condition: "fine").outputShapes(inputShapes: ["x": [1, 1, 4, 6]])
        }
        #expect(error?.kind == .unknownBeforeRun)
    }

    @Test("A scan has the extents of its states and of what it collects", arguments: [(0, 0), (1, 1), (-1, 2), (2, -1)])
    func scans(inputAxis: Int, outputAxis: Int) throws {
        var body = ModelBuilder()
        for input in ["s", "v"] { body.input(input, []) }
        body.node("ReduceMean", ["v"], ["m"], [("keepdims", .int(0))])
        body.node("Add", ["s", "m"], ["t"])
        body.node("Add", ["v", "t"], ["w"])
        for output in ["t", "w"] { body.output(output) }
        let network = try Network(
            onnx: ModelBuilder.model(input: [-1, -1, -1]) {
                $0.node("ReduceMax", ["x"], ["first"], [("keepdims", .int(0))])
                $0.node(
                    "Scan", ["first", "x"], ["last", "y"],
                    [
                        ("body", .graph(body.graph)), ("num_scan_inputs", .int(1)), ("scan_input_axes", .ints([inputAxis])),
                        ("scan_output_axes", .ints([outputAxis])),
                    ])
            })
        let image = try #require(Tensor(shape: [2, 3, 5], storage: .float32((0..<30).map(Float.init))))
        let planned = try network.outputShapes(inputShapes: ["x": image.shape])
        #expect(try network.run(["x": image]).mapValues(\.shape) == planned)
    }

    @Test("What graphs within nodes hold is counted before a run")
    func memory() throws {
        func bytes(_ change: (inout ModelBuilder) -> Void) throws -> Int {
            try Network(onnx: ModelBuilder.model(input: [1, 1, -1, -1], change)).workingSetBytes(inputShapes: ["x": [1, 1, 100, 100]])
        }
        /// Eight images side by side within, one outside.
        func wide(_ inputs: [String], outputs: [String]) -> [UInt8] {
            graph("Neg", ["small"], outputs: outputs) { body in
                for input in inputs { body.input(input, []) }
                body.node("Concat", [String](repeating: "x", count: 8), ["wide"], [("axis", .int(1))])
                body.node("ReduceMax", ["wide"], ["small"], [("axes", .ints([1]))])
            }
        }
        let image = 4 * 100 * 100
        let branch = try bytes {
            condition(&$0)
            $0.node(
                "If", ["c"], ["y"], [("then_branch", .graph(graph("Relu", ["x"]))), ("else_branch", .graph(wide([], outputs: ["r"])))])
        }
        #expect((10 * image...12 * image).contains(branch))
        let loop = try bytes {
            $0.initializer(ModelBuilder.tensor("n", integers: [3]))
            $0.node("Loop", ["n", "", "x"], ["y"], [("body", .graph(wide(["i", "goes", "v"], outputs: ["goes", "r"])))])
        }
        #expect((10 * image...13 * image).contains(loop))
    }
}
