import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Stacks, time series and batches through models that lack that axis: each place is a sample of its own.
@Suite struct SeriesTests {
    private func run(
        _ package: ModelPackage, _ given: [String: InputSource], _ targets: [StreamedRun.Target], _ options: PredictionOptions = .init(),
        telling tell: @escaping (RunEvent) -> Void = { _ in }
    ) throws -> StreamedRun.Report {
        try StreamedRun(Predictor(package), on: given, to: targets, options: options, key: { "test" }).run(telling: tell)
    }

    private func message(_ body: () throws -> StreamedRun.Report) throws -> String {
        let error = try #require(throws: InferenceError.self) { _ = try body() }
        return "\(error)"
    }

    @Test(
        "Each place along t and z gives, bit for bit, what it gives alone, in several outputs and in each format",
        arguments: [[1, 3], [3, 1], [2, 3]], ["tif", "zarr", "npy"])
    func stacks(_ samples: [Int], _ ending: String) throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), stack = try SeriesStack(samples, [45, 58])
        let targets = ["maps", "half"].map { (name: String) in StreamedRun.Target(folder.file("\(name).\(ending)"), .output(name)) }
        let report = try run(made.package, ["raw": .image(stack.blocks())], targets, .init(tile: [24, 40]))
        #expect(report.samples == samples[0] * samples[1] && report.tiles == 4 * report.samples && report.isExact)
        let names = [(0, "t"), (1, "z")].filter { samples[$0.0] > 1 }.map(\.1).joined(separator: ", ")
        #expect(report.notes.contains { $0.hasPrefix("\(report.samples) samples along \(names) went through one after another") })
        let predictor = try Predictor(made.package), alone = try stack.planes.map { try predictor.predict($0) }
        for (output, channels) in [(0, 1), (2, 2)] {
            let name = folder.file("\(alone[0].outputs[output].id).\(ending)")
            let planes = alone.map { $0.outputs[output].values }, size = planes[0].count / channels
            if ending == "npy" {
                let array = try NPY.read(name)
                #expect(array.shape == samples.filter { $0 > 1 } + alone[0].outputs[output].shape)
                #expect(array.pixels == .float32(planes.flatMap(\.self)))
            } else {
                // t, c, z: the channels come between.
                var expected: [Float] = []
                for time in 0..<samples[0] {
                    for channel in 0..<channels {
                        for z in 0..<samples[1] { expected += planes[time * samples[1] + z][channel * size..<(channel + 1) * size] }
                    }
                }
                #expect(try MadePackage.read(name).values == expected)
            }
        }
    }

    @Test("Results lie in time and depth where the images do", arguments: ["tif", "zarr"])
    func places(_ ending: String) throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), stack = try SeriesStack([2, 3], [24, 24])
        var geometry = ImageGeometry(spacing: [.z: 2, .y: 0.5, .x: 0.25])
        geometry[.time] = .init(distance: 0.1, unit: "second")
        let source = stack.blocks(geometry)
        _ = try run(made.package, ["raw": .image(source)], [.init(folder.file("a.\(ending)"), .output("maps"))])
        let written = try ImageFile.blocks(folder.file("a.\(ending)"))
        #expect(written.geometry == geometry)
        #expect(written.axes.filter { $0 != .channel } == [.time, .z, .y, .x])
    }

    @Test("A batch gives what each of its images gives alone: maps and vectors, arrays with the batch first")
    func batches() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), stack = try SeriesStack([1, 3], [45, 58])
        let path = folder.file("images.npy")
        try NPY.write(NPYArray(shape: [3, 1, 45, 58], pixels: .uint16(stack.values)), to: path)
        let images = try ImageFile.images(inArray: path, axes: try made.package.inputs[0].axes(ofArray: [3, 1, 45, 58]))
        let targets = ["maps", "class"].map { (name: String) in StreamedRun.Target(folder.file("\(name).npy"), .output(name)) }
        let report = try run(made.package, ["raw": .batch(images)], targets)
        #expect(report.samples == 3 && report.notes.contains { $0.hasPrefix("3 samples along batch") })
        let predictor = try Predictor(made.package), alone = try stack.planes.map { try predictor.predict($0) }
        for (output, shape) in [(0, [3, 1, 45, 58]), (3, [3, 3])] {
            let array = try NPY.read(folder.file("\(alone[0].outputs[output].id).npy"))
            #expect(array.shape == shape && array.pixels == .float32(alone.flatMap { $0.outputs[output].values }))
        }
    }

    @Test("Arrays of a network with the channels last have them last")
    func channelsLast() throws {
        let network = ModelBuilder.model(input: [-1, -1, -1, 2]) { builder in
            builder.weights("w", [2, 2, 1, 1], [1, 2, -3, 4])
            builder.node("Transpose", ["x"], ["t"], [("perm", .ints([0, 3, 1, 2]))])
            builder.node("Conv", ["t", "w"], ["c"])
            builder.node("Transpose", ["c"], ["y"], [("perm", .ints([0, 2, 3, 1]))])
        }
        let made = try MadePackage(network, channels: 2, isChannelsLast: true, least: 4, step: 1, outputs: [.init(channels: 2)])
        let folder = try TemporaryFolder(), shape = [3, 20, 24, 2]
        guard case .uint16(let values) = try Fixture.image([120, 24]).pixels else { return }
        try NPY.write(NPYArray(shape: shape, pixels: .uint16(values)), to: folder.file("a.npy"))
        let images = try ImageFile.images(inArray: folder.file("a.npy"), axes: try made.package.inputs[0].axes(ofArray: shape))
        _ = try run(made.package, ["raw": .batch(images)], [.init(folder.file("b.npy"), .output(nil))], .init(tile: [8, 8]))
        var expected: [Float] = []
        for sample in 0..<3 {
            let own = Array(values[sample * 960..<(sample + 1) * 960])
            let image = try #require(Image(shape: [20, 24, 2], axes: [.y, .x, .channel], pixels: .uint16(own)))
            expected += try Predictor(made.package).predict(image).outputs[0].values
        }
        #expect(try NPY.read(folder.file("b.npy")) == NPYArray(shape: shape, pixels: .float32(expected)))
    }

    @Test("Labels begin with 1 in each sample and are counted together; masks keep the type that they need")
    func labels() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), stack = try SeriesStack([3, 1], [60, 70])
        let objects = try Fixture.postprocessor("{id: connectedComponents, output: maps, threshold: 0.5}")
        let mask = try Fixture.postprocessor("{id: threshold, output: maps, channel: 0, threshold: 0.5}")
        let report = try run(
            made.package, ["raw": .image(stack.blocks())],
            [
                .init(folder.file("labels.tif"), .labels(objects)), .init(folder.file("mask.zarr"), .labels(mask)),
                .init(folder.file("maps.zarr"), .output("maps")), .init(folder.file("labels.npy"), .labels(objects)),
            ], .init(tile: [24, 40]))
        let predictor = try Predictor(made.package), alone = try stack.planes.map { try predictor.predict($0).outputs }
        let expected = try alone.map { try objects.labels(from: $0).labels }, counts = expected.map { Int($0.max() ?? 0) }
        #expect(counts.allSatisfy { $0 > 1 } && report.files.map(\.objects) == [counts.reduce(0, +), nil, nil, counts.reduce(0, +)])
        #expect(try ImageFile.read(folder.file("labels.tif")).pixels == .uint32(expected.flatMap(\.self)))
        #expect(try NPY.read(folder.file("labels.npy")) == NPYArray(shape: [3, 60, 70], pixels: .uint32(expected.flatMap(\.self))))
        let written = try ImageFile.blocks(folder.file("mask.zarr"))
        let masks = try alone.flatMap { try mask.labels(from: $0).labels.map { UInt16($0) } }
        #expect(try written.read(written.shape.map { 0..<$0 }) == .uint16(masks))
        #expect(try MadePackage.read(folder.file("maps.zarr")).values == alone.flatMap { $0[0].values })
        #expect(report.notes.contains { $0.hasSuffix("labels begin with 1 in each, and nothing is joined between them") })
    }

    @Test(
        "Bands of rows, averaged windows and statistics in passes do for each sample what they do alone",
        arguments: ["bands", "blended", "statistics"])
    func ways(_ way: String) throws {
        let made = try ForkPackage(isNormalized: way == "statistics"), folder = try TemporaryFolder(),
            stack = try SeriesStack([2, 1], [240, 200])
        var options = PredictionOptions(tile: way == "bands" ? nil : [64, 64])
        if way == "blended" { options.blending = Blending() }
        if way == "bands" { options.memoryBytes = 4 << 20 }
        _ = try run(made.package, ["raw": .image(stack.blocks())], [.init(folder.file("a.npy"), .output("maps"))], options)
        var values: [Float] = []
        for (number, plane) in stack.planes.enumerated() {
            let path = folder.file("\(number).zarr")
            _ = try run(made.package, ["raw": .image(WholeImageBlocks(plane))], [.init(path, .output("maps"))], options)
            values += try MadePackage.read(path).values
        }
        #expect(try NPY.read(folder.file("a.npy")).pixels == .float32(values))
    }

    @Test(
        "A run that was killed in a later sample goes on there, and its bytes are the same", arguments: ["tiles", "blended", "statistics"],
        ["tif", "npy"])
    func resumption(_ way: String, _ ending: String) throws {
        let made = try ForkPackage(isNormalized: way == "statistics"), folder = try TemporaryFolder(),
            stack = try SeriesStack([3, 1], [90, 80])
        var options = PredictionOptions(tile: [32, 32])
        if way == "blended" { options.blending = Blending() }
        let labels = StreamedRun.Product.labels(try Fixture.postprocessor("{id: connectedComponents, output: maps, threshold: 0.5}"))
        func targets(_ name: String) -> [StreamedRun.Target] {
            [.init(folder.file("\(name)1.\(ending)"), .output("edges")), .init(folder.file("\(name)2.\(ending)"), labels)]
        }
        let blocks = stack.blocks()
        let whole = try run(made.package, ["raw": .image(blocks)], targets("whole"), options), tiles = whole.tiles / 3
        // In the middle of the second sample, behind the passes of a global network.
        #expect(throws: InferenceError.self) {
            try run(made.package, ["raw": .image(stack.blocks(failingAfter: blocks.reads * 2 / 3 - 3))], targets("a"), options)
        }
        let journal = try String(contentsOfFile: folder.file("a1.\(ending).part/journal"), encoding: .utf8)
        #expect(journal.contains("\nsample 1 0 - ") && !journal.contains("\nsample 2"), "\(journal)")
        let again = stack.blocks(), report = try run(made.package, ["raw": .image(again)], targets("a"), options)
        #expect(report.resumedTiles > tiles && report.resumedTiles < 2 * tiles && again.reads < blocks.reads * 2 / 3)
        #expect(report.files.map(\.objects) == whole.files.map(\.objects) && report.tiles == whole.tiles)
        for number in 1...2 {
            #expect(
                FileManager.default.contentsEqual(
                    atPath: folder.file("a\(number).\(ending)"), andPath: folder.file("whole\(number).\(ending)")))
        }
        #expect(try folder.names == ["a1.\(ending)", "a2.\(ending)", "whole1.\(ending)", "whole2.\(ending)"])
    }

    @Test("Progress counts the tiles of all samples, and what context costs is told once")
    func events() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), stack = try SeriesStack([1, 3], [32, 48])
        var done: [Int] = [], costs = 0
        let report = try run(
            made.package, ["raw": .image(stack.blocks())], [.init(folder.file("a.tif"), .output("maps"))], .init(tile: [16, 16])
        ) { event in
            if case .costly = event { costs += 1 }
            if case .tiles(let count, let all) = event, all == 18 { done.append(count) }
        }
        #expect(done == Array(0...18) && costs == 1 && report.tiles == 18 && report.readFactor > 2)
    }

    @Test("Values that are not finite are told with their sample and counted in all")
    func nonFinite() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder()
        var values = [Float](repeating: 1, count: 3 * 16 * 16)
        (values[256 + 35], values[512], values[513]) = (.nan, .infinity, .nan)
        let image = try #require(Image(shape: [3, 16, 16], axes: [.z, .y, .x], pixels: .float32(values)))
        var told: [String] = []
        let report = try run(made.package, ["raw": .image(WholeImageBlocks(image))], [.init(folder.file("a.tif"), .output("maps"))]) {
            event in
            if case .nonFinite(_, let found, let sample) = event { told.append("\(found.count) at \(sample): \(found.place)") }
        }
        #expect(told == ["1 at z 1: c 0, y 2, x 3", "2 at z 2: c 0, y 0, x 0"] && report.nonFiniteValues == 3)
    }

    @Test(
        "An input without the free axis is part of each sample, inputs with it go along; statistics are those of each sample",
        arguments: [1, 3])
    func severalInputs(_ masks: Int) throws {
        let made = try PairPackage.halfMask(), folder = try TemporaryFolder(), predictor = try Predictor(made.package)
        let images = try SeriesStack([3, 1], [64, 80]), mask = try SeriesStack([masks, 1], [32, 40], seed: 7)
        _ = try run(
            made.package, ["image": .image(images.blocks()), "mask": .image(mask.blocks())], [.init(folder.file("a.zarr"), .output(nil))],
            .init(tile: [16, 24]))
        let expected = try images.planes.enumerated().flatMap { number, plane in
            try predictor.predict(["image": plane, "mask": mask.planes[masks == 1 ? 0 : number]]).outputs[0].values
        }
        #expect(try MadePackage.read(folder.file("a.zarr")).values == expected)
        let two = try SeriesStack([2, 1], [32, 40])
        let words = try message {
            try run(
                made.package, ["image": .image(images.blocks()), "mask": .image(two.blocks())], [.init(folder.file("b.zarr"), .output(nil))]
            )
        }
        #expect(words.contains("elements along t, ") && words.contains("give as many to both, or one for all"), "\(words)")
    }

    @Test("What cannot hold the samples is refused before anything is read")
    func refusals() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), stack = try SeriesStack([1, 2], [16, 16])
        let endless = SeriesStack.Blocks(shape: [70_000, 16, 16], axes: [.z, .y, .x])
        let batch = stack.planes.map { WholeImageBlocks($0) }
        let class3 = StreamedRun.Product.output("class")
        for (given, target, words) in [
            (
                InputSource.image(endless), StreamedRun.Target(folder.file("a.tif"), .output("maps")),
                "70000 planes of 70000 samples along z"
            ),
            (.batch(batch), .init(folder.file("a.tif"), .output("maps")), "write them into an .npy"),
            (.batch(batch), .init(folder.file("a.zarr"), .output("maps")), "a .zarr has no axis"),
            (.image(stack.blocks()), .init(folder.file("a.png"), .output("maps")), "write .zarr, .tif, .tiff or .npy"),
            (.image(stack.blocks()), .init(folder.file("a.tif"), class3), "write it into an .npy"),
        ] {
            let found = try message { try run(made.package, ["raw": given], [target]) }
            #expect(found.contains(words), "\(found)")
        }
        #expect(endless.reads == 0)
        #expect(try folder.names.isEmpty)
    }
}
