import NeuralNetwork
import Testing

@Suite("Values go back to where they were pooled from") struct UnpoolingTests {
    /// Pooling by two and back.
    ///
    /// - Parameter isShapeGiven: whether the result has the image's extents whatever they are.
    private func network(_ input: [Int], isShapeGiven: Bool) throws -> Network {
        try Network(
            onnx: ModelBuilder.model(input: input) {
                $0.node("MaxPool", ["x"], ["p", "i"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
                if isShapeGiven { $0.node("Shape", ["x"], ["s"]) }
                $0.node(
                    "MaxUnpool", isShapeGiven ? ["p", "i", "s"] : ["p", "i"], ["y"], name: "back",
                    [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
            })
    }

    private func image(_ shape: [Int]) throws -> Tensor {
        var numbers = Numbers(seed: 3)
        return try #require(Tensor(shape: shape, storage: .float32(numbers.next(shape.reduce(1, *)).map { $0 + 2 })))
    }

    /// The greatest value of each whole window of 2 x 2 in its place, 0 elsewhere.
    private func greatest(_ image: Tensor) throws -> [Float] {
        let values = try #require(image.floats), rows = image.shape[2], columns = image.shape[3]
        var result = [Float](repeating: 0, count: values.count)
        for plane in 0..<image.shape[0] * image.shape[1] {
            for (row, column) in (0..<rows / 2).flatMap({ row in (0..<columns / 2).map { (row, $0) } }) {
                let places = (0..<4).map { plane * rows * columns + (2 * row + $0 / 2) * columns + 2 * column + $0 % 2 }
                let best = try #require(places.max { values[$0] < values[$1] })
                result[best] = values[best]
            }
        }
        return result
    }

    @Test("With the image's extents given, odd ones too", arguments: [[1, 1, 5, 5], [2, 3, 7, 5], [1, 2, 6, 9], [1, 1, 8, 8]])
    func given(_ shape: [Int]) throws {
        for input in [shape, [-1, -1, -1, -1]] {
            let image = try image(shape)
            let result = try #require(try network(input, isShapeGiven: true).run(["x": image])["y"])
            #expect(result.shape == shape)
            #expect(try result.floats == greatest(image))
        }
    }

    @Test("Without them where they follow from the windows, or a lost row changes no place")
    func followed() throws {
        for (shape, extents) in [([2, 3, 6, 4], [6, 4]), ([1, 1, 5, 4], [4, 4])] {
            let image = try image(shape)
            let result = try #require(try network(shape, isShapeGiven: false).run(["x": image])["y"])
            #expect(result.shape == Array(shape[..<2]) + extents)
            #expect(try result.floats == Array(greatest(image)[..<result.count]))
        }
    }

    @Test("An image whose extents would be lost is refused when it is known, before anything is run")
    func lost() throws {
        let error = try #require(throws: NetworkError.self) { try network([1, 2, 5, 4], isShapeGiven: false) }
        #expect(error.kind == .shape && error.node == "back", "\(error)")
        #expect(error.message.contains("[1, 2, 5, 4], the result is [1, 2, 4, 4]"), "\(error)")
        let free = try network([1, 2, -1, -1], isShapeGiven: false)
        #expect(throws: NetworkError.self) { try free.outputShapes(inputShapes: ["x": [1, 2, 6, 5]]) }
        #expect(try free.outputShapes(inputShapes: ["x": [1, 2, 6, 8]])["y"] == [1, 2, 6, 8])
    }

    @Test("Places of ONNX's own test, counted in what follows from the windows, lie in the corner of a larger result")
    func corner() throws {
        let file = ModelBuilder.model(input: [1, 1, 2, 2]) {
            $0.initializer(ModelBuilder.tensor("flat", integers: [5, 7, 13, 15]))
            $0.initializer(ModelBuilder.tensor("square", integers: [1, 1, 2, 2]))
            $0.initializer(ModelBuilder.tensor("s", integers: [1, 1, 5, 5]))
            $0.node("Reshape", ["flat", "square"], ["i"])
            $0.node("MaxUnpool", ["x", "i", "s"], ["y"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        }
        let image = try #require(Tensor(shape: [1, 1, 2, 2], storage: .float32([1, 2, 3, 4])))
        let result = try #require(try Network(onnx: file).run(["x": image])["y"]?.floats)
        #expect(result == [0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0, 0])
    }
}
