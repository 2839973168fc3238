import Foundation
import ModelPackages

/// A package of four outputs: `maps` and `edges` on the image's grid, `half` at half its resolution, and `class`, a vector of the whole
/// image.
final class ForkPackage {
    private let home: TemporaryFolder
    let package: ModelPackage

    /// - Parameter isNormalized: whether features are normalised over the whole image.
    init(isNormalized: Bool = false) throws {
        home = try TemporaryFolder()
        let folder = home.path
        try Data(ForkPackage.network(isNormalized)).write(to: URL(fileURLWithPath: folder + "/weights.onnx"))
        func axes(_ channels: Int, _ size: String, scale: Int = 1) -> String {
            let names = (0..<channels).map { "c\($0)" }.joined(separator: ", ")
            let space = ["y", "x"].map { ", {type: space, id: \($0), size: \(size.replacing("AXIS", with: $0)), scale: \(scale)}" }
            return "[{type: batch, size: 1}, {type: channel, channel_names: [\(names)]}\(space.joined())]"
        }
        let image = "{tensor_id: raw, axis_id: AXIS}"
        let yaml = """
            format_version: 0.5.4
            type: model
            name: fork
            license: CC0-1.0
            inputs:
              - id: raw
                axes: \(axes(1, "{min: 8, step: 4}"))
                preprocessing: [{id: ensure_dtype, kwargs: {dtype: float32}}, {id: scale_linear, kwargs: {gain: 0.0005, offset: -1}}]
            outputs:
              - {id: maps, axes: \(axes(1, image)), postprocessing: [{id: sigmoid}]}
              - {id: edges, axes: \(axes(1, image))}
              - {id: half, axes: \(axes(2, image, scale: 2)), postprocessing: [{id: zero_mean_unit_variance, kwargs: {axes: [channel, y, x]}}]}
              - id: class
                axes: [{type: batch, size: 1}, {type: channel, channel_names: [a, b, c]}]
                postprocessing: [{id: softmax, kwargs: {axis: channel}}]
            weights: {onnx: {source: weights.onnx, opset_version: 17}}
            """
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder + "/bioimageio.yaml"))
        package = try ModelPackage(folder: folder)
    }

    var folder: String { home.path }

    private static func network(_ isNormalized: Bool) -> [UInt8] {
        var builder = ModelBuilder(), numbers = Numbers(seed: 5)
        builder.input("x", [1, 1, -1, -1])
        for output in ["maps", "edges", "half", "class"] { builder.output(output) }
        builder.weights("a", [16, 1, 3, 3], numbers.next(144).map { $0 * 0.5 })
        builder.weights("b", [16, 16, 3, 3], numbers.next(2304).map { $0 * 0.1 })
        builder.weights("c", [1, 16, 3, 3], numbers.next(144))
        builder.weights("d", [1, 16, 1, 1], numbers.next(16))
        builder.weights("e", [2, 16, 3, 3], numbers.next(288))
        builder.weights("f", [3, 16], numbers.next(48))
        builder.weights("ones", [16], [Float](repeating: 1, count: 16))
        builder.weights("zeros", [16], [Float](repeating: 0, count: 16))
        let pads: (String, ModelBuilder.Value) = ("pads", .ints([1, 1, 1, 1]))
        builder.node("Conv", ["x", "a"], ["first"], [pads])
        if isNormalized {
            builder.node("InstanceNormalization", ["first", "ones", "zeros"], ["normal"])
            builder.node("Relu", ["normal"], ["second"])
        } else {
            builder.node("Relu", ["first"], ["second"])
        }
        builder.node("Conv", ["second", "b"], ["third"], [pads])
        builder.node("Relu", ["third"], ["features"])
        builder.node("Conv", ["features", "c"], ["maps"], [pads])
        builder.node("Conv", ["features", "d"], ["edges"])
        builder.node("Conv", ["features", "e"], ["half"], [pads, ("strides", .ints([2, 2]))])
        builder.node("GlobalAveragePool", ["features"], ["mean"])
        builder.node("Flatten", ["mean"], ["flat"])
        builder.node("Gemm", ["flat", "f"], ["class"], [("transB", .int(1))])
        return builder.file
    }
}
