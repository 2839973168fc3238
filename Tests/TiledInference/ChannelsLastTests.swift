import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks with the channels as the last axis, as Keras exports them: tiles against the whole image.
@Suite struct ChannelsLastTests {
    private func unet(_ kind: String = "deconvolution") -> UNet {
        var unet = UNet.small(kind)
        unet.isChannelsLast = true
        unet.inputChannels = 2
        unet.outputChannels = 3
        return unet
    }

    private func made(_ unet: UNet, test: [Int]? = nil) throws -> MadePackage {
        try MadePackage(
            unet.file(), channels: 2, isChannelsLast: true, least: unet.missing + 8, step: 4,
            outputs: [.init(channels: 3, offset: -unet.missing)], test: test)
    }

    /// An image of two channels.
    private func image(_ height: Int, _ width: Int) throws -> Image {
        let pixels = try Fixture.image([2 * height, width]).pixels
        return try #require(Image(shape: [2, height, width], axes: [.channel, .y, .x], pixels: pixels))
    }

    @Test(
        "Tiles give every bit of the whole image, borders included, by any number of threads",
        arguments: [[16, 500], [32, 48], [80, 80], [112, 32], [160, 96]], [1, 2, 3])
    func tiles(_ tile: [Int], _ threads: Int) throws {
        let made = try made(unet())
        let predictor = try Predictor(made.package), image = try image(300, 348)
        let whole = try predictor.predict(image, options: .init(tile: [1000, 1000]))
        #expect(whole.plan.tiles.count == 1 && whole.outputs[0].shape == [1, 300, 348, 3])
        let tiled = try predictor.predict(image, options: .init(tile: tile, run: .init(threads: threads)))
        #expect(tiled.plan.tiles.count > 1 && tiled.plan.largestWindow != [300, 348])
        #expect(tiled.isExact && tiled.way == .tiles && tiled.tilingClass == .local)
        #expect(tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("What the channels first give is what they give last", arguments: UNet.kinds)
    func order(_ kind: String) throws {
        var first = unet(kind)
        first.isChannelsLast = false
        let made = try made(unet(kind)),
            other = try MadePackage(first.file(), channels: 2, least: 8, step: 4, outputs: [.init(channels: 3)])
        let image = try image(100, 120)
        let last = try Predictor(made.package).predict(image, options: .init(tile: [32, 48])).outputs[0]
        let expected = try Predictor(other.package).predict(image).outputs[0]
        for channel in 0..<3 { #expect(try last.plane(channel: channel).values == expected.plane(channel: channel).values) }
    }

    @Test("A streamed run writes every bit of the whole image, the channels first", arguments: ["a.zarr", "a.tif"], [false, true])
    func streaming(_ name: String, _ isCropped: Bool) throws {
        var unet = unet()
        if isCropped { unet.crop = .extents }
        let made = try made(unet)
        let predictor = try Predictor(made.package), image = try image(404, 520)
        let whole = try predictor.predict(image)
        let needed = try predictor.network.workingSetBytes(inputShapes: ["x": [1, 404, 520, 2]])
        let path = made.folder + "/" + name
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: path, .output(nil),
            options: .init(memoryBytes: needed / 3, run: .init(threads: 2)), key: "test"
        ).run()
        #expect(report.tiles > 1 && report.isExact && report.way == .tiles && report.tilingClass == .local)
        let result = try MadePackage.read(path)
        #expect(result.axes == [.channel, .y, .x] && result.shape == [3, 404 - unet.missing, 520 - unet.missing])
        var planes: [Float] = []
        for channel in 0..<3 { planes += try whole.outputs[0].plane(channel: channel).values }
        #expect(result.values == planes)
    }

    @Test("Averaged and mirrored windows are those of the network with the channels first, in memory and from file to file")
    func blended() throws {
        var first = unet()
        first.isChannelsLast = false
        let made = try made(unet()),
            other = try MadePackage(first.file(), channels: 2, least: 8, step: 4, outputs: [.init(channels: 3)])
        let options = PredictionOptions(blending: Blending(window: [32, 48], overlap: 0.5, mirror: ["x"]))
        let predictor = try Predictor(made.package), image = try image(70, 100)
        let last = try predictor.predict(image, options: options).outputs[0]
        let expected = try Predictor(other.package).predict(image, options: options).outputs[0]
        #expect(last.shape == [1, 70, 100, 3] && expected.shape == [1, 3, 70, 100])
        for channel in 0..<3 { #expect(try last.plane(channel: channel).values == expected.plane(channel: channel).values) }
        for name in ["a.zarr", "a.npy"] {
            let path = made.folder + "/" + name
            let report = try StreamedRun(
                predictor, on: WholeImageBlocks(image), to: path, .output(nil), options: options, key: "test"
            ).run()
            #expect(report.tiles > 1 && report.way == .blended)
            guard name == "a.npy" else {
                #expect(try MadePackage.read(path).values == expected.values)
                continue
            }
            let array = try NPY.read(path)
            #expect(array.shape == last.shape && array.pixels == .float32(last.values))
        }
    }

    @Test("Labels of a streamed run are those of the whole output")
    func labels() throws {
        let made = try made(unet())
        let predictor = try Predictor(made.package), image = try image(204, 252)
        for yaml in ["{id: connectedComponents, channel: 1, threshold: 0.5}", "{id: argmax}"] {
            let method = try Fixture.postprocessor(yaml)
            let expected = try method.labels(from: predictor.predict(image).outputs)
            let path = made.folder + "/\(method.id).tif"
            let report = try StreamedRun(
                predictor, on: WholeImageBlocks(image), to: path, .labels(method), options: .init(tile: [64, 64]), key: "test"
            ).run()
            #expect(report.tiles > 1)
            let labels = try LabelImage(ImageFile.read(path)).labels
            #expect(labels == expected.labels && Set(labels).count > 1)
        }
    }

    @Test("Stars are made of two outputs, probabilities and rays, in a streamed run too")
    func stars() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 8)
        builder.input("x", [1, -1, -1, 1])
        builder.output("p")
        builder.output("d")
        builder.node("Transpose", ["x"], ["t"], [("perm", .ints([0, 3, 1, 2]))])
        builder.weights("w", [4, 1, 5, 5], numbers.next(100))
        builder.node("Conv", ["t", "w"], ["h"], [("pads", .ints([2, 2, 2, 2]))])
        builder.weights("v", [1, 4, 1, 1], numbers.next(4))
        builder.weights("u", [8, 4, 1, 1], numbers.next(32))
        builder.weights("b", [8], [Float](repeating: 5, count: 8))
        builder.node("Conv", ["h", "v"], ["q"])
        builder.node("Sigmoid", ["q"], ["s"])
        builder.node("Conv", ["h", "u", "b"], ["r"])
        builder.node("Relu", ["r"], ["a"])
        builder.node("Transpose", ["s"], ["p"], [("perm", .ints([0, 2, 3, 1]))])
        builder.node("Transpose", ["a"], ["d"], [("perm", .ints([0, 2, 3, 1]))])
        let made = try MadePackage(
            builder.file, isChannelsLast: true, least: 8, step: 1, outputs: [.init(id: "prob"), .init(id: "dist", channels: 8)])
        let predictor = try Predictor(made.package), image = try Fixture.image([90, 70])
        let method = try Fixture.postprocessor("{id: stardist, output: dist, probabilityOutput: prob, probabilityThreshold: 0.6}")
        let expected = try method.labels(from: predictor.predict(image).outputs)
        let path = made.folder + "/labels.tif"
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: path, .labels(method), options: .init(tile: [32, 32]), key: "test"
        ).run()
        #expect(report.tiles > 1 && report.objects ?? 0 > 3)
        #expect(try LabelImage(ImageFile.read(path)).labels == expected.labels)
        #expect(try FileManager.default.contentsOfDirectory(atPath: made.folder).filter { $0.contains(".part") } == [])

        // Values of 9 channels take 12 bytes each; a candidate takes some hundreds.
        func error(_ image: Image, _ method: LabelPostprocessor) -> (InferenceError?, tiles: Int) {
            var tiles = 0
            let run = StreamedRun(
                predictor, on: WholeImageBlocks(image), to: "\(made.folder)/\(UUID()).tif", .labels(method),
                options: .init(tile: [32, 32], memoryBytes: 3 << 20), key: "test")
            do {
                _ = try run.run { if case .tiles(let done, _) = $0 { tiles = max(tiles, done) } }
                return (nil, tiles)
            } catch { return (error, tiles) }
        }
        let large = error(try Fixture.image([300, 300]), method)
        #expect("\(large.0, default: "")".contains("takes all its values at once, needs 10MiB, 3MiB are allowed") && large.tiles == 0)
        let all = try Fixture.postprocessor("{id: stardist, output: dist, probabilityOutput: prob, probabilityThreshold: 0}")
        let many = error(image, all)
        #expect("\(many.0, default: "")".contains("raise the probability threshold") && many.tiles > 1)
        #expect(error(image, method).0 == nil)
    }

    @Test("One channel may be moved by a reshape instead")
    func reshape() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 8)
        builder.input("x", [1, -1, -1, 1])
        builder.output("y")
        builder.initializer(ModelBuilder.tensor("axis", integers: [3]))
        builder.initializer(ModelBuilder.tensor("first", integers: [1]))
        builder.node("Squeeze", ["x", "axis"], ["s"])
        builder.node("Unsqueeze", ["s", "first"], ["t"])
        builder.weights("w", [4, 1, 5, 5], numbers.next(100))
        builder.node("Conv", ["t", "w"], ["h"], [("pads", .ints([2, 2, 2, 2]))])
        builder.node("Transpose", ["h"], ["y"], [("perm", .ints([0, 2, 3, 1]))])
        let made = try MadePackage(builder.file, isChannelsLast: true, least: 8, step: 1, outputs: [.init(channels: 4)])
        let predictor = try Predictor(made.package), image = try Fixture.image([60, 60])
        let whole = try predictor.predict(image), tiled = try predictor.predict(image, options: .init(tile: [16, 24]))
        #expect(tiled.plan.tiles.count > 1 && tiled.isExact && tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("An output whose axes are exchanged against the description goes through whole, and the reason is named")
    func exchanged() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, -1, -1, 1])
        builder.output("y")
        builder.node("Transpose", ["x"], ["y"], [("perm", .ints([0, 2, 1, 3]))])
        let made = try MadePackage(builder.file, isChannelsLast: true, least: 8, step: 1)
        let prediction = try Predictor(made.package).predict(try Fixture.image([40, 40]), options: .init(tile: [16, 16]))
        #expect(prediction.plan.tiles.count == 1)
        #expect(prediction.notes.contains { $0.contains("axis 2 of the output maps follows y") })
    }

    @Test("The check tells class and reach as for channels first")
    func check() throws {
        let made = try made(unet(), test: [64, 80])
        let check = try PackageCheck(made.package)
        #expect(check.passed && check.tilingClass == .local, "\(check.faults)")
        #expect(check.reaches[0].axes.map(\.axis) == ["y", "x"] && check.reaches[0].axes.allSatisfy { $0.reach.stride == 4 })
    }
}
