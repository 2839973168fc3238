import NeuralNetwork
import Testing

@Suite("Reach and tiling")
struct ReachTests {
    private static let exact = RunOptions(convolutions: .direct)

    private func reach(_ file: [UInt8], _ shape: [Int]) throws -> Reach {
        try #require(try Network(onnx: file).reach(inputShapes: ["x": shape], options: ReachTests.exact)["y"])
    }

    /// Pixels around an aligned tile, rounded up to the stride.
    static func halo(_ axis: Reach.AxisReach) -> Int {
        (max(axis.haloBefore, axis.haloAfter) + axis.stride - 1) / axis.stride * axis.stride
    }

    @Test(
        "A U-Net's halo is its reach rounded up to its stride",
        arguments: [
            (4, UNet.Upsampling.deconvolution, 96), (4, .linear, 112), (3, .deconvolution, 48), (1, .nearest, 8),
        ])
    func halo(depth: Int, upsampling: UNet.Upsampling, expected: Int) throws {
        let shape = [1, 1, 256, 256]
        let reach = try reach(UNet(depth: depth, channels: 1, upsampling: upsampling).file(), shape)
        #expect(reach.isLocal)
        #expect(reach.axes.count == 2 && reach.axes[0] == reach.axes[1])
        let axis = try #require(reach.axes.first)
        #expect(axis.stride == 1 << depth)
        #expect(axis.scale == .one)
        #expect(ReachTests.halo(axis) == expected)
        // A pixel anywhere in a stride sees at most a stride less one further than the first and the last one.
        #expect(axis.before <= axis.haloBefore + axis.stride - 1 && axis.after <= axis.haloAfter + axis.stride - 1)
    }

    @Test("Each of many outputs sees what it sees alone")
    func manyOutputs() throws {
        let names = ["c", "p", "d", "u", "s"]
        func file(_ outputs: [String]) -> [UInt8] {
            var builder = ModelBuilder()
            builder.input("x", [1, 1, -1, -1])
            for name in outputs { builder.output(name) }
            builder.weights("w", [1, 1, 3, 3], [Float](repeating: 1, count: 9))
            builder.weights("v", [1, 1, 2, 2], [Float](repeating: 1, count: 4))
            builder.node("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
            builder.node("MaxPool", ["c"], ["p"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
            builder.node("Conv", ["p", "w"], ["d"], [("pads", .ints([1, 1, 1, 1]))])
            builder.node("ConvTranspose", ["d", "v"], ["u"], [("strides", .ints([2, 2]))])
            builder.node("Softmax", ["c"], ["s"], [("axis", .int(3))])
            return builder.file
        }
        func reaches(_ outputs: [String]) throws -> [String: Reach] {
            try Network(onnx: file(outputs)).reach(inputShapes: ["x": [1, 1, 64, 96]], options: ReachTests.exact)
        }
        let all = try reaches(names)
        for name in names { #expect(try reaches([name])[name] == all[name], "\(name)") }
        #expect(names.map { all[$0]?.isLocal } == [true, true, true, true, false])
    }

    @Test("Strides beyond every image see the whole of it", arguments: [1 << 20, 1 << 31])
    func hugeStrides(stride: Int) throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            for (from, to) in [("x", "a"), ("a", "b"), ("b", "y")] {
                $0.node("MaxPool", [from], [to], [("kernel_shape", .ints([1, 1])), ("strides", .ints([stride, stride]))])
            }
        }
        let network = try Network(onnx: file)
        let reach = try #require(try network.reach(inputShapes: ["x": [1, 1, 64, 64]])["y"])
        #expect(!reach.isLocal)
        let geometries = try [64, 128].map { try network.geometry(inputShapes: ["x": [1, 1, $0, $0]]) }
        // Beyond 2^30 positions follow no axis, so that nothing of them is compared.
        #expect((geometries[0].difference(from: geometries[1]) == nil) == (stride > 1 << 30))
    }

    @Test("A halo is counted in pixels of the image, whole ones, however large it is")
    func pixelsOfHalos() throws {
        func pixels(_ halo: Int, _ top: Int, _ bottom: Int) throws -> Int {
            Reach.AxisReach(stride: 1, before: 0, after: 0, scale: try #require(Ratio(top, bottom))).pixels(covering: halo)
        }
        #expect(try pixels(3, 2, 1) == 2 && pixels(3, 1, 2) == 6 && pixels(0, 1, 2) == 0 && pixels(5, 3, 2) == 4)
        #expect(try pixels(1 << 40, 1, 1 << 30) == 1 << 40)
        #expect(leastCommonMultiple(1 << 40, (1 << 31) - 1) == 1 << 52 && leastCommonMultiple(6, 4) == 12)
    }

    @Test("The reach is exact: a changed pixel is seen up to it and not beyond", arguments: UNet.Upsampling.allCases)
    func impulse(upsampling: UNet.Upsampling) throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 2, upsampling: upsampling).file())
        let shape = [1, 1, 4, 256]
        let axis = try #require(try network.reach(inputShapes: ["x": shape], options: ReachTests.exact)["y"]).axes[1]
        var numbers = Numbers(seed: 9)
        let image = numbers.next(4 * 256)
        let reference = try output(network, shape, image)
        var before = 0, after = 0
        for column in 120..<120 + axis.stride {
            for change: Float in [-1000, 1000] {
                var changed = image
                for row in 0..<4 { changed[row * 256 + column] += change }
                let result = try output(network, shape, changed)
                for index in result.indices where result[index] != reference[index] {
                    before = max(before, column - index % 256)
                    after = max(after, index % 256 - column)
                }
            }
        }
        // An output that lies after the pixel sees it before itself.
        #expect(after <= axis.before && before <= axis.after)
        #expect(after >= axis.before - axis.stride && before >= axis.after - axis.stride)
    }

    private func output(_ network: Network, _ shape: [Int], _ values: [Float]) throws -> [Float] {
        let image = try #require(Tensor(shape: shape, storage: .float32(values)))
        return try #require(try network.run(["x": image], options: ReachTests.exact)["y"]?.floats)
    }

    @Test("Aligned tiles with the halo clipped at the border equal the whole image bit for bit", arguments: UNet.Upsampling.allCases)
    func tiles(upsampling: UNet.Upsampling) throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 5, upsampling: upsampling).file())
        let (height, width) = (76, 136)
        let axes = try #require(try network.reach(inputShapes: ["x": [1, 1, height, width]], options: ReachTests.exact)["y"]).axes
        var numbers = Numbers(seed: 5)
        let image = numbers.next(height * width)
        let whole = try output(network, [1, 1, height, width], image)
        var differing = 0
        var differingWithoutHalo = 0
        for top in stride(from: 0, to: height, by: 24) {
            for left in stride(from: 0, to: width, by: 40) {
                for (isFull, haloY, haloX) in [(true, ReachTests.halo(axes[0]), ReachTests.halo(axes[1])), (false, 0, 0)] {
                    let rows = max(0, top - haloY)..<min(height, top + 24 + haloY),
                        columns = max(0, left - haloX)..<min(width, left + 40 + haloX)
                    let tile = rows.flatMap { row in columns.map { image[row * width + $0] } }
                    let result = try output(network, [1, 1, rows.count, columns.count], tile)
                    for row in top..<min(height, top + 24) {
                        for column in left..<min(width, left + 40) {
                            let value = result[(row - rows.lowerBound) * columns.count + column - columns.lowerBound]
                            if value != whole[row * width + column] {
                                if isFull { differing += 1 } else { differingWithoutHalo += 1 }
                            }
                        }
                    }
                }
            }
        }
        #expect(differing == 0)
        #expect(differingWithoutHalo > 0, "the test must be able to fail")
    }

    @Test("A 3-D U-Net has a reach on each of its three axes")
    func threeAxes() throws {
        let reach = try reach(UNet(depth: 1, channels: 2, upsampling: .nearest, spatialAxes: 3).file(), [1, 1, 8, 16, 16])
        #expect(reach.axes.count == 3)
        #expect(Set(reach.axes.map(\.before)).count == 1)
    }

    @Test(
        "Operators that see the whole image are named",
        arguments: [
            "InstanceNormalization", "GlobalAveragePool", "Softmax", "ReduceMean", "MatMul", "Reshape", "Resize", "Add",
        ])
    func wholeImage(type: String) throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 2, 8, 8])
        builder.output("y")
        builder.weights("one", [2], [1, 1])
        switch type {
        case "InstanceNormalization": builder.node(type, ["x", "one", "one"], ["y"], name: "it")
        case "GlobalAveragePool":
            builder.node(type, ["x"], ["g"], name: "it")
            builder.node("Mul", ["x", "g"], ["y"])
        case "Softmax": builder.node(type, ["x"], ["y"], name: "it", [("axis", .int(2))])
        case "ReduceMean": builder.node(type, ["x"], ["y"], name: "it", [("axes", .ints([3]))])
        case "MatMul":
            builder.weights("w", [8, 8], [Float](repeating: 1, count: 64))
            builder.node(type, ["x", "w"], ["y"], name: "it")
        case "Reshape":
            builder.initializer(ModelBuilder.tensor("s", integers: [1, 2, 64]))
            builder.node(type, ["x", "s"], ["y"], name: "it")
        case "Resize":
            builder.weights("s", [4], [1, 1, 2, 2])
            builder.node(
                type, ["x", "", "s"], ["y"], name: "it",
                [("mode", .string("linear")), ("coordinate_transformation_mode", .string("align_corners"))])
        default:
            builder.weights("w", [1, 1, 8, 8], [Float](repeating: 1, count: 64))
            builder.node(type, ["x", "w"], ["y"], name: "it")
        }
        let reach = try reach(builder.file, [1, 2, 8, 8])
        #expect(!reach.isLocal)
        #expect(reach.wholeImageOperators.contains { $0.hasPrefix("it (\(type))") })
    }

    @Test("Strides, scales and crops are followed")
    func scales() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, 64, 64])
        builder.output("y")
        builder.weights("w", [1, 1, 5, 5], [Float](repeating: 1, count: 25))
        builder.node("Conv", ["x", "w"], ["y"], [("strides", .ints([4, 2])), ("pads", .ints([2, 1, 2, 3]))])
        let reach = try reach(builder.file, [1, 1, 64, 64])
        #expect(
            reach.axes == [
                Reach.AxisReach(
                    stride: 4, before: 2, after: 2, haloBefore: 2, haloAfter: 0, scale: try #require(Ratio(1, 4)), firstMiddle: 0),
                Reach.AxisReach(
                    stride: 2, before: 1, after: 3, haloBefore: 1, haloAfter: 2, scale: try #require(Ratio(1, 2)), firstMiddle: 1),
            ])
    }

    @Test("A sum that broadcasts a convolution's one channel looks no further than the convolutions")
    func broadcastSum() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 2)
        let pads = [("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))]
        builder.input("x", [1, 8, -1, -1])
        builder.output("y")
        builder.weights("v", [8, 8, 3, 3], numbers.next(8 * 8 * 9))
        builder.node("Conv", ["x", "v"], ["h"], pads)
        builder.weights("w", [1, 8, 3, 3], numbers.next(8 * 9))
        builder.node("Conv", ["h", "w"], ["c"], pads)
        builder.node("Add", ["c", "h"], ["y"])
        let network = try Network(onnx: builder.file)
        let reach = try #require(try network.reach(inputShapes: ["x": [1, 8, 40, 40]], options: RunOptions(convolutions: .direct))["y"])
        #expect(reach.isLocal)
        #expect(reach.axes.map(\.before) == [2, 2])
    }

    @Test("An axis is seen as a whole if some operator sees all of it, the others are not")
    func wholeAxes() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.node("ReduceMean", ["x"], ["m"], name: "mean", [("axes", .ints([3])), ("keepdims", .int(1))])
        builder.node("Sub", ["x", "m"], ["y"])
        let reach = try #require(try Network(onnx: builder.file).reach(inputShapes: ["x": [1, 1, 30, 40]])["y"])
        #expect(reach.axes.map(\.isWhole) == [false, true] && reach.wholeImageOperators == ["mean (ReduceMean)"])
        #expect(reach.axes[0].before == 0 && reach.axes[0].after == 0)
    }

    @Test("Each axis has the operators that see all of it; the others are seen as far as their own operators do")
    func operatorsByAxis() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 3)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("w", [1, 1, 3, 5], numbers.next(15))
        builder.weights("place", [1, 1, 1, 40], numbers.next(40))
        builder.node("Add", ["x", "place"], ["p"], name: "place")
        builder.node("Softmax", ["p"], ["s"], name: "soft", [("axis", .int(-1))])
        builder.node("Conv", ["s", "w"], ["y"], [("pads", .ints([1, 2, 1, 2]))])
        let reach = try #require(
            try Network(onnx: builder.file).reach(inputShapes: ["x": [1, 1, 30, 40]], options: ReachTests.exact)["y"])
        #expect(reach.axes.map(\.wholeOperators) == [[], ["soft (Softmax)", "place (Add): a constant varies along the image"]])
        #expect(reach.outputAxes == [2, nil] && reach.axes[0].before == 1 && reach.axes[0].after == 1)
        #expect(reach.wholeImageOperators == reach.axes[1].wholeOperators)
    }

    @Test("What ties one axis to the whole image ties it beside what does so to the other")
    func constantBesideWhole() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 3)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("scale", [30, 40], numbers.next(1200))
        builder.node("LayerNormalization", ["x", "scale"], ["y"], name: "norm", [("axis", .int(-1))])
        let reach = try #require(try Network(onnx: builder.file).reach(inputShapes: ["x": [1, 1, 30, 40]])["y"])
        let name = "norm (LayerNormalization)"
        #expect(reach.axes.map(\.wholeOperators) == [[name + ": a constant varies along the image"], [name]])
    }

    @Test("An output that follows no axis of the image is not local, and each axis says why", arguments: ["Shape", "Size"])
    func noAxis(_ operatorType: String) throws {
        let network = try Network(
            onnx: ModelBuilder.model(input: [1, 1, -1, -1]) {
                $0.node(operatorType, ["x"], ["s"])
                $0.node("Cast", ["s"], ["y"], [("to", .int(1))])
            })
        let reach = try #require(try network.reach(inputShapes: ["x": [1, 1, 8, 12]])["y"])
        #expect(!reach.isLocal && reach.axes.map(\.isWhole) == [true, true] && reach.outputAxes == [nil, nil])
    }

    @Test("A table of all pairs of rows sees all rows")
    func pairs() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.node("Transpose", ["x"], ["t"], [("perm", .ints([0, 1, 3, 2]))])
        builder.node("MatMul", ["x", "t"], ["y"], name: "pairs")
        let reach = try #require(try Network(onnx: builder.file).reach(inputShapes: ["x": [1, 1, 30, 40]])["y"])
        #expect(reach.axes.map(\.isWhole) == [true, true])
    }

    @Test("Two sizes are compared along the axes that are asked about")
    func geometryByAxis() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.initializer(ModelBuilder.tensor("from", integers: [0]))
        builder.initializer(ModelBuilder.tensor("to", integers: [32]))
        builder.initializer(ModelBuilder.tensor("axis", integers: [3]))
        builder.node("Slice", ["x", "from", "to", "axis"], ["y"], name: "crop")
        let network = try Network(onnx: builder.file)
        let geometries = try [[40, 40], [48, 48]].map { try network.geometry(inputShapes: ["x": [1, 1] + $0]) }
        #expect(geometries[0].difference(from: geometries[1])?.step == "crop (Slice)")
        #expect(geometries[0].difference(from: geometries[1], along: [1])?.step == "crop (Slice)")
        #expect(geometries[0].difference(from: geometries[1], along: [0]) == nil)
    }
}
