import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Images from file to file in bands of rows, through the U-Net of the example challenge, against the same images whole.
@Suite struct BandTests {
    private func predictor() throws -> Predictor {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try Predictor(try ModelPackage(folder: root.path + "/Challenges/nuclei/submissions/unet"))
    }

    private func floats(_ path: String) throws -> Pixels {
        let image = try ImageFile.blocks(path)
        return try image.read(image.shape.map { 0..<$0 })
    }

    @Test("The result is that of the whole image, every bit, borders included", arguments: ["a.zarr", "a.tif"], [64, 40, 28])
    func bits(_ name: String, _ mebibytes: Int) throws {
        let predictor = try predictor(), image = try Fixture.image([1234, 760])
        let whole = try predictor.predict(image, options: .init(memoryBytes: 4 << 30))
        #expect(whole.way == .whole)
        let folder = try TemporaryFolder()
        let options = PredictionOptions(memoryBytes: mebibytes << 20, run: .init(threads: 2))
        let report = try StreamedRun(
            predictor, on: WholeImageBlocks(image), to: folder.file(name), .output(nil), options: options, key: "test"
        ).run()
        #expect(report.tiles > 1 && report.isExact && report.way == .tiles && report.tilingClass == .local)
        #expect(try floats(folder.file(name)) == .float32(whole.outputs[0].values))
    }

    @Test("An interrupted run goes on within a strip, and its bytes are the same", arguments: ["a.tif", "a.zarr"])
    func resumption(_ name: String) throws {
        let predictor = try predictor(), image = try Fixture.image([1000, 560])
        let folder = try TemporaryFolder()
        let options = PredictionOptions(memoryBytes: 16 << 20)
        func run(_ blocks: any ImageBlocks, _ name: String) throws -> StreamedRun.Report {
            try StreamedRun(predictor, on: blocks, to: folder.file(name), .output(nil), options: options, key: "test").run()
        }
        let undisturbed = try run(WholeImageBlocks(image), "b" + name.dropFirst())
        let expected = try floats(folder.file("b") + name.dropFirst())
        // Statistics take a number of reads, then each band takes one: the run dies in every strip, and in the middle of tiles.
        var resumed: Set<Int> = [], reads = 20
        while true {
            guard (try? run(FailingImage(image, after: reads, block: 64), name)) == nil else { break }
            let journal = try String(contentsOfFile: folder.file(name) + ".part/journal", encoding: .utf8)
            let report = try run(WholeImageBlocks(image), name)
            let finished = journal.split(separator: "\n").count { $0.first?.isNumber == true }
            #expect(report.resumedTiles == finished && report.tiles == undisturbed.tiles)
            #expect(try floats(folder.file(name)) == expected, "died after \(reads) reads")
            try FileManager.default.removeItem(atPath: folder.file(name))
            resumed.insert(report.resumedTiles)
            reads += 13
        }
        #expect(resumed.count > 2)
    }
}
