import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Models of several inputs: on one grid, at another resolution, and tied to nothing.
@Suite struct SeveralInputTests {
    private func images(_ shape: [Int], _ mask: [Int]) throws -> [String: Image] {
        ["image": try Fixture.image(shape, seed: 1), "mask": try Fixture.image(mask, seed: 2)]
    }

    /// The streamed result, and what was reported.
    private func streamed(
        _ predictor: Predictor, _ images: [String: Image], _ geometries: [String: ImageGeometry] = [:],
        _ options: PredictionOptions = .init()
    ) throws -> (values: [Float], geometry: ImageGeometry, report: StreamedRun.Report) {
        let folder = try TemporaryFolder()
        var blocks: [String: InputSource] = [:]
        for (name, image) in images {
            let path = folder.file("\(name).zarr")
            let writer = try ImageFile.blockWriter(
                path, shape: image.shape, axes: image.axes, type: image.pixels.type, geometry: geometries[name] ?? ImageGeometry())
            try writer.write(image.pixels, to: image.shape.map { 0..<$0 })
            blocks[name] = .image(try ImageFile.blocks(path))
        }
        let report = try StreamedRun(
            predictor, on: blocks, to: [.init(folder.file("a.zarr"), .output(nil))], options: options, key: { "test" }
        ).run()
        return (try MadePackage.read(folder.file("a.zarr")).values, try ImageFile.blocks(folder.file("a.zarr")).geometry, report)
    }

    @Test(
        "A mask of half the resolution is cut with the image: tiles give, bit for bit, what the whole gives, padding included",
        arguments: [[64, 80], [61, 75]])
    func halfMask(_ shape: [Int]) throws {
        let made = try PairPackage.halfMask(), predictor = try Predictor(made.package)
        let images = try images(shape, shape.map { $0 / 2 })
        let whole = try predictor.predict(images)
        #expect(whole.plan.tiles.count == 1 && whole.isExact && whole.outputs[0].shape == [1, 1] + shape)
        for tile in [[16, 24], [20, 200], [4, 12]] {
            let tiled = try predictor.predict(images, options: .init(tile: tile, run: .init(threads: 2)))
            #expect(tiled.plan.tiles.count > 1 && tiled.isExact && tiled.way == .tiles)
            #expect(tiled.outputs[0].values == whole.outputs[0].values)
        }
        let (values, _, report) = try streamed(predictor, images, [:], .init(tile: [16, 24]))
        #expect(report.tiles > 1 && report.isExact && values == whole.outputs[0].values)
        #expect(report.tilingClass == .local)
        // The mask takes part.
        var other = images
        other["mask"] = try Fixture.image(shape.map { $0 / 2 }, seed: 3)
        #expect(try predictor.predict(other).outputs[0].values != whole.outputs[0].values)
    }

    @Test("Windows of one extent hold as much of a mask of half the resolution, and their middles are those of the whole")
    func fixedWindows() throws {
        let free = try PairPackage.halfMask(), shape = [104, 120]
        let fixed = try PairPackage(
            PairPackage.unet(maskStride: 2, extent: 64), image: "64", mask: "{tensor_id: image, axis_id: AXIS}", scale: 2)
        let images = try images(shape, shape.map { $0 / 2 })
        // Steps before the networks that see the whole image are the same; which convolutions are cheapest is judged elsewhere.
        let wholes = try RunOptions.Convolutions.allCases.map { convolutions in
            try Predictor(free.package).predict(images, options: .init(run: .init(convolutions: convolutions))).outputs[0].values
        }
        let tiled = try Predictor(fixed.package).predict(images)
        #expect(tiled.plan.tiles.count > 1 && tiled.plan.largestWindow == [64, 64] && tiled.isExact)
        #expect(wholes.contains(tiled.outputs[0].values))
        // A mask that the network wants as large as the image is not on the grid of the description.
        let wrong = try PairPackage(
            PairPackage.unet(maskStride: 1, extent: 64), image: "64", mask: "{tensor_id: image, axis_id: AXIS}", scale: 2)
        let error = try #require(throws: InferenceError.self) { try Predictor(wrong.package).predict(images) }
        #expect("\(error)".contains("mask"), "\(error)")
    }

    @Test("The graph is asked about a window that holds whole elements of the mask, whatever the least extent is")
    func oddLeast() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 9)
        builder.input("x", [1, 1, -1, -1])
        builder.input("m", [1, 1, -2, -3])
        builder.output("y")
        builder.weights("up", [1, 1, 2, 2], numbers.next(4))
        builder.weights("a", [1, 2, 3, 3], numbers.next(18))
        builder.node("ConvTranspose", ["m", "up"], ["u"], [("strides", .ints([2, 2]))])
        builder.node("Concat", ["x", "u"], ["both"], [("axis", .int(1))])
        builder.node("Conv", ["both", "a"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        let made = try PairPackage(
            builder.file, image: "{min: 1025, step: 1}", mask: "{tensor_id: image, axis_id: AXIS}", scale: 2)
        let prediction = try Predictor(made.package).predict(try images([1100, 1030], [550, 515]))
        #expect(prediction.tilingClass == .local && prediction.isExact && prediction.outputs[0].shape == [1, 1, 1100, 1030])
    }

    @Test("The finer image may come second, and the sizes of the first refer to it")
    func finerSecond() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 9)
        builder.input("x", [1, 1, -1, -1])
        builder.input("m", [1, 1, -2, -3])
        builder.output("y")
        builder.weights("a", [8, 1, 3, 3], numbers.next(72))
        builder.weights("b", [1, 9, 3, 3], numbers.next(81))
        builder.node("Conv", ["m", "a"], ["down"], [("pads", .ints([1, 1, 1, 1])), ("strides", .ints([2, 2]))])
        builder.node("Concat", ["x", "down"], ["both"], [("axis", .int(1))])
        builder.node("Conv", ["both", "b"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        let made = try PairPackage(builder.file, image: "{tensor_id: mask, axis_id: AXIS}", mask: "{min: 8, step: 8}")
        let file = URL(fileURLWithPath: made.folder + "/bioimageio.yaml")
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        for index in lines.indices where lines[index].contains("id: image,") || lines[index].contains("id: maps") {
            lines[index] = lines[index].replacing("scale: 1", with: "scale: 2")
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        let predictor = try Predictor(ModelPackage(folder: made.folder))
        let images = try images([31, 40], [62, 80])
        let whole = try predictor.predict(images), tiled = try predictor.predict(images, options: .init(tile: [8, 12]))
        #expect(whole.plan.paddedExtents == [32, 40])
        #expect(tiled.plan.tiles.count > 1 && tiled.isExact && tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("Inputs that nothing ties together go through whole, which is said, within the bound of memory")
    func untied() throws {
        let made = try PairPackage(PairPackage.greatestOfMask(), mask: "{min: 5, step: 1}"), predictor = try Predictor(made.package)
        let images = try images([42, 60], [17, 5])
        let prediction = try predictor.predict(images, options: .init(tile: [8, 8]))
        #expect(prediction.plan.tiles.count == 1 && prediction.way == .whole && prediction.outputs[0].shape == [1, 1, 42, 60])
        #expect(prediction.notes.contains { $0.contains("does not tie mask (5 elements along x) to image (60 elements)") })
        #expect(prediction.notes.contains { $0.hasPrefix("y was padded from 42 to 44") })
        #expect(try streamed(predictor, images).values == prediction.outputs[0].values)
        let error = try #require(throws: InferenceError.self) { try predictor.predict(images, options: .init(memoryBytes: 1000)) }
        #expect("\(error)".contains("mask") && "\(error)".contains("allow more memory"))
    }

    @Test("Offsets and odd ratios keep the inputs whole, with the same values in memory and from files")
    func offset() throws {
        let made = try PairPackage(
            PairPackage.greatestOfMask(), mask: "{tensor_id: image, axis_id: AXIS, offset: -3}")
        let predictor = try Predictor(made.package), images = try images([42, 60], [39, 57])
        let prediction = try predictor.predict(images)
        #expect(prediction.way == .whole && prediction.notes.contains { $0.contains("mask (57 elements along x) does not lie") })
        #expect(try streamed(predictor, images).values == prediction.outputs[0].values)
    }

    @Test("Each mistake names the input: one that is missing, unknown, of other extents, of other channels")
    func mistakes() throws {
        let made = try PairPackage.halfMask(), predictor = try Predictor(made.package)
        let good = try images([64, 80], [32, 40])
        func message(_ change: (inout [String: Image]) throws -> Void) throws -> String {
            var images = good
            try change(&images)
            return "\(try #require(throws: InferenceError.self) { try streamed(predictor, images) })"
        }
        #expect(try message { $0["mask"] = nil }.contains("the input `mask` was not given"))
        #expect(try message { $0["extra"] = $0["mask"] }.contains("no input `extra`; the model's inputs are `image`, `mask`"))
        let size = try message { $0["mask"] = try Fixture.image([32, 41]) }
        #expect(size.contains("input mask: 41 elements along x") && size.contains("image.x, by which it has 40"), "\(size)")
        let channels = try message { images in
            images["mask"] = Image(shape: [4, 32, 40], axes: [.channel, .y, .x], pixels: try Fixture.image([128, 40]).pixels)
        }
        #expect(channels.contains("input mask: the image has 4 channels, the model takes 1"), "\(channels)")
    }

    @Test("An optional input for which the network holds a value is left out, and refused if it is given")
    func optional() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 9)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("a", [1, 1, 3, 3], numbers.next(9))
        builder.node("Conv", ["x", "a"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        let made = try PairPackage(builder.file, mask: "{tensor_id: image, axis_id: AXIS}", maskEntry: ", optional: true")
        let predictor = try Predictor(made.package), images = try images([40, 44], [40, 44])
        let image = try #require(images["image"])
        #expect(try streamed(predictor, ["image": image]).values == predictor.predict(image).outputs[0].values)
        let error = try #require(throws: InferenceError.self) { try streamed(predictor, images) }
        #expect("\(error)".contains("`mask` was given, the network holds a fixed value"))
    }

    @Test("The result lies where the first image that says so lies; images that do not lie over each other are remarked on")
    func geometry() throws {
        let made = try PairPackage.halfMask(), predictor = try Predictor(made.package)
        let images = try images([64, 80], [32, 40])
        func geometry(_ distance: Double, _ origin: Double) -> ImageGeometry {
            var result = ImageGeometry()
            for axis in [Axis.y, .x] { result[axis] = .init(distance: distance, origin: origin, unit: ImageGeometry.micrometre) }
            return result
        }
        let both = try streamed(predictor, images, ["image": geometry(0.5, 7), "mask": geometry(1, 7.25)])
        #expect(both.geometry[.y] == .init(distance: 0.5, origin: 7, unit: ImageGeometry.micrometre))
        #expect(!both.report.notes.contains { $0.contains("lie over each other") })
        let mask = try streamed(predictor, images, ["mask": geometry(1, 7.25)])
        #expect(mask.geometry == both.geometry)
        for wrong in [geometry(0.5, 7), geometry(1, 9)] {
            let notes = try streamed(predictor, images, ["image": geometry(0.5, 7), "mask": wrong]).report.notes
            #expect(notes.contains { $0.contains("images of image and mask do not lie over each other along y") }, "\(notes)")
        }
    }

    @Test("Windows of inputs on one grid are averaged, mirrored together")
    func blending() throws {
        let blending = Blending(window: [24, 24], overlap: 0.5, mirror: ["y", "x"])
        let made = try PairPackage(PairPackage.unet(maskStride: 1), mask: "{tensor_id: image, axis_id: AXIS}")
        let predictor = try Predictor(made.package), images = try images([40, 44], [40, 44])
        let averaged = try predictor.predict(images, options: .init(blending: blending))
        #expect(averaged.way == .blended && averaged.plan.tiles.count > 1)
        #expect(try streamed(predictor, images, [:], .init(blending: blending)).values == averaged.outputs[0].values)
    }

    /// A package without preprocessing, of which windows see the same as the whole images.
    private func plain(_ made: PairPackage) throws -> Predictor {
        let path = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8).replacing(
            ", {id: zero_mean_unit_variance, kwargs: {axes: [y, x]}}", with: "")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try Predictor(ModelPackage(folder: made.folder))
    }

    @Test("Windows of a mask of half the resolution are averaged as those of the same mask brought up before")
    func blendingResolutions() throws {
        let half = try PairPackage.halfMask(),
            full = try PairPackage(PairPackage.unet(maskStride: 1), mask: "{tensor_id: image, axis_id: AXIS}")
        let coarse = try plain(half), fine = try plain(full), images = try images([40, 44], [20, 22])
        let mask = try #require(images["mask"])
        guard case .uint16(let values) = mask.pixels else { return }
        // The network's own first step, with its own weights.
        var numbers = Numbers(seed: 8)
        let up = numbers.next(4)
        var raised: [Float] = []
        for y in 0..<40 { for x in 0..<44 { raised.append(Float(values[y / 2 * 22 + x / 2]) * up[y % 2 * 2 + x % 2]) } }
        let pair = [
            "image": try #require(images["image"]),
            "mask": try #require(Image(shape: [40, 44], axes: [.y, .x], pixels: .float32(raised))),
        ]
        for overlap in [0.5, 0] {
            let blending = Blending(window: [24, 16], overlap: overlap)
            let expected = try fine.predict(pair, options: .init(blending: blending))
            let found = try coarse.predict(images, options: .init(blending: blending))
            #expect(found.way == .blended && found.plan.tiles == expected.plan.tiles)
            let largest = expected.outputs[0].values.map(abs).max() ?? 0
            #expect(zip(found.outputs[0].values, expected.outputs[0].values).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
            #expect(try streamed(coarse, images, [:], .init(blending: blending)).values == found.outputs[0].values)
        }
    }

    @Test("Such windows begin and end at whole pixels of every input; one that does not is refused")
    func blendingUnits() throws {
        let half = try PairPackage.halfMask(), coarse = try Predictor(half.package), images = try images([41, 47], [20, 23])
        let blending = Blending(window: [24, 20], overlap: 0.45, mirror: ["x"])
        let averaged = try coarse.predict(images, options: .init(blending: blending))
        #expect(averaged.plan.tiles.allSatisfy { $0.window.allSatisfy { $0.lowerBound % 2 == 0 && $0.upperBound % 2 == 0 } })
        #expect(averaged.plan.paddedExtents == [42, 48] && averaged.outputs[0].shape == [1, 1, 41, 47])
        #expect(try streamed(coarse, images, [:], .init(blending: blending)).values == averaged.outputs[0].values)
        let free = try PairPackage(
            PairPackage.unet(maskStride: 2), image: "{min: 8, step: 1}", mask: "{tensor_id: image, axis_id: AXIS}", scale: 2)
        let error = try #require(throws: InferenceError.self) {
            try Predictor(free.package).predict(self.images([40, 44], [20, 22]), options: .init(blending: Blending(window: [25, 20])))
        }
        #expect("\(error)".contains("a window of 25 along y; the inputs have different resolutions; give a multiple of 2"), "\(error)")
    }
}
