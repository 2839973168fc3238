import NeuralNetwork
import Testing

/// Networks whose outputs leave out a rim of the image.
@Suite("Reach behind unpadded convolutions and crops")
struct UnpaddedReachTests {
    private static let exact = RunOptions(convolutions: .direct)

    private func network(_ crop: UNet.Crop, depth: Int) throws -> (network: Network, missing: Int) {
        var unet = UNet(depth: depth, channels: 2, upsampling: .deconvolution)
        unet.crop = crop
        return (try Network(onnx: unet.file()), unet.missing)
    }

    @Test("The original U-Net turns 572 pixels into 388 and sees 92 pixels to each side", arguments: UNet.Crop.allCases)
    func original(crop: UNet.Crop) throws {
        let (network, missing) = try network(crop, depth: 4)
        #expect(missing == 184)
        #expect(try network.outputShapes(inputShapes: ["x": [1, 1, 572, 572]])["y"] == [1, 1, 388, 388])
        let reach = try #require(try network.reach(inputShapes: ["x": [1, 1, 572, 572]], options: Self.exact)["y"])
        #expect(reach.isLocal && reach.outputAxes == [2, 3])
        for axis in reach.axes {
            #expect(axis.missing == 184 && axis.origin == 92 && axis.stride == 16 && axis.scale == .one)
            // What an output pixel sees lies at most a stride beyond what the output leaves out.
            #expect((92 - 16...92 + 16).contains(axis.before) && (92 - 16...92 + 16).contains(axis.after))
            #expect(axis.haloBefore == 0 && (184...184 + 16).contains(axis.haloAfter))
        }
    }

    @Test("The reach is exact: a changed pixel is seen up to it and not beyond", arguments: UNet.Crop.allCases)
    func impulse(crop: UNet.Crop) throws {
        let (network, missing) = try network(crop, depth: 2)
        let shape = [1, 1, 44, 256]
        let axis = try #require(try network.reach(inputShapes: ["x": shape], options: Self.exact)["y"]).axes[1]
        var numbers = Numbers(seed: 9)
        let image = numbers.next(44 * 256)
        func output(_ values: [Float]) throws -> [Float] {
            let input = try #require(Tensor(shape: shape, storage: .float32(values)))
            return try #require(try network.run(["x": input], options: Self.exact)["y"]?.floats)
        }
        let reference = try output(image), width = 256 - missing
        var before = 0, after = 0
        for column in 120..<120 + axis.stride {
            for change: Float in [-1000, 1000] {
                var changed = image
                for row in 0..<44 { changed[row * 256 + column] += change }
                for (index, (old, new)) in zip(reference, try output(changed)).enumerated() where old != new {
                    let place = axis.origin + index % width
                    before = max(before, place - column)
                    after = max(after, column - place)
                }
            }
        }
        #expect(before <= axis.before && after <= axis.after)
        #expect(before >= axis.before - axis.stride && after >= axis.after - axis.stride)
    }

    /// A network of one convolution and what a test puts behind it.
    private func built(_ body: (inout ModelBuilder) -> Void) throws -> Network {
        var builder = ModelBuilder()
        builder.opset = 18
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        body(&builder)
        return try Network(onnx: builder.file)
    }

    private func integers(_ builder: inout ModelBuilder, _ name: String, _ values: [Int]) {
        builder.initializer(ModelBuilder.tensor(name, integers: values))
    }

    @Test("What is cut off and padded again is context that a tile needs, though it is not seen")
    func cutAndPadded() throws {
        let network = try built {
            integers(&$0, "low", [4, 4])
            integers(&$0, "high", [-4, -4])
            integers(&$0, "axes", [2, 3])
            integers(&$0, "pads", [0, 0, 4, 4, 0, 0, 4, 4])
            $0.node("Slice", ["x", "low", "high", "axes"], ["m"])
            $0.node("Pad", ["m", "pads"], ["y"])
        }
        let axis = try #require(try network.reach(inputShapes: ["x": [1, 1, 64, 64]])["y"]).axes[0]
        #expect(axis.missing == 0 && axis.before == 0 && axis.after == 0)
        #expect(axis.haloBefore == 4 && axis.haloAfter == 4)
    }

    @Test("A crop that moves with the extents differs in geometry and is named; one that does not is the same")
    func geometry() throws {
        let moving = try built {
            $0.node("Shape", ["x"], ["s"])
            integers(&$0, "two", [2])
            integers(&$0, "three", [3])
            integers(&$0, "four", [4])
            integers(&$0, "end", [1 << 40])
            $0.node("Slice", ["s", "two", "three"], ["h"])
            $0.node("Div", ["h", "four"], ["start"])
            $0.node("Slice", ["x", "start", "end", "two"], ["y"], name: "crop")
        }
        func geometry(_ network: Network, _ extent: Int) throws -> ReachGeometry {
            try network.geometry(inputShapes: ["x": [1, 1, extent, 64]])
        }
        #expect(try geometry(moving, 64).difference(from: geometry(moving, 80))?.step == "crop (Slice)")
        let fixed = try built {
            integers(&$0, "extents", [1, 1, 40, 40])
            $0.node("CenterCropPad", ["x", "extents"], ["y"], name: "crop")
        }
        #expect(try geometry(fixed, 64).difference(from: geometry(fixed, 68))?.step == "crop (CenterCropPad)")
        for crop in UNet.Crop.allCases {
            let (network, _) = try network(crop, depth: 2)
            #expect(try geometry(network, 64).difference(from: geometry(network, 68)) == nil)
            #expect(try geometry(network, 64).difference(from: geometry(network, 128)) == nil)
        }
    }

    @Test(
        "A reshape is followed where extents are products: blocks, channels behind pixels, and no others",
        arguments: [
            // Extents of the result, the scale along y and x, where these are followed.
            ([1, 2, 8, 3, 36], Ratio(1, 3), Ratio.one), ([1, 2, 24, 6, 6], .one, Ratio(1, 6)), ([1, 2, 24, 36], .one, .one),
            ([1, 2, 24, 36, 1], .one, .one), ([1, 6, 8, 36], nil, .one), ([1, 2, 6, 4, 9, 4], Ratio(1, 4), Ratio(1, 4)),
            ([1, 2, 12, 72], Ratio(1, 2), nil), ([1, 2, 36, 24], nil, nil), ([2, 864], nil, nil), ([1, 48, 36], nil, .one),
        ])
    func reshapes(_ extents: [Int], _ y: Ratio?, _ x: Ratio?) throws {
        let network = try built {
            integers(&$0, "extents", extents)
            $0.node("Reshape", ["x2", "extents"], ["y"], name: "it")
            $0.node("Concat", ["x", "x"], ["x2"], [("axis", .int(1))])
        }
        let reach = try #require(try network.reach(inputShapes: ["x": [1, 1, 24, 36]])["y"])
        for (axis, scale) in [y, x].enumerated() {
            #expect(reach.axes[axis].isWhole == (scale == nil), "\(reach)")
            if let scale { #expect(reach.axes[axis].scale == scale && reach.axes[axis].stride == scale.denominator, "\(reach)") }
        }
    }

    @Test("The axes of the image are followed from where they are, through transpositions and reshapes")
    func namedAxes() throws {
        var unet = UNet(depth: 2, channels: 2, upsampling: .deconvolution)
        let first = try Network(onnx: unet.file())
        unet.isChannelsLast = true
        let last = try Network(onnx: unet.file())
        let expected = try #require(try first.reach(inputShapes: ["x": [1, 1, 64, 80]])["y"])
        let reach = try #require(try last.reach(inputShapes: ["x": [1, 64, 80, 1]], imageAxes: ["x": [1, 2]])["y"])
        #expect(reach.axes == expected.axes && reach.isLocal)
        #expect(reach.outputAxes == [1, 2])
        let swapped = try #require(try last.reach(inputShapes: ["x": [1, 64, 80, 1]], imageAxes: ["x": [2, 1]])["y"])
        #expect(swapped.outputAxes == [2, 1])
        #expect(throws: NetworkError.self) { try last.reach(inputShapes: ["x": [1, 64, 80, 1]], imageAxes: ["x": [1, 4]]) }
        // By the third axis on, the width and the channels are taken for the image.
        #expect(try last.reach(inputShapes: ["x": [1, 64, 80, 1]])["y"]?.isLocal == false)
    }
}
