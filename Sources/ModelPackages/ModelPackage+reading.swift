extension ModelPackage {
    /// Reads a description that is already parsed.
    init(_ written: DescriptionNode, folder: PackageFolder) throws(PackageError) {
        guard written.isMapping else {
            throw written.fault(.wrongType, found: "found \(written.summary)", remedy: "write a bioimage.io model description")
        }
        let isFormatFour = try ModelPackage.minorVersion(written) == 4
        let root = isFormatFour ? try FormatFour.modernized(written) : written
        var notes: [String] = []
        self.folder = folder
        descriptionFile = root.file
        formatVersion = try root.required("format_version").text()
        name = try root.required("name").text()
        version = try root["version"].map { (node) throws(PackageError) in try node.text() }
        licence = try ModelPackage.licence(root["license"])
        inputs = try ModelPackage.tensors(root.required("inputs"), isOutput: false, isFormatFour: isFormatFour)
        outputs = try ModelPackage.tensors(root.required("outputs"), isOutput: true, isFormatFour: isFormatFour)
        try ModelPackage.checkReferences(root, inputs: inputs, outputs: outputs)
        (weights, externalData, declaredOpset) = try ModelPackage.weights(try root.required("weights"))
        if externalData?.sha256 == nil && externalData != nil {
            notes.append("the external data's sha256 is not declared, so it was not checked")
        }
        if weights.sha256 == nil { notes.append("the weights' sha256 is not declared, so it was not checked") }
        var tolerances: [ReproducibilityTolerance] = []
        if let list = root["config"]?["bioimageio"]?["reproducibility_tolerance"] {
            for entry in try list.list() {
                if let tolerance = try ReproducibilityTolerance(entry, isFormatFour: isFormatFour) { tolerances.append(tolerance) }
            }
        }
        self.tolerances = tolerances
        (standardTolerance, discreteTolerance) = try ReproducibilityTolerance.standards(
            root["config"]?["bioimageio"], isFormatFour: isFormatFour)
        if !isFormatFour { notes += UnknownKeys.notes(of: written) }
        for tensor in inputs + outputs { notes += tensor.stepNotes.map { "\(tensor.id): \($0)" } }
        self.notes = notes
    }

    /// The 4 or 5 of a version that is read here.
    private static func minorVersion(_ root: DescriptionNode) throws(PackageError) -> Int {
        if let type = root["type"], try type.text() != "model" {
            throw type.fault(found: "found \(type.summary)", remedy: "give a package of `type: model`")
        }
        let node = try root.required("format_version")
        let parts = try node.text().split(separator: ".").map { Int($0) }
        guard parts.count >= 2, let major = parts[0], let minor = parts[1] else {
            throw node.fault(found: "found \(node.summary)", remedy: "write a version such as `0.5.4`")
        }
        guard major == 0, minor == 4 || minor == 5 else {
            let remedy =
                (major, minor) < (0, 4)
                ? "update the package with `bioimageio update-format` of bioimageio.core; formats 0.4 and 0.5 are read here"
                : "formats 0.4 and 0.5 are read here; use a newer Concours"
            throw node.fault(.unsupportedVersion, found: "format version \(try node.text())", remedy: remedy)
        }
        return minor
    }

    /// An SPDX name, or a mapping with the file of a custom licence.
    private static func licence(_ node: DescriptionNode?) throws(PackageError) -> String? {
        guard let node else { return nil }
        return node.isMapping ? try node.required("source").text() : try node.text()
    }

    /// The most inputs, and the most outputs.
    private static let mostTensors = 64

    private static func tensors(
        _ node: DescriptionNode, isOutput: Bool, isFormatFour: Bool
    ) throws(PackageError) -> [TensorDescription] {
        var tensors: [TensorDescription] = []
        let entries = try node.list()
        guard entries.count <= mostTensors else {
            throw node.fault(.tooLarge, found: "a list of \(entries.count) tensors", remedy: "describe at most \(mostTensors)")
        }
        for entry in entries {
            let tensor = try TensorDescription(entry, isOutput: isOutput, isFormatFour: isFormatFour)
            guard !tensors.contains(where: { $0.id == tensor.id }) else {
                throw entry.fault(found: "a second tensor `\(tensor.id)`", remedy: "give each tensor its own `id`")
            }
            tensors.append(tensor)
        }
        guard !tensors.isEmpty else { throw node.fault(found: "the list is empty", remedy: "describe the network's tensors") }
        return tensors
    }

    /// Sizes refer to axes that exist, of inputs, and not in a circle; reference tensors are inputs.
    private static func checkReferences(
        _ root: DescriptionNode, inputs: [TensorDescription], outputs: [TensorDescription]
    ) throws(PackageError) {
        for (key, tensors) in [("inputs", inputs), ("outputs", outputs)] {
            let list = try root.required(key).list()
            for (tensor, node) in zip(tensors, list) {
                if key == "outputs", let twin = inputs.first(where: { $0.id == tensor.id }) {
                    throw node.fault(found: "`\(twin.id)` is an input and an output", remedy: "give each tensor its own `id`")
                }
                for (axis, axisNode) in zip(tensor.axes, try node.required("axes").list()) {
                    try checkSize(axis, of: tensor.id, node: axisNode["size"] ?? axisNode, tensors: inputs + outputs)
                    try checkUnit(axis, node: axisNode["unit"] ?? axisNode, tensors: inputs + outputs)
                    try checkHalo(axis, node: axisNode["halo"] ?? axisNode, tensors: inputs + outputs)
                }
                for step in tensor.steps {
                    guard let reference = step.referenceTensor, !inputs.contains(where: { $0.id == reference }) else { continue }
                    throw node.fault(
                        found: "the step `\(step.id)` refers to `\(reference)`, which is no input", remedy: "refer to an input's `id`")
                }
            }
        }
    }

    private static func checkSize(
        _ axis: TensorAxis, of tensor: String, node: DescriptionNode, tensors: [TensorDescription]
    ) throws(PackageError) {
        var size = axis.size
        var hops = 0
        while case .reference(let other, let otherAxis, _) = size {
            guard let target = tensors.first(where: { $0.id == other })?.axes.first(where: { $0.id == otherAxis }) else {
                throw node.fault(found: "the axis `\(otherAxis)` of `\(other)` does not exist", remedy: "refer to an axis of an input")
            }
            guard target.kind != .batch else { throw node.fault(found: "a reference to a batch axis", remedy: "refer to another axis") }
            hops += 1
            guard hops <= tensors.count * 8 else {
                throw node.fault(found: "the size of `\(tensor).\(axis.id)` refers to itself", remedy: "refer to an axis of an input")
            }
            size = target.size
        }
    }

    /// An axis has the unit of the one to which its size refers, since their scales are compared.
    private static func checkUnit(_ axis: TensorAxis, node: DescriptionNode, tensors: [TensorDescription]) throws(PackageError) {
        guard case .reference(let tensor, let id, _) = axis.size,
            let other = tensors.first(where: { $0.id == tensor })?.axes.first(where: { $0.id == id }), other.unit != axis.unit
        else { return }
        func words(_ unit: String?) -> String { unit.map { "the unit `\($0)`" } ?? "no unit" }
        throw node.fault(
            found: "`\(axis.id)` has \(words(axis.unit)), `\(tensor).\(id)`, to which its size refers, \(words(other.unit))",
            remedy: "write the same `unit` for both")
    }

    /// Something is left of an axis of the least extent without its halo.
    private static func checkHalo(_ axis: TensorAxis, node: DescriptionNode, tensors: [TensorDescription]) throws(PackageError) {
        guard axis.halo > 0, let least = leastExtent(of: axis, tensors), least <= 2 * axis.halo else { return }
        throw node.fault(
            found: "a halo of \(axis.halo) at both ends of an axis that may have \(least) elements",
            remedy: "write at most \(max(0, (least - 1) / 2)), or a larger least size of the input")
    }

    /// The least extent that an axis may have; `nil` where the description leaves it open. References do not run in a circle.
    private static func leastExtent(of axis: TensorAxis, _ tensors: [TensorDescription]) -> Int? {
        switch axis.size {
        case .fixed(let extent): return extent
        case .stepped(let least, _), .dataDependent(let least, _): return least
        case .any: return nil
        case .reference(let tensor, let id, let offset):
            guard let other = tensors.first(where: { $0.id == tensor })?.axes.first(where: { $0.id == id }) else { return nil }
            return leastExtent(of: other, tensors).map { scaled($0, by: other.scale / axis.scale) + offset }
        }
    }

    /// The file of the graph, that of its weights where they lie apart, and the version of the operator set.
    private static func weights(
        _ node: DescriptionNode
    ) throws(PackageError) -> (graph: PackageFile, external: PackageFile?, opset: Int?) {
        guard let onnx = node["onnx"] else {
            throw try UnrunnableWeights.fault(node)
        }
        let graph = try PackageFile(onnx)
        let opset = try onnx["opset_version"].map { (node) throws(PackageError) in try node.int(atLeast: 1) }
        guard let entry = onnx["external_data"] else { return (graph, nil, opset) }
        let external = try PackageFile(entry)
        guard external.source != graph.source, external.source.hasSuffix(".data") else {
            throw entry.fault(
                found: "found \(entry.isMapping ? external.source : entry.summary)",
                remedy: "name the second file, such as `external_data: {source: \(graph.source).data}`")
        }
        // The graph names the file by its place beside itself.
        guard external.folder == graph.folder else {
            throw entry.fault(found: "\(external.source) is not beside \(graph.source)", remedy: "put both files into the same folder")
        }
        return (graph, external, opset)
    }
}
