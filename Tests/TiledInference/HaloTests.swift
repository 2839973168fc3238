import Foundation
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// The declared halo against what tiles need that begin and end at multiples of the stride.
@Suite struct HaloTests {
    /// The check of a network with a declared halo, in elements of the output.
    private func check(_ file: [UInt8], halo: Int, stride: Int = 1, channels: Int = 1) throws -> PackageCheck {
        let made = try MadePackage(file, least: 12, step: 12, outputs: [.init(channels: channels)], test: [48, 60])
        let path = URL(fileURLWithPath: made.folder + "/bioimageio.yaml")
        var text = try String(contentsOf: path, encoding: .utf8)
        text = text.replacing("size: {tensor_id", with: "scale: \(stride), halo: \(halo), size: {tensor_id")
        try Data(text.utf8).write(to: path)
        return try PackageCheck(try ModelPackage(folder: made.folder))
    }

    /// A network whose values depend on pixels of their own stride only.
    private func network(_ type: String) -> (file: [UInt8], scale: Int) {
        let (file, scale): ([UInt8], Int) =
            switch type {
            case "Conv":
                (
                    ModelBuilder.model(input: [1, 1, -1, -1]) {
                        $0.weights("w", [1, 1, 2, 2], [1, 2, 3, 4])
                        $0.node("Conv", ["x", "w"], ["y"], [("strides", .ints([2, 2]))])
                    }, 2
                )
            case "SpaceToDepth":
                (
                    ModelBuilder.model(input: [1, 1, -1, -1]) {
                        $0.node("SpaceToDepth", ["x"], ["d"], [("blocksize", .int(4))])
                        $0.node("Neg", ["d"], ["n"])
                        $0.node("DepthToSpace", ["n"], ["y"], [("blocksize", .int(4))])
                    }, 1
                )
            default:
                (
                    ModelBuilder.model(input: [1, 1, -1, -1]) {
                        let side = type == "MaxPool" ? 3 : 4
                        $0.node(type, ["x"], ["y"], [("kernel_shape", .ints([side, side])), ("strides", .ints([side, side]))])
                    }, type == "MaxPool" ? 3 : 4
                )
            }
        return (file, scale)
    }

    @Test("What is seen within a stride needs no halo", arguments: ["Conv", "MaxPool", "AveragePool", "SpaceToDepth"])
    func withinStride(_ type: String) throws {
        let (file, scale) = network(type)
        let check = try check(file, halo: 0, stride: scale)
        #expect(check.passed && check.tilingClass == .local, "\(check.faults)")
        #expect(check.reaches[0].axes.allSatisfy { $0.isHaloSufficient && $0.neededHalo == 0 && $0.reach.after > 0 })
        #expect(!check.warnings.contains { $0.contains("halo") }, "\(check.warnings)")
    }

    /// Convolutions of 3 x 3 at a half of the resolution.
    private var halved: [UInt8] {
        ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.weights("w", [1, 1, 3, 3], [Float](repeating: 0.5, count: 9))
            $0.weights("v", [1, 1, 2, 2], [1, 2, 3, 4])
            $0.node("MaxPool", ["x"], ["p"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
            $0.node("Conv", ["p", "w"], ["a"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("Conv", ["a", "w"], ["b"], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("ConvTranspose", ["b", "v"], ["y"], [("strides", .ints([2, 2]))])
        }
    }

    @Test(
        "Beyond a stride it does: 4 pixels for two convolutions at half the resolution, where each pixel sees up to 5", arguments: 0...5)
    func beyondStride(halo: Int) throws {
        let check = try check(halved, halo: halo)
        let axis = try #require(check.reaches[0].axes.first)
        #expect(axis.reach.stride == 2 && axis.reach.before == 5 && axis.reach.after == 5 && axis.neededHalo == 4)
        #expect(axis.isHaloSufficient == (halo >= 4))
        let words = "the network sees 5 before and 5 after (tiles at multiples of the stride, 2, need 4) along y, x"
        #expect(check.warnings.contains { $0.contains(words) } == (halo < 4), "\(check.warnings)")
    }
}
