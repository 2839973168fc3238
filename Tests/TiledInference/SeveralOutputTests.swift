import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Several outputs of a model from one run, each in its own file.
@Suite struct SeveralOutputTests {
    private static func blocks(_ image: Image, after most: Int = .max) -> FailingImage {
        FailingImage(image, after: most, geometry: ImageGeometry(spacing: [.y: 0.5, .x: 0.25]))
    }

    private func run(
        _ made: ForkPackage, _ blocks: FailingImage, _ targets: [StreamedRun.Target], _ options: PredictionOptions = .init(tile: [24, 40])
    ) throws -> StreamedRun.Report {
        try StreamedRun(
            Predictor(made.package), on: ["raw": .image(blocks)], to: targets, options: options, key: { "test" }
        ).run()
    }

    private func message(_ body: () throws -> StreamedRun.Report) throws -> String {
        "\(try #require(throws: InferenceError.self) { _ = try body() })"
    }

    @Test("Outputs of two resolutions come out of one pass, tiled as whole, bit for bit, each where its elements lie")
    func resolutions() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        let whole = try Predictor(made.package).predict(image)
        let blocks = Self.blocks(image), alone = Self.blocks(image)
        let report = try run(
            made, blocks, [.init(folder.file("a.zarr"), .output(nil)), .init(folder.file("b.tif"), .output("half"))])
        #expect(report.tiles > 4 && report.isExact && report.tilingClass == .local)
        #expect(report.files.map(\.output) == ["maps", "half"])
        for (name, place) in [("a.zarr", 0), ("b.tif", 2)] {
            let file = try MadePackage.read(folder.file(name))
            #expect(Array(whole.outputs[place].shape.dropFirst(file.shape.count == 3 ? 1 : 2)) == file.shape)
            #expect(file.values == whole.outputs[place].values, "\(name)")
        }
        #expect(try ImageFile.blocks(folder.file("a.zarr")).spacing == [.y: 0.5, .x: 0.25])
        #expect(try ImageFile.blocks(folder.file("b.tif")).spacing == [.y: 1, .x: 0.5])
        #expect(try folder.names == ["a.zarr", "b.tif"])
        _ = try run(made, alone, [.init(folder.file("c.zarr"), .output(nil))])
        #expect(blocks.reads == alone.reads)
    }

    @Test("A file that is brought to another disk has to fit there with whole rows of its tiles, and the message names it there")
    func otherDisks() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        func targets(_ free: Int) -> [StreamedRun.Target] {
            let place = StreamedRun.Place(disk: 7, freeBytes: free, shown: "far/b.tif")
            return [.init(folder.file("a.tif"), .output("half")), .init(folder.file("b.tif"), .output("maps"), place: place)]
        }
        let channels = try #require(made.package.outputs.first { $0.id == "maps" }?.axes.first { $0.kind == .channel }?.channelNames.count)
        let needed = channels * 117 * 512 * 4
        let refusal = try message { try run(made, Self.blocks(image), targets(needed - 1)) }
        #expect(refusal.contains("output maps:") && refusal.contains("fit on the disk of far/b.tif; check the extents"), "\(refusal)")
        #expect(try run(made, Self.blocks(image), targets(needed)).files.count == 2)
    }

    @Test("A killed run goes on with all its outputs, and their bytes are the same; other outputs are not taken for it")
    func resumption() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        func targets(_ name: String) -> [StreamedRun.Target] {
            [.init(folder.file("\(name)1.tif"), .output("edges")), .init(folder.file("\(name)2.tif"), .output("half"))]
        }
        _ = try run(made, Self.blocks(image), targets("whole"))
        #expect(throws: InferenceError.self) { try run(made, Self.blocks(image, after: 6), targets("a")) }
        #expect(try folder.names == ["a1.tif.part", "whole1.tif", "whole2.tif"])
        let other = try message { try run(made, Self.blocks(image), [.init(folder.file("a1.tif"), .output("edges"))]) }
        #expect(other.contains("an interrupted run of another"), "\(other)")
        let report = try run(made, Self.blocks(image), targets("a"))
        #expect(report.resumedTiles == 6 && report.tiles > 7)
        for number in 1...2 {
            #expect(
                FileManager.default.contentsEqual(
                    atPath: folder.file("a\(number).tif"), andPath: folder.file("whole\(number).tif")))
        }
        #expect(try folder.names == ["a1.tif", "a2.tif", "whole1.tif", "whole2.tif"])
    }

    @Test(
        "Averaged windows, bands of rows and statistics in passes give each output what it gets alone",
        arguments: ["blended", "bands", "statistics"])
    func ways(_ way: String) throws {
        let made = try ForkPackage(isNormalized: way == "statistics"), folder = try TemporaryFolder(),
            image = try Fixture.image([240, 200])
        var options = PredictionOptions(tile: way == "bands" ? nil : [64, 64])
        if way == "blended" { options.blending = Blending() }
        if way == "bands" { options.memoryBytes = 1 << 20 }
        let names = way == "blended" ? ["maps", "edges"] : ["maps", "half"]
        let together = try run(
            made, Self.blocks(image), names.map { StreamedRun.Target(folder.file("\($0).tif"), .output($0)) }, options)
        #expect(together.tiles > 1)
        if way != "bands" { #expect(together.way.rawValue == way) }
        for name in names {
            _ = try run(made, Self.blocks(image), [.init(folder.file("\(name)-alone.tif"), .output(name))], options)
            #expect(
                FileManager.default.contentsEqual(
                    atPath: folder.file("\(name).tif"), andPath: folder.file("\(name)-alone.tif")), "\(name)")
        }
    }

    @Test("Labels and the maps of which they are made come out of one run")
    func labels() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        let whole = try Predictor(made.package).predict(image)
        let method = try Fixture.postprocessor("{id: connectedComponents, output: maps, threshold: 0.5}")
        let expected = try method.labels(from: whole.outputs)
        let report = try run(
            made, Self.blocks(image),
            [
                .init(folder.file("labels.tif"), .labels(method)), .init(folder.file("maps.tif"), .output("maps")),
                .init(folder.file("half.tif"), .output("half")),
            ])
        #expect(report.tiles > 4 && report.files.map(\.objects) == [Int(expected.labels.max() ?? 0), nil, nil] && report.objects ?? 0 > 3)
        #expect(try LabelImage(ImageFile.read(folder.file("labels.tif"))).labels == expected.labels)
        #expect(try MadePackage.read(folder.file("maps.tif")).values == whole.outputs[0].values)
        #expect(try MadePackage.read(folder.file("half.tif")).values == whole.outputs[2].values)
        #expect(try folder.names == ["half.tif", "labels.tif", "maps.tif"])
    }

    @Test("An output that is no image is written as an array, and the image goes through whole; where it does not fit, that is said")
    func vectors() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        let whole = try Predictor(made.package).predict(image)
        let targets: [StreamedRun.Target] = [
            .init(folder.file("class.npy"), .output("class")), .init(folder.file("a.zarr"), .output("maps")),
        ]
        let report = try run(made, Self.blocks(image), targets)
        #expect(report.tiles == 1 && report.notes.contains { $0.contains("the output class has no axis y") }, "\(report.notes)")
        let array = try NPY.read(folder.file("class.npy"))
        #expect(array.shape == [1, 3] && array.pixels == .float32(whole.outputs[3].values))
        #expect(try MadePackage.read(folder.file("a.zarr")).values == whole.outputs[0].values)
        let small = try message {
            try run(made, Self.blocks(image), [.init(folder.file("b.npy"), .output("class"))], .init(memoryBytes: 1 << 19))
        }
        #expect(small.contains("the output class has no axis y, so the image runs in one window, which needs"), "\(small)")
        let image2 = try message { try run(made, Self.blocks(image), [.init(folder.file("b.tif"), .output("class"))]) }
        #expect(image2.contains("it has the axes batch, channel and is no image; write it into an .npy"), "\(image2)")
    }

    @Test("An output of half the resolution lies at the same place beside an output that is no image as it does alone")
    func places() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        _ = try run(made, Self.blocks(image), [.init(folder.file("alone.tif"), .output("half"))])
        _ = try run(
            made, Self.blocks(image),
            [.init(folder.file("half.tif"), .output("half")), .init(folder.file("class.npy"), .output("class"))])
        #expect(FileManager.default.contentsEqual(atPath: folder.file("alone.tif"), andPath: folder.file("half.tif")))
    }

    @Test("An output of a global network lies where that of a local one does, whether the image goes through whole or in tiles")
    func globalPlaces() throws {
        let folder = try TemporaryFolder(), image = try Fixture.image([117, 130])
        func geometry(_ name: String, isNormalized: Bool, _ options: PredictionOptions) throws -> ImageGeometry {
            let path = folder.file("\(name).zarr")
            _ = try run(ForkPackage(isNormalized: isNormalized), Self.blocks(image), [.init(path, .output("half"))], options)
            return try ImageFile.blocks(path).geometry
        }
        let local = try geometry("local", isNormalized: false, .init())
        #expect(try geometry("whole", isNormalized: true, .init()) == local)
        #expect(try geometry("tiles", isNormalized: true, .init(tile: [32, 32])) == local)
    }

    @Test("Files that exist, files of two outputs and outputs of two files are refused before anything is read")
    func refusals() throws {
        let made = try ForkPackage(), folder = try TemporaryFolder(), image = try Fixture.image([64, 64])
        try Data().write(to: URL(fileURLWithPath: folder.file("b.tif")))
        for (second, words) in [
            (StreamedRun.Target(folder.file("b.tif"), .output("half")), "the output exists"),
            (.init(folder.file("a.tif"), .output("half")), "two outputs are to be written into one file"),
            (.init(folder.file("c.tif"), .output("maps")), "it is to be written into two files"),
            (.init(folder.file("c.png"), .output("half")), "write .zarr, .tif, .tiff or .npy"),
        ] {
            let blocks = Self.blocks(image)
            let found = try message { try run(made, blocks, [.init(folder.file("a.tif"), .output(nil)), second]) }
            #expect(found.contains(words) && blocks.reads == 0, "\(found)")
        }
        #expect(try folder.names == ["b.tif"])
    }
}
