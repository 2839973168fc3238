/// A bioimage.io package around a network that a test made.
enum TestPackage {
    /// An input or an output, as the description has it.
    struct Tensor {
        let id: String
        let axes: String

        /// A tensor of batch, channels and space.
        ///
        /// - Parameters:
        ///   - size: the size along an axis, by its name.
        ///   - scale: elements of the image for one of the tensor's.
        private static func image(
            _ id: String, _ channels: [String], scale: String, _ spaces: [String], size: (String) -> String
        ) -> Tensor {
            let space = spaces.map { "{type: space, id: \($0), size: \(size($0)), scale: \(scale)}" }.joined(separator: ", ")
            let channel = "{type: channel, channel_names: [\(channels.joined(separator: ", "))]}"
            return Tensor(id: id, axes: "[{type: batch, size: 1}, \(channel), \(space)]")
        }

        /// An input with sizes of its own, such as `{min: 8, step: 1}`.
        static func image(_ id: String, _ channels: [String] = ["c"], spaces: [String] = ["y", "x"], size: String) -> Tensor {
            image(id, channels, scale: "1", spaces) { _ in size }
        }

        /// An output with the places of an input.
        static func maps(
            _ id: String, _ channels: [String] = ["c"], spaces: [String] = ["y", "x"], of input: String = "raw", scale: String = "1"
        ) -> Tensor {
            image(id, channels, scale: scale, spaces) { "{tensor_id: \(input), axis_id: \($0)}" }
        }

        /// A tensor of a batch, and of channels where they are named.
        static func vector(_ id: String, _ channels: [String] = []) -> Tensor {
            let channel = channels.isEmpty ? "" : ", {type: channel, channel_names: [\(channels.joined(separator: ", "))]}"
            return Tensor(id: id, axes: "[{type: batch, size: 1}\(channel)]")
        }
    }

    /// Writes a package; returns its folder. The first input stands in line 6 of its `bioimageio.yaml`.
    static func write(
        _ network: [UInt8], named name: String, in folder: TemporaryFolder, _ inputs: [Tensor], _ outputs: [Tensor]
    ) throws -> String {
        _ = try folder.write(network, to: "\(name)/weights.onnx")
        func list(_ tensors: [Tensor]) -> String { tensors.map { "  - {id: \($0.id), axes: \($0.axes)}" }.joined(separator: "\n") }
        try folder.write(
            """
            format_version: 0.5.4
            type: model
            name: \(name)
            license: CC0-1.0
            inputs:
            \(list(inputs))
            outputs:
            \(list(outputs))
            weights: {onnx: {source: weights.onnx, opset_version: 17}}
            """, to: "\(name)/bioimageio.yaml")
        return "\(folder.path)/\(name)"
    }
}
