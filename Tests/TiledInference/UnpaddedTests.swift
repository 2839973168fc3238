import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks of unpadded convolutions, whose outputs leave out a rim of the image: tiles against the whole image.
@Suite struct UnpaddedTests {
    /// A U-Net of three levels; it takes 92 + 8 n pixels, which are no multiples of its stride, and leaves out 88.
    private func made(
        _ crop: UNet.Crop = .slice, _ upsampling: UNet.Upsampling = .deconvolution, depth: Int = 3, channels: Int = 8, test: [Int]? = nil
    ) throws -> MadePackage {
        var unet = UNet(depth: depth, channels: channels, upsampling: upsampling)
        unet.crop = crop
        unet.outputChannels = 2
        // The description says what it likes: tiles follow the graph.
        let offset = test == nil ? -12 : -unet.missing
        return try MadePackage(
            unet.file(), least: unet.missing + 4, step: 1 << depth, outputs: [.init(channels: 2, offset: offset)], test: test)
    }

    @Test(
        "Tiles of an unpadded U-Net give every bit of the whole image, borders included, by any number of threads",
        arguments: [[32, 500], [40, 64], [64, 64], [96, 48], [128, 160]], [1, 2, 3])
    func tiles(_ tile: [Int], _ threads: Int) throws {
        let made = try made()
        let predictor = try Predictor(made.package), image = try Fixture.image([404, 436])
        let whole = try predictor.predict(image, options: .init(tile: [1000, 1000]))
        #expect(whole.plan.tiles.count == 1 && whole.outputs[0].shape == [1, 2, 316, 348])
        let tiled = try predictor.predict(image, options: .init(tile: tile, run: .init(threads: threads)))
        #expect(tiled.plan.tiles.count > 1 && tiled.plan.largestWindow[0] < 404)
        #expect(tiled.isExact && tiled.way == .tiles && tiled.tilingClass == .local)
        #expect(tiled.outputs[0].shape == whole.outputs[0].shape)
        #expect(tiled.outputs[0].values == whole.outputs[0].values)
        #expect(tiled.notes.contains { $0.contains("does not cover the image along y (44 pixels at its beginning, 44 pixels at its end)") })
    }

    @Test(
        "However the middle is cut out, and whatever comes up, tiles are exact", arguments: UNet.Crop.allCases,
        UNet.Upsampling.allCases)
    func crops(_ crop: UNet.Crop, _ upsampling: UNet.Upsampling) throws {
        let made = try made(crop, upsampling, channels: 3)
        let predictor = try Predictor(made.package), image = try Fixture.image([188, 204])
        let whole = try predictor.predict(image)
        for run in [RunOptions(), RunOptions(convolutions: .direct)] {
            let whole = run.convolutions == .direct ? try predictor.predict(image, options: .init(run: run)) : whole
            let tiled = try predictor.predict(image, options: .init(tile: [24, 40], run: run))
            #expect(whole.plan.tiles.count == 1 && tiled.plan.tiles.count > 4)
            #expect(tiled.isExact && tiled.outputs[0].values == whole.outputs[0].values)
        }
    }

    @Test("An image that has to be padded is cropped to what belongs to it, whole or in tiles")
    func padding() throws {
        let made = try made()
        let predictor = try Predictor(made.package), image = try Fixture.image([150, 170])
        let whole = try predictor.predict(image)
        #expect(whole.plan.paddedExtents == [156, 172])
        #expect(whole.outputs[0].shape == [1, 2, 150 - 88, 170 - 88])
        let tiled = try predictor.predict(image, options: .init(tile: [16, 24]))
        #expect(tiled.plan.tiles.count > 1 && tiled.outputs[0].values == whole.outputs[0].values)
        // The part of a larger image that needs no padding is the same.
        let larger = try predictor.predict(try Fixture.image([156, 172]))
        #expect(larger.outputs[0].shape == [1, 2, 68, 84])
    }

    @Test("A pixel of the output is as wide as one of the image")
    func spacing() throws {
        let plain = try Fixture.image([156, 172])
        let image = try #require(Image(shape: plain.shape, axes: plain.axes, spacing: [.y: 0.5, .x: 0.25], pixels: plain.pixels))
        let made = try made()
        #expect(try Predictor(made.package).predict(image).outputs[0].spacing == [.y: 0.5, .x: 0.25])
    }

    @Test("A streamed run gives every bit of the whole image within a bound of memory", arguments: ["a.zarr", "a.tif"])
    func streaming(_ name: String) throws {
        let made = try made()
        let predictor = try Predictor(made.package), image = try Fixture.image([604, 716])
        let whole = try predictor.predict(image)
        let needed = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 604, 716]])
        let path = made.folder + "/" + name
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: path, .output(nil),
            options: .init(memoryBytes: needed / 3, run: .init(threads: 2)), key: "test"
        ).run()
        #expect(report.tiles > 1 && report.isExact && report.way == .tiles && report.tilingClass == .local)
        #expect(try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1] + report.largestWindow]) <= needed / 3)
        let result = try MadePackage.read(path)
        #expect(result.axes == [.channel, .y, .x] && result.shape == [2, 604 - 88, 716 - 88])
        #expect(result.values == whole.outputs[0].values)
    }

    @Test("Labels are those of the whole output, objects across seams included")
    func labels() throws {
        let made = try made()
        let predictor = try Predictor(made.package), image = try Fixture.image([308, 340])
        let output = try predictor.predict(image).outputs[0]
        let middle = try output.plane(channel: 1).values.sorted()[220 * 252 / 2]
        let method = try Fixture.postprocessor("{id: connectedComponents, channel: 1, threshold: \(middle)}")
        let expected = try method.labels(from: [output])
        let path = made.folder + "/labels.tif"
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: path, .labels(method), options: .init(tile: [64, 64]), key: "test"
        ).run()
        let labels = try LabelImage(ImageFile.read(path))
        #expect(report.tiles > 1 && labels.shape == [220, 252])
        #expect(labels.labels == expected.labels && Set(labels.labels).count > 2)
    }

    @Test("Unpadded convolutions without crops go through in bands of rows, with the same bits", arguments: [1, 2])
    func bands(_ stride: Int) throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 6)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("a", [16, 1, 3, 3], numbers.next(144))
        builder.weights("b", [16, 16, 3, 3], numbers.next(2304).map { $0 * 0.1 })
        builder.weights("c", [2, 16, 5, 5], numbers.next(800).map { $0 * 0.1 })
        builder.node("Conv", ["x", "a"], ["h"])
        builder.node("Relu", ["h"], ["r"])
        builder.node("Conv", ["r", "b"], ["k"], [("strides", .ints([stride, stride]))])
        builder.node("Conv", ["k", "c"], ["y"])
        let made = try MadePackage(builder.file, least: 20, step: stride, outputs: [.init(channels: 2)])
        let predictor = try Predictor(made.package), image = try Fixture.image([1300, 500])
        let whole = try predictor.predict(image)
        let needed = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 1, 1300, 500]])
        #expect(try predictor.network.banded(inputShape: [1, 1, 1300, 500], rows: 64, stride: 4 * stride) != nil)
        let path = made.folder + "/a.zarr"
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: path, .output(nil), options: .init(memoryBytes: needed / 8), key: "test"
        ).run()
        #expect(report.tiles > 1 && report.isExact)
        let result = try MadePackage.read(path)
        #expect(result.shape == [2] + whole.outputs[0].shape.suffix(2) && result.values == whole.outputs[0].values)
    }

    @Test(
        "The record says where an output ends that is not the image's, in pixels of the image",
        arguments: [
            (0, 8, "reaches beyond the image along y (2 pixels in front of its beginning, 1 pixel behind its end; it has 2 elements for a"),
            (2, 2, "does not cover the image along y (1 pixel at its beginning, 1 pixel at its end; it has 2 elements for a pixel of the"),
            (0, 2, nil),
        ] as [(Int, Int, String?)])
    func enlarged(_ rim: Int, _ kernel: Int, _ expected: String?) throws {
        var numbers = Numbers(seed: 7)
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("a", [1, 1, rim + 1, rim + 1], numbers.next((rim + 1) * (rim + 1)))
            $0.weights("b", [1, 1, kernel, kernel], numbers.next(kernel * kernel))
            $0.node("Conv", ["x", "a"], ["m"])
            $0.node("ConvTranspose", ["m", "b"], ["y"], [("strides", .ints([2, 2]))])
        }
        let made = try MadePackage(network, least: 8, step: 1), image = try Fixture.image([40, 50])
        let prediction = try Predictor(made.package).predict(image)
        let extents = [40, 50].map { 2 * ($0 - rim - 1) + kernel }
        #expect(prediction.outputs[0].shape == [1, 1] + extents)
        let told = prediction.notes.filter { $0.contains("the image along") }
        #expect(expected.map { words in told.count == 1 && told[0].contains("the output maps \(words)") } ?? told.isEmpty, "\(told)")
    }

    @Test("Two outputs that leave out different rims are both exact")
    func twoOutputs() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 6)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.output("z")
        builder.weights("a", [1, 1, 9, 9], numbers.next(81))
        builder.weights("b", [1, 1, 3, 3], numbers.next(9))
        builder.node("Conv", ["x", "b"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        builder.node("Conv", ["x", "a"], ["z"])
        let made = try MadePackage(builder.file, least: 9, step: 1, outputs: [.init(id: "full"), .init(id: "inner")])
        let predictor = try Predictor(made.package), image = try Fixture.image([61, 70])
        let whole = try predictor.predict(image)
        #expect(whole.outputs.map(\.shape) == [[1, 1, 61, 70], [1, 1, 53, 62]])
        for tile in [[4, 4], [16, 20], [56, 8]] {
            let tiled = try predictor.predict(image, options: .init(tile: tile))
            #expect(tiled.plan.tiles.count > 1 && tiled.isExact)
            #expect(tiled.outputs.map(\.values) == whole.outputs.map(\.values))
        }
    }

    @Test("What is cut off and padded again is context of a tile")
    func cutAndPadded() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.initializer(ModelBuilder.tensor("low", integers: [4, 4]))
        builder.initializer(ModelBuilder.tensor("high", integers: [-4, -4]))
        builder.initializer(ModelBuilder.tensor("axes", integers: [2, 3]))
        builder.initializer(ModelBuilder.tensor("pads", integers: [0, 0, 4, 4, 0, 0, 4, 4]))
        builder.node("Slice", ["x", "low", "high", "axes"], ["m"])
        builder.node("Pad", ["m", "pads"], ["y"])
        let made = try MadePackage(builder.file, least: 10, step: 1)
        let predictor = try Predictor(made.package), image = try Fixture.image([50, 60])
        let whole = try predictor.predict(image), tiled = try predictor.predict(image, options: .init(tile: [8, 12]))
        #expect(tiled.plan.tiles.count > 1 && tiled.isExact)
        #expect(tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("A crop that moves with the image's size keeps the image whole, and the reason is named")
    func movingCrop() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.node("Shape", ["x"], ["s"])
        for (name, value) in [("two", 2), ("three", 3), ("four", 4), ("end", 1 << 40)] {
            builder.initializer(ModelBuilder.tensor(name, integers: [value]))
        }
        builder.node("Slice", ["s", "two", "three"], ["h"])
        builder.node("Div", ["h", "four"], ["start"])
        builder.node("Slice", ["x", "start", "end", "two"], ["y"], name: "crop")
        let made = try MadePackage(builder.file, least: 8, step: 4, test: [40, 40])
        let predictor = try Predictor(made.package), image = try Fixture.image([64, 64])
        let prediction = try predictor.predict(image, options: .init(tile: [16, 16]))
        #expect(prediction.plan.tiles.count == 1 && prediction.way == .whole && prediction.tilingClass == .global)
        #expect(prediction.outputs[0].shape == [1, 1, 48, 64])
        #expect(prediction.notes.contains { $0.hasPrefix("crop (Slice): what it cuts, pads or scales depends on the extents") })
        let error = try #require(throws: InferenceError.self) { try predictor.predict(image, options: .init(memoryBytes: 1000)) }
        #expect("\(error)".contains("crop (Slice)"))
        let check = try PackageCheck(made.package)
        #expect(check.tilingClass == .global && check.wholeImageOperators.contains { $0.hasPrefix("crop (Slice)") })
    }

    @Test("The check tells where the output begins, and that it needs no halo; a false offset is a fault")
    func check() throws {
        let made = try made(test: [108, 116])
        let check = try PackageCheck(made.package)
        #expect(check.passed && check.tilingClass == .local, "\(check.faults)")
        let axes = check.reaches[0].axes
        #expect(axes.map(\.axis) == ["y", "x"])
        for axis in axes {
            #expect(axis.reach.missing == 88 && axis.reach.origin == 44 && axis.reach.stride == 8)
            #expect(axis.isHaloSufficient)
        }
        #expect(!check.warnings.contains { $0.contains("halo") })
        let file = URL(fileURLWithPath: made.folder + "/bioimageio.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing("offset: -88", with: "offset: -80").utf8).write(to: file)
        let lying = try PackageCheck(try ModelPackage(folder: made.folder))
        #expect(!lying.passed && lying.faults.contains { $0.contains("maps.y has 20 elements, the description says 28") })
    }
}
