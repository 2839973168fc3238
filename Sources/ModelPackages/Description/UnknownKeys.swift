/// Keys of a description of format 0.5 that the format does not have, such as misspelt ones. They are ignored, and said to be.
///
/// Source: `bioimageio.spec` 0.5, which forbids them. `config` is free; `data` and what steps take in `kwargs` are checked where they are read.
enum UnknownKeys {
    /// The most that are named one by one.
    private static let mostNamed = 8

    /// One sentence for each of the first ones, in the order of the file, and the number of the others.
    static func notes(of root: DescriptionNode) -> [String] {
        var found: [String] = [], count = 0
        func look(_ node: DescriptionNode?, for known: Set<String>) {
            guard let node, case .mapping(let pairs) = node.content else { return }
            for (key, value) in pairs where !known.contains(key) {
                count += 1
                guard found.count < mostNamed else { continue }
                let name = key.count > 60 ? key.prefix(60) + "…" : Substring(key)
                let place = node.field.isEmpty ? "" : " in \(node.field)"
                found.append("\(value.file), line \(value.line): `\(name)`\(place) is no key that format 0.5 has here, and was ignored")
            }
        }
        look(root, for: model)
        for (list, isOutput) in [("inputs", false), ("outputs", true)] {
            for tensor in root[list]?.entries ?? [] {
                look(tensor, for: isOutput ? self.output : input)
                for axis in tensor["axes"]?.entries ?? [] {
                    look(axis, for: isOutput ? outputAxis : inputAxis)
                    look(axis["size"], for: size)
                }
                for step in tensor[isOutput ? "postprocessing" : "preprocessing"]?.entries ?? [] { look(step, for: self.step) }
                for key in ["test_tensor", "sample_tensor"] { look(tensor[key], for: file) }
            }
        }
        look(root["weights"], for: weights)
        look(root["weights"]?["onnx"], for: onnx)
        look(root["weights"]?["onnx"]?["external_data"], for: file)
        return found + (count > mostNamed ? ["\(count - mostNamed) more keys that format 0.5 does not have were ignored"] : [])
    }

    private static let model: Set = [
        "attachments", "authors", "cite", "config", "covers", "description", "documentation", "format_version", "git_repo", "icon", "id",
        "id_emoji", "inputs", "license", "links", "maintainers", "name", "outputs", "packaged_by", "parent", "run_mode", "tags",
        "timestamp", "training_data", "type", "uploader", "version", "version_comment", "weights",
    ]
    private static let tensor: Set = ["axes", "data", "description", "id", "sample_tensor", "test_tensor"]
    private static let input = tensor.union(["optional", "output_of", "pad", "preprocessing"])
    private static let output = tensor.union(["postprocessing"])
    private static let axis: Set = ["channel_names", "description", "id", "scale", "size", "type", "unit"]
    private static let inputAxis = axis.union(["concatenable"])
    private static let outputAxis = axis.union(["halo"])
    private static let size: Set = ["axis_id", "max", "min", "offset", "step", "tensor_id"]
    private static let step: Set = ["id", "kwargs"]
    private static let file: Set = ["sha256", "source"]
    private static let weights: Set = [
        "keras_hdf5", "keras_v3", "onnx", "pytorch_state_dict", "tensorflow_js", "tensorflow_saved_model_bundle", "torchscript",
    ]
    private static let onnx = file.union(["authors", "comment", "external_data", "opset_version", "parent"])
}

extension DescriptionNode {
    /// The entries of a list; none for anything else.
    fileprivate var entries: [DescriptionNode] { if case .list(let items) = content { items } else { [] } }
}
