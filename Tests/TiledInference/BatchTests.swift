import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Batches whose statistics the description takes over the batch or over each image, against the package's own check.
@Suite struct BatchTests {
    /// A package whose test input is a batch of three images, with some steps before and after the network.
    private final class Made {
        let folder = try? TemporaryFolder()
        let path: String
        let package: ModelPackage

        init(_ preprocessing: String, after postprocessing: String = "{id: sigmoid}", axes: String = "{type: batch}", batch: Int = -1)
            throws
        {
            path = try #require(folder).file("package")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            var numbers = Numbers(seed: 3)
            let network = ModelBuilder.model(input: [batch, 1, -2, -3]) { builder in
                builder.weights("a", [16, 1, 3, 3], numbers.next(144))
                builder.weights("b", [1, 16, 3, 3], numbers.next(144))
                builder.node("Conv", ["x", "a"], ["h"], [("pads", .ints([1, 1, 1, 1]))])
                builder.node("Relu", ["h"], ["r"])
                builder.node("Conv", ["r", "b"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
            }
            try Data(network).write(to: URL(fileURLWithPath: path + "/weights.onnx"))
            // Images of different means, so that statistics of all are none of one.
            let values = numbers.next(3 * 24 * 32).enumerated().map { $1 + Float($0 / 768) * 4 }
            try NPY.write(NPYArray(shape: [3, 1, 24, 32], pixels: .float32(values)), to: path + "/raw.npy")
            func places(_ size: (String) -> String) -> String {
                "[\(axes), {type: channel, channel_names: [c]}, {type: space, id: y, size: \(size("y"))}, {type: space, id: x, size: \(size("x"))}]"
            }
            let yaml = """
                format_version: 0.5.4
                type: model
                name: batch
                license: CC0-1.0
                inputs: [{id: raw, axes: \(places { _ in "{min: 8, step: 1}" }), test_tensor: {source: raw.npy}, preprocessing: [\(preprocessing)]}]
                outputs: [{id: maps, axes: \(places { "{tensor_id: raw, axis_id: \($0)}" }), test_tensor: {source: maps.npy}, postprocessing: [\(postprocessing)]}]
                weights: {onnx: {source: weights.onnx, opset_version: 17}}
                config: {bioimageio: {reproducibility_tolerance: [{relative_tolerance: 0, absolute_tolerance: 0, mismatched_elements_per_million: 0}]}}
                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: path + "/bioimageio.yaml"))
            package = try ModelPackage(folder: path)
        }

        /// What a run makes of some of the test images.
        func run(_ images: Range<Int>, to name: String = "/maps.npy") throws -> StreamedRun.Report {
            let all = try ImageFile.images(inArray: path + "/raw.npy", axes: try package.inputs[0].axes(ofArray: [3, 1, 24, 32]))
            return try StreamedRun(
                Predictor(package), on: ["raw": .batch(Array(all[images]))], to: [.init(path + name, .output(nil))],
                options: .init(tile: [8, 16]), key: { "test" }
            ).run()
        }
    }

    @Test(
        "A run makes of a batch, bit for bit, what the check makes of it as a test tensor, whether statistics are of the batch or of each",
        arguments: [
            ("{id: zero_mean_unit_variance}", true), ("{id: zero_mean_unit_variance, kwargs: {axes: [channel, y, x]}}", false),
            ("{id: scale_range, kwargs: {axes: [batch, y, x], min_percentile: 2, max_percentile: 97}}", true),
            (
                "{id: scale_range, kwargs: {axes: [channel, y, x]}}, {id: zero_mean_unit_variance, kwargs: {axes: [batch, channel, y, x]}}",
                true
            ),
            ("{id: scale_linear, kwargs: {gain: 0.5}}", false),
        ])
    func check(_ steps: String, _ isJoint: Bool) throws {
        let made = try Made(steps)
        #expect(try made.run(0..<3).samples == 3)
        let check = try PackageCheck(made.package)
        #expect(check.passed, "\(check.faults) \(String(describing: check.outputs.first?.comparison))")
        _ = try made.run(2..<3, to: "/last.npy")
        guard case .float32(let all) = try NPY.read(made.path + "/maps.npy").pixels,
            case .float32(let last) = try NPY.read(made.path + "/last.npy").pixels
        else { return }
        #expect((Array(all.suffix(768)) == last) != isJoint)
    }

    @Test("Statistics of the results of a batch, networks of a batch of their own, and axes of another kind are refused with what to do")
    func refusals() throws {
        let after = try Made("{id: scale_linear}", after: "{id: zero_mean_unit_variance}")
        let words = "\(try #require(throws: InferenceError.self) { _ = try after.run(0..<3) })"
        #expect(
            words.contains("output maps: `zero_mean_unit_variance` takes statistics over the batch") && words.contains("without batch"),
            "\(words)")
        _ = try after.run(0..<1)
        let fixed = try Made("{id: scale_linear}", batch: 3)
        let other = "\(try #require(throws: InferenceError.self) { _ = try fixed.run(0..<3) })"
        #expect(other.contains("the network takes 3 together; export the network with a batch of 1"), "\(other)")
        let index = try Made("{id: scale_linear}", axes: "{type: index, id: z, size: 1}")
        let stack = try SeriesStack([1, 3], [24, 32])
        let run = StreamedRun(
            try Predictor(index.package), on: ["raw": .image(stack.blocks())], to: [.init(index.path + "/a.zarr", .output(nil))],
            options: .init(), key: { "test" })
        let kind = "\(try #require(throws: InferenceError.self) { _ = try run.run() })"
        #expect(kind.contains("3 elements along z, an axis of the type index in the description"), "\(kind)")
    }
}
