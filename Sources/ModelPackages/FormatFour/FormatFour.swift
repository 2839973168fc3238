/// Descriptions of format 0.4, rewritten in the terms of format 0.5 before they are read.
///
/// Only what is needed to run a model is rewritten; every value keeps the line and field of the file, so that messages point into
/// the file as it is. The rules:
///
/// | 0.4 | 0.5 |
/// |---|---|
/// | `axes: bczyx`, `shape: [...]` or `{min, step}` | a list of axes with fixed or stepped sizes; the batch is free |
/// | `shape: {reference_tensor, scale, offset}` | `extent · scale + 2 · offset`; scale 0: `2 · offset` |
/// | `halo: [...]` | a halo for each axis of space or time |
/// | `name`, `data_type`, `data_range` | `id`, `data` |
/// | `test_inputs`, `sample_inputs` and those of outputs | the tensors' own, by position |
/// | processing by `name`, axes as letters, `mode` | processing by `id`, axes as names, `batch` for `per_dataset` |
/// Source: bioimage.io specification 0.4.10 and its conversion to 0.5.
enum FormatFour {
    /// The names of the axes' letters in format 0.5.
    static let axisNames: [Character: String] = [
        "b": "batch", "c": "channel", "i": "index", "t": "time", "z": "z", "y": "y", "x": "x",
    ]

    /// The description in the terms of format 0.5; `format_version` stays.
    static func modernized(_ root: DescriptionNode) throws(PackageError) -> DescriptionNode {
        let inputs = try root.required("inputs").list()
        let outputs = try root.required("outputs").list()
        var shapes: [String: [String: Int]] = [:]
        var newInputs: [DescriptionNode] = []
        for (index, input) in inputs.enumerated() {
            let files = try TensorFiles(root, "inputs", index, of: inputs.count)
            newInputs.append(try tensor(input, isOutput: false, firstInput: nil, files: files, extents: &shapes))
        }
        var newOutputs: [DescriptionNode] = []
        let first = try inputs.first?.required("name").string()
        for (index, output) in outputs.enumerated() {
            let files = try TensorFiles(root, "outputs", index, of: outputs.count)
            newOutputs.append(try tensor(output, isOutput: true, firstInput: first, files: files, extents: &shapes))
        }
        var pairs = try root.pairs()
        for (index, pair) in pairs.enumerated() {
            if pair.key == "inputs" { pairs[index].value = pair.value.with(.list(newInputs)) }
            if pair.key == "outputs" { pairs[index].value = pair.value.with(.list(newOutputs)) }
        }
        return root.with(.mapping(pairs))
    }

    /// The names of axes for their letters, such as `yx`; a list of letters or names is taken too.
    static func names(_ node: DescriptionNode) throws(PackageError) -> [DescriptionNode] {
        var letters: [String] = []
        if node.isList {
            for item in try node.list() { letters.append(try item.string()) }
        } else {
            letters = try node.string().map(String.init)
        }
        var names: [DescriptionNode] = []
        for letter in letters {
            let known = axisNames.values.contains(letter) ? letter : letter.count == 1 ? axisNames[Character(letter)] : nil
            guard let known else {
                throw node.fault(found: "found \(node.summary)", remedy: "write letters of `bitczyx`, one for each axis")
            }
            names.append(node.text(known))
        }
        return names
    }
}

/// The files of a tensor that format 0.4 lists at the top.
struct TensorFiles {
    let test: DescriptionNode?
    let sample: DescriptionNode?

    init(_ root: DescriptionNode, _ kind: String, _ index: Int, of count: Int) throws(PackageError) {
        test = try TensorFiles.entry(root["test_\(kind)"], index, of: count)
        sample = try TensorFiles.entry(root["sample_\(kind)"], index, of: nil)
    }

    private static func entry(_ list: DescriptionNode?, _ index: Int, of count: Int?) throws(PackageError) -> DescriptionNode? {
        guard let list else { return nil }
        let items = try list.list()
        if let count, items.count != count {
            throw list.fault(found: "\(items.count) files for \(count) tensors", remedy: "name one file for each tensor, in their order")
        }
        return index < items.count ? items[index] : nil
    }
}

extension DescriptionNode {
    /// Another content at the same place.
    func with(_ content: Content) -> DescriptionNode { DescriptionNode(file: file, line: line, field: field, content: content) }

    /// A text at the same place.
    func text(_ text: String) -> DescriptionNode { with(.scalar(text: text, isQuoted: true)) }

    /// A number or truth value at the same place.
    func plain(_ value: some CustomStringConvertible) -> DescriptionNode {
        with(.scalar(text: value.description, isQuoted: false))
    }
}
