import Foundation
import ModelPackages

/// A package of two inputs, `image` (x) and `mask` (m), around a network that a test made; one output, `maps`.
final class PairPackage {
    private let home: TemporaryFolder
    let package: ModelPackage

    /// - Parameters:
    ///   - image: the size of the image's axes y and x, as it stands in a description; `AXIS` becomes the axis' name.
    ///   - mask: the size of the mask's.
    ///   - scale: the mask's pixels are so many of the image's.
    init(_ network: [UInt8], image: String = "{min: 8, step: 4}", mask: String, scale: Int = 1, maskEntry: String = "") throws {
        home = try TemporaryFolder()
        let folder = home.path
        try Data(network).write(to: URL(fileURLWithPath: folder + "/weights.onnx"))
        func axes(_ size: String, _ scale: Int = 1) -> String {
            let space = ["y", "x"].map { axis in
                "{type: space, id: \(axis), size: \(size.replacing("AXIS", with: axis)), scale: \(scale)}"
            }
            return "[{type: batch, size: 1}, {type: channel, channel_names: [c0]}, \(space.joined(separator: ", "))]"
        }
        let steps = "[{id: ensure_dtype, kwargs: {dtype: float32}}, {id: zero_mean_unit_variance, kwargs: {axes: [y, x]}}]"
        let yaml = """
            format_version: 0.5.4
            type: model
            name: made
            license: CC0-1.0
            inputs:
              - {id: image, axes: \(axes(image)), preprocessing: \(steps)}
              - {id: mask, axes: \(axes(mask, scale)), preprocessing: \(steps)\(maskEntry)}
            outputs:
              - {id: maps, axes: \(axes("{tensor_id: image, axis_id: AXIS}"))}
            weights: {onnx: {source: weights.onnx, opset_version: 17}}
            """
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder + "/bioimageio.yaml"))
        package = try ModelPackage(folder: folder)
    }

    var folder: String { home.path }

    /// A small U-Net over an image and a mask of half its resolution, which is brought up first.
    static func halfMask() throws -> PairPackage {
        try PairPackage(unet(maskStride: 2), mask: "{tensor_id: image, axis_id: AXIS}", scale: 2)
    }

    /// The network; a mask of stride 1 is taken as it is.
    ///
    /// - Parameter extent: the only extent that the image may have; `nil` for any.
    static func unet(maskStride: Int, extent: Int? = nil) -> [UInt8] {
        var builder = ModelBuilder(), numbers = Numbers(seed: 8)
        builder.input("x", [1, 1] + (extent.map { [$0, $0] } ?? [-1, -1]))
        builder.input("m", [1, 1] + (extent.map { [$0 / maskStride, $0 / maskStride] } ?? [-2, -3]))
        builder.output("y")
        builder.weights("up", [1, 1, 2, 2], numbers.next(4))
        builder.weights("a", [16, 2, 3, 3], numbers.next(288).map { $0 * 0.3 })
        builder.weights("b", [16, 16, 3, 3], numbers.next(2304).map { $0 * 0.1 })
        builder.weights("c", [16, 16, 2, 2], numbers.next(1024).map { $0 * 0.1 })
        builder.weights("d", [1, 32, 3, 3], numbers.next(288).map { $0 * 0.1 })
        let pads: (String, ModelBuilder.Value) = ("pads", .ints([1, 1, 1, 1]))
        builder.node("ConvTranspose", ["m", "up"], ["u"], [("strides", .ints([2, 2]))])
        builder.node("Concat", ["x", maskStride == 2 ? "u" : "m"], ["both"], [("axis", .int(1))])
        builder.node("Conv", ["both", "a"], ["first"], [pads])
        builder.node("Relu", ["first"], ["across"])
        builder.node("MaxPool", ["across"], ["down"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        builder.node("Conv", ["down", "b"], ["middle"], [pads])
        builder.node("ConvTranspose", ["middle", "c"], ["back"], [("strides", .ints([2, 2]))])
        builder.node("Concat", ["across", "back"], ["joined"], [("axis", .int(1))])
        builder.node("Conv", ["joined", "d"], ["y"], [pads])
        return builder.file
    }

    /// A network that multiplies an image by the greatest value of the mask.
    static func greatestOfMask() -> [UInt8] {
        var builder = ModelBuilder(), numbers = Numbers(seed: 8)
        builder.input("x", [1, 1, -1, -1])
        builder.input("m", [1, 1, -2, -3])
        builder.output("y")
        builder.weights("a", [1, 1, 3, 3], numbers.next(9))
        builder.node("GlobalMaxPool", ["m"], ["most"])
        builder.node("Conv", ["x", "a"], ["h"], [("pads", .ints([1, 1, 1, 1]))])
        builder.node("Mul", ["h", "most"], ["y"])
        return builder.file
    }
}
