import Foundation
import ModelPackages
import NeuralNetwork
import Testing

/// What a description says, and what is said about one that is wrong.
@Suite struct DescriptionTests {
    @Test("Axes, sizes and steps are read as declared")
    func reading() throws {
        let package = try Fixture.package(
            Fixture.description(preprocessing: "[{id: zero_mean_unit_variance, kwargs: {axes: [y, x]}}]", postprocessing: "[{id: sigmoid}]")
        )
        #expect(package.name == "A model")
        #expect(package.formatVersion == "0.5.4")
        #expect(package.inputs[0].axisIDs == ["batch", "channel", "y", "x"])
        #expect(package.inputs[0].axes[1].size == .fixed(3))
        #expect(package.inputs[0].axes[3].size == .stepped(min: 16, step: 8))
        #expect(package.outputs[0].axes[3].size == .reference(tensor: "raw", axis: "x", offset: -2))
        #expect(package.outputs[0].axes[2].halo == 4)
        #expect(package.inputs[0].steps.map(\.id) == ["zero_mean_unit_variance"])
        #expect(package.outputs[0].steps.map(\.id) == ["sigmoid"])
        #expect(package.tolerance(of: "result") == .standard)
        #expect(package.notes == ["the weights' sha256 is not declared, so it was not checked"])
    }

    @Test("A byte order mark before a description is no part of it")
    func byteOrderMark() throws {
        let description = Fixture.description()
        #expect(try Fixture.package("\u{FEFF}" + description).name == Fixture.package(description).name)
        let marked = Array("\u{FEFF}a: 1\nb: 2".utf8)
        #expect(try DescriptionNode.read(marked, file: "f")["a"]?.int() == 1)
    }

    @Test("A reference size is the other extent times the ratio of the scales plus the offset, rounded down")
    func references() throws {
        let package = try Fixture.package(Fixture.description())
        let shapes = ["raw": [1, 3, 40, 33]]
        #expect(package.extent(of: package.outputs[0].axes[2], given: shapes) == 40)
        #expect(package.extent(of: package.outputs[0].axes[3], given: shapes) == 64)
        #expect(package.shapeFaults(of: package.inputs[0], in: shapes) == ["raw.x has 33 elements, allowed are 16 + n · 8"])
        #expect(package.shapeFaults(of: package.outputs[0], in: shapes.merging(["result": [1, 3, 40, 64]]) { $1 }).isEmpty)
        #expect(package.shapeFaults(of: package.outputs[0], in: shapes.merging(["result": [1, 3, 41, 64]]) { $1 }).count == 1)
    }

    @Test("Statistics that were meant over a data set are remarked")
    func dataSetStatistics() throws {
        let package = try Fixture.package(Fixture.description(preprocessing: "[{id: scale_range}]"))
        #expect(
            package.notes.contains(
                "raw: statistics over the batch (a whole data set) are taken from what is given alone: one image, or the batch of an array")
        )
    }

    @Test("The first tolerance that is for an output holds; whole numbers have a default of their own")
    func discreteTolerances() throws {
        func tolerance(_ type: String, _ entries: String?) throws -> ReproducibilityTolerance {
            let config = entries.map { "config: {bioimageio: {reproducibility_tolerance: [\($0)]}}" } ?? ""
            let package = try Fixture.package(
                """
                format_version: 0.5.14
                type: model
                name: tolerances
                inputs: [{id: raw, axes: [{type: batch}, {type: space, id: y, size: 1}, {type: space, id: x, size: 1}]}]
                outputs: [{id: result, axes: [{type: batch}, {type: space, id: y, size: 1}, {type: space, id: x, size: 1}], data: {type: \(type)}}]
                weights: {onnx: {source: weights.onnx}}
                \(config)
                """)
            return package.tolerance(of: "result")
        }
        let both =
            "{output_ids: any_discrete_output, mismatched_elements_per_million: 7}, {output_ids: any_continuous_output, absolute_tolerance: 0.5}"
        #expect(try tolerance("uint16", nil) == .discreteStandard)
        #expect(try tolerance("float64", nil) == .standard)
        #expect(try tolerance("bool", both) == .init(relative: 0, absolute: 0, mismatchedPerMillion: 7, scope: .discrete))
        #expect(try tolerance("float32", both).absolute == 0.5)
        let order = "{absolute_tolerance: 0.25}, {output_ids: [result], absolute_tolerance: 0.125}"
        #expect(try tolerance("float32", order).absolute == 0.25)
        #expect(throws: PackageError.self) { try tolerance("float32", "{output_ids: some_output}") }
    }

    @Test("The tolerance for ONNX and for the output is chosen")
    func tolerances() throws {
        let package = try Fixture.package(
            Fixture.description(
                extra: """
                    config:
                      bioimageio:
                        reproducibility_tolerance:
                          - {absolute_tolerance: 0.5, weights_formats: [torchscript]}
                          - {absolute_tolerance: 0.25, output_ids: [other]}
                          - {relative_tolerance: 0.0078125, mismatched_elements_per_million: 3}
                    """))
        #expect(package.tolerance(of: "result") == .init(relative: 0.0078125, absolute: 1e-3, mismatchedPerMillion: 3))
        #expect(package.tolerance(of: "other").absolute == 0.25)
    }

    @Test(
        "Tolerances are bounded as the format says; format 0.4 has no bounds",
        arguments: [
            ("relative_tolerance: 0.01", true), ("relative_tolerance: 0.011", false), ("mismatched_elements_per_million: 5000", true),
            ("mismatched_elements_per_million: 5001", false), ("absolute_tolerance: 1000", true),
        ])
    func toleranceBounds(_ entry: String, isFine: Bool) throws {
        let extra = "config: {bioimageio: {reproducibility_tolerance: [{\(entry)}]}}"
        guard !isFine else {
            _ = try Fixture.package(Fixture.description(extra: extra))
            return
        }
        let error = try Fixture.refusal(Fixture.description(extra: extra))
        #expect(error.line == 24 && error.field?.hasPrefix("config.bioimageio.reproducibility_tolerance[0].") == true, "\(error)")
        #expect(error.remedy.contains("from 0 to"))
    }

    @Test("A size refers to an axis of the same unit, and something is left beside the halo")
    func unitsAndHalos() throws {
        let plain = "{type: space, id: y, size: {min: 16, step: 8}}",
            reference = "{type: space, id: y, size: {tensor_id: raw, axis_id: y}, "
        func description(_ own: String, _ other: String) -> String {
            Fixture.description().replacing(plain, with: plain.dropLast() + ", \(own)}").replacing(
                reference, with: reference + "\(other), ")
        }
        _ = try Fixture.package(description("unit: micrometer", "unit: micrometer"))
        for (own, other) in [("unit: micrometer", "unit: millimeter"), ("scale: 1", "unit: millimeter"), ("unit: micrometer", "scale: 1")] {
            let error = try Fixture.refusal(description(own, other))
            #expect(error.line == 20 && error.found.contains("`raw.y`, to which its size refers"), "\(error)")
        }
        _ = try Fixture.package(Fixture.description().replacing("axis_id: y}, halo: 4", with: "axis_id: y}, halo: 7"))
        let error = try Fixture.refusal(Fixture.description().replacing("axis_id: y}, halo: 4", with: "axis_id: y}, halo: 8"))
        #expect(error.line == 20 && error.field == "outputs[0].axes[2].halo" && error.found.contains("16 elements"), "\(error)")
    }

    @Test(
        "A mistake is named with line, field, what was found and what to write",
        arguments: [
            ("size: {min: 16, step: 8}", "size: 0", 9, "inputs[0].axes[2].size", PackageError.Code.invalidValue),
            ("size: {min: 16, step: 8}", "size: wide", 9, "inputs[0].axes[2].size", .wrongType),
            ("channel_names: [a, b, c]", "channel_names: []", 8, "inputs[0].axes[1].channel_names", .invalidValue),
            ("name: A model", "name: ", 1, "", .missing),
            ("type: space, id: y", "type: spice, id: y", 9, "inputs[0].axes[2].type", .invalidValue),
            ("type: space, id: y", "type: space, id: 3", 9, "inputs[0].axes[2].id", .wrongType),
            ("id: result", "id: raw", 16, "outputs[0]", .invalidValue),
            ("tensor_id: raw, axis_id: y", "tensor_id: raw, axis_id: q", 20, "outputs[0].axes[2].size", .invalidValue),
            ("source: weights.onnx", "source: ../weights.onnx", 23, "weights.onnx.source", .unsafePath),
            ("source: weights.onnx", "source: /weights.onnx", 23, "weights.onnx.source", .unsafePath),
            ("source: weights.onnx", "source: https://example.org/w.onnx", 23, "weights.onnx.source", .unsafePath),
            ("source: weights.onnx", "source: weights.onnx, sha256: abc", 23, "weights.onnx.sha256", .invalidValue),
            ("type: model", "type: dataset", 2, "type", .invalidValue),
            ("type: model", "type: model\ntype: model", 2, nil, .syntax),
            ("type: model", "type: [model", 2, nil, .syntax),
        ] as [(String, String, Int, String?, PackageError.Code)])
    func mistakes(_ right: String, _ wrong: String, line: Int, field: String?, code: PackageError.Code) throws {
        let yaml = Fixture.description()
        let place = try #require(yaml.firstRange(of: right))
        let error = try Fixture.refusal(yaml.replacingCharacters(in: place, with: wrong))
        #expect(error.code == code, "\(error)")
        #expect(error.file == "bioimageio.yaml")
        if code != .syntax { #expect(error.line == line, "\(error)") }
        if let field { #expect(error.field == field, "\(error)") }
    }

    @Test(
        "A wrong argument of a step is named",
        arguments: [
            ("{id: custom, kwargs: {source: a.py}}", "preprocessing[0].id", PackageError.Code.unsupportedStep),
            ("{id: blur}", "preprocessing[0].id", .unsupportedStep),
            ("{id: zero_mean_unit_variance, kwargs: {axes: [y, q]}}", "preprocessing[0].kwargs.axes[1]", .invalidValue),
            ("{id: zero_mean_unit_variance, kwargs: {eps: 0}}", "preprocessing[0].kwargs.eps", .invalidValue),
            ("{id: scale_range, kwargs: {max_percentile: 0.99}}", "preprocessing[0].kwargs.max_percentile", .invalidValue),
            ("{id: scale_linear, kwargs: {gain: [1, 2, 3]}}", "preprocessing[0].kwargs", .invalidValue),
            ("{id: sigmoid, kwargs: {axis: channel}}", "preprocessing[0].kwargs.axis", .invalidValue),
            ("{id: clip, kwargs: {min: 3, max: 2}}", "preprocessing[0].kwargs", .invalidValue),
            ("{id: clip}", "preprocessing[0].kwargs", .missing),
            ("{id: ensure_dtype, kwargs: {dtype: complex64}}", "preprocessing[0].kwargs.dtype", .unsupportedStep),
            ("{id: scale_mean_variance, kwargs: {reference_tensor: raw}}", "preprocessing[0].id", .unsupportedStep),
            ("{id: softmax, kwargs: {axis: batch}}", "preprocessing[0].kwargs.axis", .invalidValue),
            ("{id: scale_linear, kwargs: {axis: channel, gain: [1, 2]}}", "preprocessing[0].kwargs.gain", .invalidValue),
            (
                "{id: fixed_zero_mean_unit_variance, kwargs: {axis: channel, mean: 1, std: [1, 2, 3, 4]}}",
                "preprocessing[0].kwargs.std", .invalidValue
            ),
            ("{id: stardist_postprocessing, kwargs: {}}", "preprocessing[0].id", .unsupportedStep),
            ("{id: cellpose_flow_dynamics, kwargs: {}}", "preprocessing[0].id", .unsupportedStep),
        ] as [(String, String, PackageError.Code)])
    func steps(_ step: String, field: String, code: PackageError.Code) throws {
        let error = try Fixture.refusal(Fixture.description(preprocessing: "[\(step)]"))
        #expect(error.code == code, "\(error)")
        #expect(error.field == "inputs[0].\(field)", "\(error)")
    }

    @Test("Other versions of the format are refused with what to do", arguments: ["0.3.6", "0.6.0", "1.0"])
    func versions(_ version: String) throws {
        let error = try Fixture.refusal(Fixture.description(version: version))
        #expect(error.code == .unsupportedVersion)
        #expect(error.description.contains(version))
        #expect(error.remedy.contains(version == "0.3.6" ? "update-format" : "newer"))
    }

    @Test("Weights that are not ONNX are refused unopened")
    func otherWeights() throws {
        let yaml = Fixture.description(weights: "{pytorch_state_dict: {source: weights.pt}, torchscript: {source: w.pt}}")
        let error = try Fixture.refusal(yaml)
        #expect(error.code == .unsupportedWeights)
        #expect(error.found.contains("pytorch_state_dict, torchscript"))
    }

    @Test(
        "Weights of other kinds come with how they are converted",
        arguments: [
            ("torchscript", "torch.jit.load"), ("pytorch_state_dict", "torch.onnx.export"), ("keras_hdf5", "--keras"),
            ("keras_v3", "model.export"), ("tensorflow_saved_model_bundle", "--saved-model"), ("tensorflow_js", "--tfjs"),
            ("other", "export"),
        ])
    func conversions(_ kind: String, _ remedy: String) throws {
        let error = try Fixture.refusal(Fixture.description(weights: "{\(kind): {source: weights.bin}}"))
        #expect(error.code == .unsupportedWeights && error.line == 23)
        #expect(error.found.contains(kind) && error.remedy.contains(remedy) && error.remedy.contains("onnx"))
    }

    @Test("Data is read in each of its forms")
    func data() throws {
        func read(_ data: String) throws -> [TensorData] {
            try Fixture.package(
                Fixture.description().replacing("    preprocessing: []\n  - id: counts", with: "    data: \(data)\n  - id: counts")
            )
            .inputs[0].data
        }
        let plain = try read("{type: uint16, range: [0, 4095], unit: arbitrary unit, scale: 0.5, offset: 3}")
        #expect(plain.count == 1 && plain[0].type == "uint16" && plain[0].lower == 0 && plain[0].upper == 4095)
        #expect(plain[0].unit == "arbitrary unit" && plain[0].scale == 0.5 && plain[0].offset == 3)
        #expect(try read("{range: [null, .inf]}") == (try read("{type: float32}")))
        #expect(try read("{values: [0, 1, background]}").map(\.type) == ["uint8"])
        #expect(try read("{values: [a, b], type: int32}")[0].values == ["a", "b"])
        #expect(try read("[{type: uint8}, {type: uint8, range: [0, 9]}, {type: uint8}]").map(\.upper) == [nil, 9, nil])
        for wrong in [
            "[{}, {}]", "[{type: uint8}, {}, {}]", "{range: [3, 2]}", "{range: [3]}", "{type: text}", "{kind: 3}", "{values: []}",
        ] {
            #expect(throws: PackageError.self, "\(wrong)") { try read(wrong) }
        }
    }

    @Test("What may be put side by side is read; a batch always may")
    func concatenable() throws {
        let yaml = Fixture.description().replacing(
            "{type: space, id: y, size: {min", with: "{type: space, id: y, concatenable: true, size: {min")
        #expect(try Fixture.package(yaml).inputs[0].axes.map(\.isConcatenable) == [true, false, true, false])
    }

    @Test("Statistics after another step are remarked, since the reference software takes them from the raw tensor")
    func statistics() throws {
        let steps =
            "[{id: ensure_dtype, kwargs: {dtype: float32}}, {id: clip, kwargs: {max: 9}}, {id: scale_range, kwargs: {axes: [y, x]}}]"
        let notes = try Fixture.package(Fixture.description(preprocessing: steps)).notes
        #expect(notes.contains { $0.contains("`scale_range` takes its statistics from the result of `clip`") })
        let first = "[{id: ensure_dtype, kwargs: {dtype: float32}}, {id: scale_range, kwargs: {axes: [y, x]}}]"
        #expect(!(try Fixture.package(Fixture.description(preprocessing: first)).notes.contains { $0.contains("bioimageio.core") }))
    }

    @Test("Unknown fields are left alone")
    func unknownFields() throws {
        let package = try Fixture.package(Fixture.description(extra: "run_mode: {name: deepimagej}\nfuture_field: [1, {two: 3}]"))
        #expect(package.inputs.count == 2)
    }

    @Test("rdf.yaml is found where there is no bioimageio.yaml, and a folder without either is named")
    func names() throws {
        let name = try Fixture.withFolder(["rdf.yaml": Fixture.description()]) { try ModelPackage(folder: $0).descriptionFile }
        #expect(name == "rdf.yaml")
        let error = try #require(throws: PackageError.self) { try Fixture.withFolder([:]) { try ModelPackage(folder: $0) } }
        #expect(error.code == .missing)
    }
}
