import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// What a streamed run tells while it goes on, and what it names in its result.
@Suite struct RunEventTests {
    private struct Told {
        var tiles: [Int] = []
        var costs: [ContextCost] = []
        var values: [NonFiniteValues] = []
        var finishes = 0
    }

    /// The example challenge's U-Net, whose windows need much context.
    private func wide() throws -> Predictor {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try Predictor(try ModelPackage(folder: root.path + "/Challenges/nuclei/submissions/unet"))
    }

    private func run(
        _ predictor: Predictor, _ image: Image, to path: String, _ product: StreamedRun.Product = .output(nil),
        _ options: PredictionOptions = .init()
    ) throws -> (told: Told, report: StreamedRun.Report) {
        var told = Told()
        let report = try StreamedRun(predictor, on: WholeImageBlocks(image), to: path, product, options: options, key: "test").run {
            event in
            switch event {
            case .tiles(let done, _): told.tiles.append(done)
            case .costly(let cost): told.costs.append(cost)
            case .nonFinite(_, let values, _): told.values.append(values)
            case .finishing: told.finishes += 1
            }
        }
        return (told, report)
    }

    @Test("No tile counts as done before it is; labels are told when all are")
    func tiles() throws {
        let folder = try TemporaryFolder(), predictor = try Predictor(ModelPackage(folder: Fixture.folder("unet")))
        let method = try Fixture.postprocessor("{id: threshold, channel: 0, threshold: 0.5}")
        let image = try Fixture.image([100, 100])
        let (told, report) = try run(predictor, image, to: folder.file("a.tif"), .labels(method), .init(tile: [36, 100]))
        #expect(told.tiles == [0, 1, 2, 3] && report.tiles == 3 && told.finishes == 1)
        let (direct, _) = try run(predictor, image, to: folder.file("b.tif"))
        #expect(direct.tiles == [0, 1] && direct.finishes == 0)
    }

    @Test("Small tiles are told to read much, with the measured factor, and the choice without them reads less")
    func costlyTiles() throws {
        let folder = try TemporaryFolder(), predictor = try wide(), image = try Fixture.image([360, 400])
        let (told, report) = try run(predictor, image, to: folder.file("a.tif"), .output(nil), .init(tile: [192, 192]))
        let cost = try #require(told.costs.first)
        let plan = try predictor.predict(image, options: .init(tile: [192, 192])).plan
        let read = plan.tiles.reduce(0) { $0 + $1.window[0].count * $1.window[1].count }
        #expect(cost.factor == Double(read) / (360 * 400) && cost.factor > 2 && report.readFactor == cost.factor)
        #expect(cost.remedy == .noTile(factor: 1))
        let (free, freeReport) = try run(predictor, image, to: folder.file("b.tif"))
        #expect(free.costs.isEmpty && freeReport.readFactor == 1)
    }

    @Test("Windows of a network that takes one extent only are named as what costs, since no memory makes them larger")
    func costlyWindows() throws {
        let folder = try TemporaryFolder(), predictor = try Predictor(ModelPackage(folder: Fixture.folder("window")))
        let (told, report) = try run(predictor, try Fixture.image([301, 303]), to: folder.file("a.tif"))
        let cost = try #require(told.costs.first)
        #expect(cost.onlyWindow == [48, 48] && cost.remedy == nil && cost.factor == report.readFactor)
        let free = try run(wide(), try Fixture.image([360, 400]), to: folder.file("b.tif"), .output(nil), .init(tile: [192, 192])).told
        #expect(try #require(free.costs.first).onlyWindow == nil)
    }

    @Test("Channels that the description miscounts are refused before anything runs, as the check calls them a fault")
    func miscounted() throws {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) { builder in
            builder.weights("w", [3, 1, 1, 1], [1, 2, 3])
            builder.node("Conv", ["x", "w"], ["y"])
        }
        let made = try MadePackage(network, least: 8, step: 1, outputs: [.init(channels: 2)], test: [16, 16])
        let words = "3 channels, the description names 2 (c0, c1)"
        let predictor = try Predictor(made.package), image = try Fixture.image([16, 16])
        let streamed = try #require(throws: InferenceError.self) { try run(predictor, image, to: made.folder + "/a.tif") }
        #expect("\(streamed)".contains(words))
        #expect("\(try #require(throws: InferenceError.self) { try predictor.predict(image) })".contains(words))
        #expect(try PackageCheck(made.package).faults.contains { $0.contains("maps.channel has 3 elements, the description says 2") })
    }

    @Test("The least memory is enough, and a KiB less is refused with what is needed", arguments: [[64, 64], nil])
    func leastMemory(_ tile: [Int]?) throws {
        let predictor = try wide(), image = try Fixture.image([600, 704]), folder = try TemporaryFolder()
        var options = PredictionOptions(tile: tile, memoryBytes: 1 << 20)
        let wanted = StreamedRun(
            predictor, on: WholeImageBlocks(image), to: folder.file("a.tif"), .output(nil), options: options, key: "test")
        let least = try #require(wanted.leastMemory(upTo: 1 << 20) { $0 << 10 })
        #expect(wanted.leastMemory(upTo: least / 2) { $0 << 10 } == nil)
        options.memoryBytes = least << 10
        #expect(try run(predictor, image, to: folder.file("a.tif"), .output(nil), options).report.isExact)
        options.memoryBytes = (least - 1) << 10
        let error = try #require(throws: InferenceError.self) {
            try run(predictor, image, to: folder.file("b.tif"), .output(nil), options)
        }
        guard case .memory(let needed, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(needed > options.memoryBytes)
    }

    @Test("The least memory is enough for the passes of a global network too")
    func leastMemoryOfPasses() throws {
        var numbers = Numbers(seed: 5)
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("a", [64, 1, 3, 3], numbers.next(576))
            $0.weights("b", [1, 64, 1, 1], numbers.next(64))
            $0.weights("ones", [64], [Float](repeating: 1, count: 64))
            $0.weights("zeros", [64], [Float](repeating: 0, count: 64))
            $0.node("Conv", ["x", "a"], ["h"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("InstanceNormalization", ["h", "ones", "zeros"], ["n"])
            $0.node("Conv", ["n", "b"], ["y"])
        }
        let made = try MadePackage(network, least: 8, step: 1), predictor = try Predictor(made.package)
        let image = try Fixture.image([40, 48]), folder = try TemporaryFolder()
        let wanted = StreamedRun(
            predictor, on: WholeImageBlocks(image), to: folder.file("a.tif"), .output(nil), options: .init(), key: "test")
        let least = try #require(wanted.leastMemory(upTo: 1 << 24) { $0 })
        let report = try run(predictor, image, to: folder.file("a.tif"), .output(nil), .init(memoryBytes: least)).report
        #expect(report.way == .statistics)
    }

    @Test("Where little memory makes tiles small, the memory that is named makes the network read what is said")
    func costlyMemory() throws {
        let predictor = try wide(), image = try Fixture.image([600, 704]), folder = try TemporaryFolder()
        var options = PredictionOptions(memoryBytes: 1 << 20)
        let wanted = StreamedRun(
            predictor, on: WholeImageBlocks(image), to: folder.file("a.tif"), .output(nil), options: options, key: "test")
        options.memoryBytes = try #require(wanted.leastMemory(upTo: 1024) { $0 << 20 }) << 20
        let (told, _) = try run(predictor, image, to: folder.file("b.tif"), .output(nil), options)
        guard case .memory(let bytes, let factor) = try #require(told.costs.first).remedy else {
            Issue.record("\(told.costs)")
            return
        }
        options.memoryBytes = bytes
        let (free, report) = try run(predictor, image, to: folder.file("c.tif"), .output(nil), options)
        #expect(free.costs.isEmpty && factor <= 2 && report.readFactor == factor)
    }

    private func floatImage(_ change: (inout [Float]) -> Void) throws -> Image {
        guard case .uint16(let noise) = try Fixture.image([100, 120]).pixels else { throw CancellationError() }
        var values = noise.map { Float($0) }
        change(&values)
        return try #require(Image(shape: [100, 120], axes: [.y, .x], pixels: .float32(values)))
    }

    @Test("NaN and infinity in an image are told with their place before the first tile, and spoil its statistics as NumPy's do")
    func nonFinite() throws {
        let folder = try TemporaryFolder(), predictor = try Predictor(ModelPackage(folder: Fixture.folder("unet")))
        let image = try floatImage { values in (values[120 * 17 + 3], values[120 * 90 + 5]) = (.nan, .infinity) }
        let (told, _) = try run(predictor, image, to: folder.file("a.tif"), .output(nil), .init(tile: [52, 120]))
        let values = try #require(told.values.first)
        #expect(values.notANumber == 1 && values.infinite == 1 && values.place == "c 0, y 17, x 3")
        let note = try #require(values.note(of: "a.tif", for: predictor.package.inputs[0]))
        #expect(
            note.contains("a.tif holds 2 values") && note.contains("y 17, x 3") && note.contains("`zero_mean_unit_variance`"), "\(note)")
        let result = try MadePackage.read(folder.file("a.tif")).values
        #expect(!result.isEmpty && result.allSatisfy { $0.isNaN })
        let whole = try predictor.predict(image)
        #expect(whole.notes.contains { $0.contains("2 values") && $0.contains("y 17, x 3") }, "\(whole.notes)")
    }

    @Test("An image of finite values is not remarked on")
    func finite() throws {
        let folder = try TemporaryFolder(), predictor = try Predictor(ModelPackage(folder: Fixture.folder("unet")))
        let image = try floatImage { _ in }
        let (told, _) = try run(predictor, image, to: folder.file("a.tif"))
        #expect(told.values.isEmpty)
        let notes = try predictor.predict(image).notes
        #expect(!notes.contains { $0.contains("finite") }, "\(notes)")
    }

    @Test("The result carries the names of the model's channels", arguments: ["a.zarr/zarr.json", "a.tif"])
    func channelNames(_ file: String) throws {
        let folder = try TemporaryFolder()
        _ = try run(try wide(), try Fixture.image([120, 128]), to: folder.path + "/" + String(file.prefix { $0 != "/" }))
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file(file))), as: UTF8.self)
        #expect(text.contains("\"interior\"") && text.contains("\"boundary\""))
    }
}
