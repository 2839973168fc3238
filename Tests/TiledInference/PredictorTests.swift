import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Images through networks, whole and in tiles.
@Suite struct PredictorTests {
    private func predictor(_ name: String) throws -> Predictor {
        try Predictor(try ModelPackage(folder: try Fixture.folder(name)))
    }

    @Test("A package's test tensors come out of the network", arguments: ["unet", "window", "narrow", "half", "squeeze", "pair", "stack"])
    func check(_ name: String) throws {
        let check = try PackageCheck(try ModelPackage(folder: try Fixture.folder(name)))
        #expect(check.faults.isEmpty)
        #expect(check.passed)
        #expect(check.outputs.allSatisfy { ($0.comparison?.maxAbsoluteDifference ?? 1) < 1e-5 })
        if name == "squeeze" { #expect(check.reaches.allSatisfy { !$0.isLocal }) }
        if name == "unet" {
            #expect(check.reaches.allSatisfy { $0.isLocal })
            #expect(check.warnings.contains { $0.contains("declares a halo of 4") })
        }
    }

    @Test(
        "Tiles give, bit for bit, what the whole image gives", arguments: ["unet", "half"],
        [[8, 8], [16, 32], [24, 200], [200, 8], [40, 40]])
    func tiles(_ name: String, _ tile: [Int]) throws {
        let predictor = try predictor(name)
        let image = try Fixture.image([76, 92])
        let whole = try predictor.predict(image, options: .init(tile: [1000, 1000]))
        let tiled = try predictor.predict(image, options: .init(tile: tile))
        #expect(whole.plan.tiles.count == 1)
        #expect(tiled.plan.tiles.count > 1)
        #expect(tiled.isExact)
        #expect(tiled.outputs[0].shape == whole.outputs[0].shape)
        #expect(tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("Tiles of a stack give, bit for bit, what the whole stack gives", arguments: [[4, 8, 8], [14, 6, 100], [2, 2, 2]])
    func stack(_ tile: [Int]) throws {
        let predictor = try predictor("stack")
        let image = try Fixture.image([14, 26, 22])
        let whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: tile))
        #expect(tiled.plan.tiles.count > 1)
        #expect(tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("The number of threads does not change a bit")
    func threads() throws {
        let predictor = try predictor("unet")
        let image = try Fixture.image([76, 92])
        let one = try predictor.predict(image)
        let two = try predictor.predict(image, options: .init(tile: [32, 32], run: .init(threads: 2)))
        #expect(one.outputs[0].values == two.outputs[0].values)
    }

    @Test("A bound on memory makes tiles, which give the same")
    func memory() throws {
        let predictor = try predictor("unet")
        let image = try Fixture.image([76, 92])
        let whole = try predictor.predict(image)
        let needed = try predictor.network.workingSetBytes(inputShapes: ["image": [1, 1, 76, 92]])
        let bounded = try predictor.predict(image, options: .init(memoryBytes: needed * 3 / 4))
        #expect(whole.plan.tiles.count == 1)
        #expect(bounded.plan.tiles.count > 1)
        #expect(bounded.outputs[0].values == whole.outputs[0].values)
        #expect(throws: InferenceError.self) { try predictor.predict(image, options: .init(memoryBytes: 1000)) }
    }

    @Test("An image whose extents the network does not take is padded at its end, cropped, and it is written down")
    func padding() throws {
        let predictor = try predictor("unet")
        let prediction = try predictor.predict(try Fixture.image([33, 50]), options: .init(tile: [16, 16]))
        #expect(prediction.outputs[0].shape == [1, 2, 33, 50])
        #expect(prediction.plan.paddedExtents == [36, 52])
        #expect(prediction.notes.contains { $0.hasPrefix("y was padded from 33 to 36") })
        #expect(prediction.notes.contains { $0.hasPrefix("x was padded from 50 to 52") })
        let whole = try predictor.predict(try Fixture.image([33, 50]))
        #expect(whole.outputs[0].values == prediction.outputs[0].values)
    }

    @Test("A network with a fixed window gives what the free one gives, over a larger image")
    func fixedWindow() throws {
        let image = try Fixture.image([76, 92])
        let free = try predictor("unet").predict(image)
        let fixed = try predictor("window").predict(image)
        #expect(fixed.plan.tiles.count > 1)
        #expect(fixed.isExact)
        #expect(fixed.outputs[0].values == free.outputs[0].values)
    }

    @Test("A small image is padded to a fixed window")
    func smallImage() throws {
        let prediction = try predictor("window").predict(try Fixture.image([20, 48]))
        #expect(prediction.outputs[0].shape == [1, 2, 20, 48])
        #expect(prediction.notes.contains { $0.hasPrefix("y was padded from 20 to 48") })
    }

    @Test("A fixed window that is smaller than the reach is tiled by the declared halo, and it is written down")
    func narrowWindow() throws {
        let image = try Fixture.image([76, 92])
        let prediction = try predictor("narrow").predict(image)
        #expect(!prediction.isExact)
        #expect(prediction.notes.contains { $0.contains("smaller than what it sees") })
        let free = try predictor("unet").predict(image)
        #expect(prediction.outputs[0].shape == free.outputs[0].shape)
        #expect(prediction.outputs[0].values != free.outputs[0].values)
    }

    @Test("A network that sees the whole image stays whole, or takes its statistics in passes and says so")
    func global() throws {
        let predictor = try predictor("squeeze")
        let image = try Fixture.image([40, 56])
        let whole = try predictor.predict(image)
        #expect(whole.plan.tiles.count == 1)
        #expect(whole.isExact)
        let tiled = try predictor.predict(image, options: .init(tile: [20, 20]))
        #expect(!tiled.isExact)
        #expect(tiled.notes.contains { $0.contains("sees the whole image") && $0.contains("GlobalAveragePool") })
        let difference = zip(tiled.outputs[0].values, whole.outputs[0].values).map { abs($0 - $1) }.max() ?? 1
        #expect(difference <= 2e-6)
    }

    @Test("Two inputs go through together, whole or in tiles, with the same bits")
    func twoInputs() throws {
        let predictor = try predictor("pair")
        let images = ["left": try Fixture.image([24, 20], seed: 1), "right": try Fixture.image([24, 20], seed: 2)]
        let prediction = try predictor.predict(images)
        #expect(prediction.outputs[0].shape == [1, 1, 24, 20])
        let exchanged = try predictor.predict(["left": try #require(images["right"]), "right": try #require(images["left"])])
        #expect(exchanged.outputs[0].values != prediction.outputs[0].values)
        let left = try #require(images["left"])
        #expect(throws: InferenceError.self) { try predictor.predict(["left": left]) }
        let tiled = try predictor.predict(images, options: .init(tile: [8, 12]))
        #expect(tiled.plan.tiles.count > 1 && tiled.isExact)
        #expect(tiled.outputs[0].values == prediction.outputs[0].values)
        let wider = try Fixture.image([24, 24])
        #expect(throws: InferenceError.self) { try predictor.predict(["left": left, "right": wider]) }
    }

    @Test("An output of half the resolution has twice the spacing")
    func spacing() throws {
        let plain = try Fixture.image([38, 50])
        let image = try #require(Image(shape: plain.shape, axes: plain.axes, spacing: [.y: 0.5, .x: 0.25], pixels: plain.pixels))
        let output = try predictor("half").predict(image).outputs[0]
        #expect(output.spacing == [.y: 1, .x: 0.5])
        #expect(output.axes.map(\.id) == ["batch", "channel", "y", "x"] && output.shape == [1, 2, 19, 25])
        let labels = try LabelPostprocessor.standard.labels(from: [output])
        #expect(labels.spacing == [1, 0.5])
    }

    @Test("An image with other axes or channels than the model's is refused, not cut or averaged")
    func unfitImages() throws {
        let predictor = try predictor("unet")
        let color = try #require(Image(shape: [8, 8, 3], axes: [.y, .x, .channel], pixels: .uint8(.init(repeating: 0, count: 192))))
        let stack = try Fixture.image([4, 8, 8])
        #expect(throws: InferenceError.self) { try predictor.predict(color) }
        #expect(throws: InferenceError.self) { try predictor.predict(stack) }
        let volumes = try self.predictor("stack")
        let flat = try Fixture.image([8, 8])
        #expect(throws: InferenceError.self) { try volumes.predict(flat) }
        let plane = try predictor.predict(try Fixture.image([1, 16, 16]))
        #expect(plane.outputs[0].shape == [1, 2, 16, 16])
    }

    @Test("The whole image equals onnxruntime's result")
    func oracle() throws {
        let array = try Fixture.array("unet/raw.npy")
        let image = try #require(Image(shape: Array(array.shape.dropFirst(2)), axes: [.y, .x], pixels: array.pixels))
        let prediction = try predictor("unet").predict(image, options: .init(tile: [32, 32]))
        let expected = try Fixture.floats("unet/probability.npy")
        #expect(prediction.outputs[0].values.count == expected.count)
        #expect(zip(prediction.outputs[0].values, expected).allSatisfy { abs($0 - $1) < 2e-6 })
    }

    @Test(
        "The reference packages pass their own tests",
        .enabled(if: Fixture.shared("data/models") != nil, "the steering data lies beside the checkout"),
        arguments: ["unet2d_nuclei_broad_onnx", "unet2d_multi_tensor_onnx"])
    func referencePackages(_ name: String) throws {
        let folder = try #require(Fixture.shared("data/models/\(name)"))
        let check = try PackageCheck(try ModelPackage(folder: folder))
        #expect(check.passed)
        #expect(check.outputs.allSatisfy { ($0.comparison?.maxAbsoluteDifference ?? 1) < 1e-4 })
    }
}
