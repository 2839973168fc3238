import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// A network that is wide enough for Winograd's kernels: the U-Net of the example challenge.
@Suite struct WinogradTilesTests {
    private func predictor() throws -> Predictor {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try Predictor(try ModelPackage(folder: root.path + "/Challenges/nuclei/submissions/unet"))
    }

    @Test(
        "Tiles give, bit for bit, what the whole image gives through Winograd's kernels",
        arguments: [[64, 500], [96, 128], [160, 160], [224, 96], [320, 256]])
    func tiles(_ tile: [Int]) throws {
        let predictor = try predictor(), image = try Fixture.image([408, 440])
        let whole = try predictor.predict(image, options: .init(tile: [1000, 1000]))
        let tiled = try predictor.predict(image, options: .init(tile: tile, run: .init(threads: 2)))
        #expect(whole.plan.tiles.count == 1)
        #expect(tiled.plan.tiles.count > 1)
        #expect(tiled.isExact)
        #expect(tiled.outputs[0].values == whole.outputs[0].values)
    }

    @Test("With direct kernels tiles are smaller, and the values within 1e-4")
    func exact() throws {
        let predictor = try predictor(), image = try Fixture.image([408, 440])
        let fast = try predictor.predict(image, options: .init(tile: [96, 96]))
        let exact = try predictor.predict(image, options: .init(tile: [96, 96], run: .init(exact: true)))
        #expect(exact.plan.largestWindow[0] < fast.plan.largestWindow[0])
        let difference = zip(fast.outputs[0].values, exact.outputs[0].values).map { abs($0 - $1) }.max() ?? 1
        #expect(difference > 0 && difference < 1e-4)
    }
}
