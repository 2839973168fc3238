import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks that see the whole image: whole where it fits, by statistics in passes, else in windows.
@Suite struct GlobalTests {
    private func predictor(_ name: String) throws -> Predictor { try Predictor(try ModelPackage(folder: try Fixture.folder(name))) }

    private func difference(_ first: [Float], _ second: [Float]) -> Float {
        #expect(first.count == second.count)
        return zip(first, second).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("The package's test tensors come out of the network, and the check tells the class")
    func check() throws {
        let check = try PackageCheck(try ModelPackage(folder: try Fixture.folder("normalised")))
        #expect(check.passed && check.tilingClass == .global)
        for (name, kind) in [("squeeze", TilingClass.global), ("unet", .local), ("window", .local), ("narrow", .windowed)] {
            #expect(try PackageCheck(try ModelPackage(folder: try Fixture.folder(name))).tilingClass == kind, "\(name)")
        }
    }

    @Test("What fits into memory runs whole")
    func whole() throws {
        for name in ["normalised", "squeeze"] {
            let prediction = try predictor(name).predict(try Fixture.image([60, 52]))
            #expect(prediction.way == .whole && prediction.tilingClass == .global && prediction.isExact)
        }
    }

    @Test(
        "Statistics taken tile by tile give the whole image's values: instances, groups, averages, maxima",
        arguments: ["normalised", "squeeze"], [[16, 16], [24, 40], [8, 100], [36, 12], [48, 64]])
    func statistics(_ name: String, _ tile: [Int]) throws {
        let predictor = try predictor(name)
        let image = try Fixture.image([76, 92])
        let whole = try predictor.predict(image)
        let tiled = try predictor.predict(image, options: .init(tile: tile, run: .init(threads: 2)))
        #expect(whole.way == .whole && tiled.way == .statistics && tiled.tilingClass == .global)
        #expect(tiled.plan.tiles.count > 1)
        // Only the rounding of sums in double precision differs.
        #expect(difference(tiled.outputs[0].values, whole.outputs[0].values) <= 2e-6)
        #expect(tiled.notes.contains { $0.contains("statistics") })
    }

    @Test("Statistics do not depend on the tiles, since sums are exact, nor on how the image comes")
    func tilesAndFiles() throws {
        let predictor = try predictor("normalised")
        let image = try Fixture.image([76, 92])
        let first = try predictor.predict(image, options: .init(tile: [16, 16]))
        let second = try predictor.predict(image, options: .init(tile: [40, 24]))
        #expect(first.outputs[0].values == second.outputs[0].values)
        let folder = try TemporaryFolder()
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: folder.file("a.zarr"), .output(nil), options: .init(tile: [32, 32]), key: "test"
        ).run()
        #expect(report.way == .statistics && report.tilingClass == .global && !report.isExact)
        let blocks = try ImageFile.blocks(folder.file("a.zarr"))
        #expect(try blocks.read(blocks.shape.map { 0..<$0 }) == .float32(first.outputs[0].values))
    }

    @Test("A bound on memory that the whole image does not fit is enough")
    func memory() throws {
        let predictor = try predictor("normalised")
        let image = try Fixture.image([300, 260])
        let needed = try predictor.network.workingSetBytes(inputShapes: ["image": [1, 1, 300, 260]])
        let prediction = try predictor.predict(image, options: .init(memoryBytes: needed / 3))
        #expect(prediction.way == .statistics)
        let whole = try predictor.predict(image)
        #expect(difference(prediction.outputs[0].values, whole.outputs[0].values) <= 2e-6)
    }

    @Test("Declared windows are used instead of statistics")
    func windows() throws {
        let prediction = try predictor("normalised").predict(
            try Fixture.image([76, 92]), options: .init(blending: .init(window: [32, 32], overlap: 0.25)))
        #expect(prediction.way == .blended && !prediction.isExact)
        #expect(prediction.notes.contains { $0.contains("values depend on the windows") })
    }
}
