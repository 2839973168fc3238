import Foundation
import ModelPackages
import NeuralNetwork
import Testing

/// Descriptions of format 0.4.
@Suite struct FormatFourTests {
    /// A small valid description; the arguments stand in the place of single values.
    private static func description(
        type: String = "uint16", shape: String = "{min: [1, 3, 16, 16], step: [0, 0, 8, 8]}",
        outputShape: String = "{reference_tensor: raw, scale: [1, 0, 2, 0.5], offset: [0, 1, -4, 0.5]}",
        preprocessing: String = "[]", postprocessing: String = "[]", halo: String = "[0, 0, 4, 2]", extra: String = ""
    ) -> String {
        """
        format_version: 0.4.10
        type: model
        name: An older model
        inputs:
          - name: raw
            axes: bcyx
            data_type: \(type)
            data_range: [0, 4095]
            shape: \(shape)
            preprocessing: \(preprocessing)
        outputs:
          - name: result
            axes: bcyx
            data_type: float32
            data_range: [-.inf, .inf]
            halo: \(halo)
            shape: \(outputShape)
            postprocessing: \(postprocessing)
        test_inputs: [in.npy]
        test_outputs: [out.npy]
        sample_inputs: [in.png]
        weights: {onnx: {source: weights.onnx, opset_version: 15}}
        \(extra)
        """
    }

    @Test("Letters, shapes and files become axes, sizes and tensors of their own")
    func reading() throws {
        let package = try Fixture.package(FormatFourTests.description())
        #expect(package.formatVersion == "0.4.10")
        let (input, output) = (package.inputs[0], package.outputs[0])
        #expect(input.axisIDs == ["batch", "channel", "y", "x"])
        #expect(input.axes.map(\.size) == [.fixed(1), .fixed(3), .stepped(min: 16, step: 8), .stepped(min: 16, step: 8)])
        #expect(input.data.map(\.type) == ["uint16"] && input.data[0].lower == 0 && input.data[0].upper == 4095)
        #expect(input.testTensor?.source == "in.npy" && input.sampleTensor?.source == "in.png")
        #expect(output.testTensor?.source == "out.npy" && output.sampleTensor == nil)
        #expect(output.axes[1].size == .fixed(2))
        #expect(output.axes.map(\.halo) == [0, 0, 4, 2])
        #expect(output.data[0].lower == nil)
    }

    @Test("An output's extent is the input's times the scale plus twice the offset")
    func references() throws {
        let package = try Fixture.package(FormatFourTests.description())
        let shapes = ["raw": [1, 3, 40, 64]]
        #expect(package.extent(of: package.outputs[0].axes[2], given: shapes) == 72)
        #expect(package.extent(of: package.outputs[0].axes[3], given: shapes) == 33)
        let thirds = try Fixture.package(
            FormatFourTests.description(
                outputShape: "{reference_tensor: raw, scale: [1, 1, 3, 0.1], offset: [0, 0, 0, 0]}", halo: "[0, 0, 4, 0]"))
        let wide = FormatFourTests.description(outputShape: "{reference_tensor: raw, scale: [1, 1, 3, 0.25], offset: [0, 0, 0, 0]}")
        #expect(try Fixture.refusal(wide).field == "outputs[0].halo[3]")
        #expect(thirds.outputs[0].axes[1].size == .fixed(3))
        for extent in 1...2000 {
            #expect(thirds.extent(of: thirds.outputs[0].axes[2], given: ["raw": [1, 3, extent, 8]]) == 3 * extent)
            #expect(thirds.extent(of: thirds.outputs[0].axes[3], given: ["raw": [1, 3, 8, extent]]) == extent / 10)
        }
    }

    @Test("A halo on an output of fixed extent refers to the first input")
    func fixedHalo() throws {
        let package = try Fixture.package(FormatFourTests.description(shape: "[1, 3, 32, 32]", outputShape: "[1, 1, 28, 32]"))
        #expect(package.outputs[0].axes[2].size == .reference(tensor: "raw", axis: "y", offset: -4))
        #expect(package.outputs[0].axes[2].halo == 4)
    }

    @Test(
        "Steps become those of format 0.5",
        arguments: [
            (
                "{name: zero_mean_unit_variance, kwargs: {mode: per_sample, axes: yx, eps: 0.001}}",
                "{id: zero_mean_unit_variance, kwargs: {axes: [y, x], eps: 0.001}}"
            ),
            ("{name: zero_mean_unit_variance, kwargs: {mode: per_dataset, axes: cyx}}", "{id: zero_mean_unit_variance}"),
            (
                "{name: zero_mean_unit_variance, kwargs: {mode: fixed, axes: yx, mean: [1, 2, 3], std: [4, 5, 6]}}",
                "{id: fixed_zero_mean_unit_variance, kwargs: {axis: channel, mean: [1, 2, 3], std: [4, 5, 6]}}"
            ),
            (
                "{name: zero_mean_unit_variance, kwargs: {mean: 3, std: 2}}",
                "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 3, std: 2}}"
            ),
            (
                "{name: scale_linear, kwargs: {axes: yx, gain: [1, 2, 3], offset: 4}}",
                "{id: scale_linear, kwargs: {axis: channel, gain: [1, 2, 3], offset: 4}}"
            ),
            (
                "{name: scale_range, kwargs: {mode: per_sample, min_percentile: 5}}",
                "{id: scale_range, kwargs: {axes: [channel, y, x], min_percentile: 5}}"
            ),
            ("{name: clip, kwargs: {min: 50, max: 120}}", "{id: clip, kwargs: {min: 50, max: 120}}"),
            ("{name: binarize, kwargs: {threshold: 99}}", "{id: binarize, kwargs: {threshold: 99}}"),
            ("{name: sigmoid}", "{id: sigmoid}"),
        ])
    func steps(_ four: String, _ five: String) throws {
        let older = try Fixture.package(FormatFourTests.description(type: "float32", preprocessing: "[\(four)]"))
        let newer = try Fixture.package(Fixture.description(preprocessing: "[\(five)]"))
        let tensor = try Fixture.tensor("input")
        let expected = try newer.inputs[0].steps[0].apply(to: tensor, references: [:])
        #expect(try older.inputs[0].steps[0].apply(to: tensor, references: [:]) == expected)
        #expect(expected != tensor)
    }

    @Test("No element may be beyond the tolerance, and older tolerances are read")
    func tolerances() throws {
        let plain = try Fixture.package(FormatFourTests.description())
        #expect(plain.tolerance(of: "result") == .init(relative: 1e-3, absolute: 1e-3, mismatchedPerMillion: 0))
        let decimal = try Fixture.package(FormatFourTests.description(extra: "config: {bioimageio: {test_kwargs: {onnx: {decimal: 4}}}}"))
        let tolerance = decimal.tolerance(of: "result")
        #expect(tolerance.relative == 0 && abs(tolerance.absolute - 1.5e-4) < 1e-12 && tolerance.mismatchedPerMillion == 0)
        let absolute = try Fixture.package(
            FormatFourTests.description(extra: "config: {bioimageio: {test_kwargs: {onnx: {absolute_tolerance: 0.25}}}}"))
        #expect(absolute.tolerance(of: "result") == .init(relative: 1e-3, absolute: 0.25, mismatchedPerMillion: 0))
    }

    @Test("Given mean and deviation come with the author's own small number, in format 0.4 alone", arguments: ["mode: fixed, ", ""])
    func fixedEpsilon(_ mode: String) throws {
        let step = "{name: zero_mean_unit_variance, kwargs: {\(mode)axes: cyx, mean: 1, std: 0.5, eps: 0.1}}"
        let package = try Fixture.package(FormatFourTests.description(type: "float32", preprocessing: "[\(step)]"))
        let image = try #require(Tensor(shape: [1, 3, 1, 1], storage: .float32([1, 7, -5])))
        let tensor = try #require(AxisTensor(axes: package.inputs[0].axisIDs, tensor: image))
        let result = try package.inputs[0].steps[0].apply(to: tensor, references: [:])
        #expect(result.tensor.floats == [0, 10, -10])
        #expect(package.notes.contains { $0.contains("`eps` is 0.1 as declared") }, "\(package.notes)")
        let newer = "[{id: fixed_zero_mean_unit_variance, kwargs: {mean: 1, std: 0.5, eps: 0.1}}]"
        #expect(try Fixture.refusal(Fixture.description(preprocessing: newer)).field == "inputs[0].preprocessing[0].kwargs.eps")
    }

    @Test("An argument that a step does not have is refused with the names of format 0.4")
    func unknownArgument() throws {
        let wrong = "[{name: zero_mean_unit_variance, kwargs: {mode: fixed, mean: 1, std: 1, axis: c}}]"
        let error = try Fixture.refusal(FormatFourTests.description(preprocessing: wrong))
        #expect(error.field == "inputs[0].preprocessing[0].kwargs.axis" && error.line == 10)
        #expect(error.remedy == "use `mode`, `axes`, `mean`, `std`, `eps`", "\(error)")
        let none = try Fixture.refusal(FormatFourTests.description(preprocessing: "[{name: sigmoid, kwargs: {a: 1}}]"))
        #expect(none.remedy.hasPrefix("leave it out"), "\(none)")
    }

    @Test(
        "A mistake is named with the line and field of the file",
        arguments: [
            ("axes: bcyx", "axes: bcyq", 6, "inputs[0].axes"), ("axes: bcyx", "axes: [b, c]", 6, "inputs[0].axes"),
            ("step: [0, 0, 8, 8]", "step: [0, 8, 8]", 9, "inputs[0].shape.step"),
            ("step: [0, 0, 8, 8]", "step: [0, 1, 8, 8]", 9, "inputs[0].shape.min[1]"),
            ("offset: [0, 1, -4, 0.5]", "offset: [0, 1, -4, 0.3]", 17, "outputs[0].shape.offset[3]"),
            ("reference_tensor: raw", "reference_tensor: raws", 17, "outputs[0].shape.scale[2]"),
            ("scale: [1, 0, 2, 0.5]", "scale: [1, 0, 2, -1]", 17, "outputs[0].shape.scale[3]"),
            ("halo: [0, 0, 4, 2]", "halo: [4, 2]", 16, "outputs[0].halo"),
            ("test_inputs: [in.npy]", "test_inputs: [a.npy, b.npy]", 19, "test_inputs"),
            ("test_inputs: [in.npy]", "test_inputs: [../in.npy]", 19, "test_inputs[0]"),
            ("preprocessing: []", "preprocessing: [{name: blur}]", 10, "inputs[0].preprocessing[0].name"),
            (
                "preprocessing: []", "preprocessing: [{name: scale_linear, kwargs: {axes: x, gain: [1, 2]}}]", 10,
                "inputs[0].preprocessing[0].kwargs.axes"
            ),
            (
                "preprocessing: []", "preprocessing: [{name: zero_mean_unit_variance, kwargs: {mode: fixed, mean: 1, std: 1, eps: 0.2}}]",
                10,
                "inputs[0].preprocessing[0].kwargs.eps"
            ),
        ])
    func mistakes(_ right: String, _ wrong: String, line: Int, field: String) throws {
        let yaml = FormatFourTests.description()
        let place = try #require(yaml.firstRange(of: right))
        let error = try Fixture.refusal(yaml.replacingCharacters(in: place, with: wrong))
        #expect(error.line == line, "\(error)")
        #expect(error.field == field, "\(error)")
    }
}
