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

    @Test(
        "Windows of a fixed extent go through by the convolutions that cost least with their context and need no fill, whatever the tile is",
        arguments: [
            (52, 16, RunOptions.Convolutions.direct), (96, 16, .winograd2), (800, 16, .winograd4), (800, 8, .winograd2), (800, 4, .direct),
        ])
    func fixedWindow(_ size: Int, surplus: Int, _ convolutions: RunOptions.Convolutions) throws {
        let network = UNet(depth: 2, channels: 8, upsampling: .deconvolution).file()
        let image = try Fixture.image([size + surplus, size + 2 * surplus])
        let free = try MadePackage(network, least: 16, step: 4), fixed = try MadePackage(network, least: size, step: 0)
        let whole = try Predictor(free.package).predict(image, options: .init(run: .init(convolutions: convolutions)))
        for tile in [nil, [size / 3, size / 3]] {
            let tiled = try Predictor(fixed.package).predict(image, options: .init(tile: tile))
            #expect(tiled.plan.tiles.count > 1 && tiled.isExact)
            let isEqual = tiled.outputs[0].values == whole.outputs[0].values
            #expect(isEqual)
            #expect(tiled.notes.contains { $0.contains("takes windows of one extent") } == (convolutions != .winograd4))
        }
    }

    @Test("With direct kernels tiles are smaller, and the values within 1e-4")
    func exact() throws {
        let predictor = try predictor(), image = try Fixture.image([408, 440])
        let fast = try predictor.predict(image, options: .init(tile: [96, 96]))
        let exact = try predictor.predict(image, options: .init(tile: [96, 96], run: .init(convolutions: .direct)))
        #expect(exact.plan.largestWindow[0] < fast.plan.largestWindow[0])
        let difference = zip(fast.outputs[0].values, exact.outputs[0].values).map { abs($0 - $1) }.max() ?? 1
        #expect(difference > 0 && difference < 1e-4)
    }
}
