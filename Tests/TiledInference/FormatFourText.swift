import ModelPackages

/// Writes a package of the golden kind (scaled by zero mean and unit variance, sigmoid behind) as a description of format 0.4.
enum FormatFourText {
    static func description(of package: ModelPackage) -> String {
        let letters = ["batch": "b", "channel": "c", "z": "z", "y": "y", "x": "x"]
        func axes(_ tensor: TensorDescription) -> String { tensor.axisIDs.map { letters[$0] ?? "?" }.joined() }
        func list(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }
        var text = "format_version: 0.4.10\ntype: model\nname: \(package.name)\ninputs:\n"
        for input in package.inputs {
            var least: [String] = []
            var step: [String] = []
            for axis in input.axes {
                switch axis.size {
                case .fixed(let extent): (least, step) = (least + ["\(extent)"], step + ["0"])
                case .stepped(let min, let by): (least, step) = (least + ["\(min)"], step + ["\(by)"])
                default: (least, step) = (least + ["1"], step + ["0"])
                }
            }
            text += "  - {name: \(input.id), axes: \(axes(input)), data_type: uint16, data_range: [0, 65535], "
            text += "shape: {min: \(list(least)), step: \(list(step))}, "
            let spaces = axes(input).dropFirst()
            text += "preprocessing: [{name: zero_mean_unit_variance, kwargs: {mode: per_sample, axes: \(spaces)}}]}\n"
        }
        text += "outputs:\n"
        for output in package.outputs {
            let reference = package.inputs[0].id
            var scale: [String] = []
            var offset: [String] = []
            for axis in output.axes {
                switch axis.size {
                case .fixed(let extent): (scale, offset) = (scale + ["0"], offset + ["\(Double(extent) / 2)"])
                default: (scale, offset) = (scale + ["\(1 / axis.scale)"], offset + ["0"])
                }
            }
            text += "  - {name: \(output.id), axes: \(axes(output)), data_type: float32, halo: \(list(output.axes.map { "\($0.halo)" })), "
            text +=
                "shape: {reference_tensor: \(reference), scale: \(list(scale)), offset: \(list(offset))}, postprocessing: [{name: sigmoid}]}\n"
        }
        text +=
            "test_inputs: \(list(package.inputs.map { "\($0.id).npy" }))\ntest_outputs: \(list(package.outputs.map { "\($0.id).npy" }))\n"
        return text + "weights: {onnx: {source: weights.onnx, opset_version: 17}}\n"
    }
}
