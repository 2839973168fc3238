import NeuralNetwork
import Testing

/// Resizing in its general form (cubic, antialiased, without outsides) in tiles against the whole.
@Suite("Tiles through cubic and antialiased resizing") struct ResizeTileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let scale: Float
        let coordinates: String
        var mode = "cubic"
        var flag: String?

        var testDescription: String { "\(mode) by \(scale), \(coordinates) \(flag ?? "")" }

        var network: Network {
            get throws {
                try Network(
                    onnx: ModelBuilder.model(input: [1, 1, -1, -1]) {
                        $0.weights("s", [4], [1, 1, 1, scale])
                        let own = [("mode", ModelBuilder.Value.string(mode)), ("coordinate_transformation_mode", .string(coordinates))]
                        $0.node("Resize", ["x", "", "s"], ["y"], own + (flag.map { [($0, .int(1))] } ?? []))
                    })
            }
        }
    }

    static let cases: [Case] =
        ["half_pixel", "asymmetric", "pytorch_half_pixel"].flatMap { coordinates in
            [Float(1.5), 3, 0.75, 1.25, 2.5, 2, 0.5, 7 / 3].map { Case(scale: $0, coordinates: coordinates) }
        } + [
            Case(scale: 0.75, coordinates: "half_pixel", flag: "antialias"),
            Case(scale: 0.3, coordinates: "half_pixel", mode: "linear", flag: "antialias"),
            Case(scale: 3, coordinates: "half_pixel", flag: "exclude_outside"),
        ]

    private func row(_ network: Network, _ values: ArraySlice<Float>) throws -> [Float] {
        let image = try #require(Tensor(shape: [1, 1, 1, values.count], storage: .float32(Array(values))))
        return try #require(try network.run(["x": image])["y"]?.floats)
    }

    @Test("Tiles give every bit of the whole image, with no more context than the reach says", arguments: cases)
    func tiles(_ resize: Case) throws {
        let network = try resize.network, extent = 240
        let axis = try #require(try network.reach(inputShapes: ["x": [1, 1, 1, extent]])["y"]?.axes.last)
        #expect(!axis.isWhole && axis.before <= 12 && axis.after <= 12)
        var numbers = Numbers(seed: 7)
        let image = numbers.next(extent), whole = try row(network, image[...])
        func results(_ pixels: Int) -> Int { pixels * axis.scale.numerator / axis.scale.denominator }
        for size in [60, 120] {
            for start in stride(from: 0, to: extent, by: size) {
                let before = (axis.haloBefore + axis.stride - 1) / axis.stride * axis.stride
                let low = max(0, start - before), high = min(extent, start + size + axis.haloAfter)
                let tile = try row(network, image[low..<high]), skipped = results(start) - results(low)
                let wanted = whole[results(start)..<results(start + size)]
                try #require(size % axis.stride == 0 && tile.count >= skipped + wanted.count)
                #expect(Array(tile[skipped..<skipped + wanted.count]) == Array(wanted), "\(start)")
            }
        }
    }

    @Test("What a pixel changes is all that the reach holds", arguments: [2, 3])
    func reach(_ scale: Int) throws {
        let network = try Case(scale: Float(scale), coordinates: "half_pixel").network
        let axis = try #require(try network.reach(inputShapes: ["x": [1, 1, 1, 40]])["y"]?.axes.last)
        var image = [Float](repeating: 0, count: 40)
        image[20] = 1
        let changed = try row(network, image[...]).indices { $0 != 0 }.ranges.flatMap { Array($0) }
        let first = try #require(changed.first) / scale, last = try #require(changed.last) / scale
        #expect(20 - first <= axis.after && axis.after <= 20 - first + 1 && last - 20 <= axis.before && axis.before <= last - 20 + 1)
    }

    @Test("Antialiasing changes nothing where an image grows", arguments: ["cubic", "linear"], [Float(2.5), 3])
    func growing(_ mode: String, _ scale: Float) throws {
        var numbers = Numbers(seed: 9)
        let image = numbers.next(24)
        let plain = try row(Case(scale: scale, coordinates: "half_pixel", mode: mode).network, image[...])
        let own = try row(Case(scale: scale, coordinates: "half_pixel", mode: mode, flag: "antialias").network, image[...])
        #expect(own.count == plain.count && zip(own, plain).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test("Without channels there is nothing to resize, and the result has the extents that it would have")
    func empty() throws {
        let file = ModelBuilder.model(input: [1, 1, 3, 3]) {
            $0.initializer(ModelBuilder.tensor("none", integers: []))
            $0.node("Gather", ["x", "none"], ["g"], [("axis", .int(1))])
            $0.weights("s", [4], [1, 1, 2, 2])
            $0.node("Resize", ["g", "", "s"], ["y"], [("mode", .string("cubic"))])
        }
        let image = try #require(Tensor(shape: [1, 1, 3, 3], storage: .float32([Float](repeating: 1, count: 9))))
        #expect(try Network(onnx: file).run(["x": image])["y"]?.shape == [1, 0, 6, 6])
    }
}
