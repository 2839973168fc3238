internal import NeuralNetwork

/// An input or output of a model package.
public struct TensorDescription: Sendable {
    /// The name that the package uses; the ONNX file's own names are matched by position.
    public let id: String
    /// The axes, slowest first.
    public let axes: [TensorAxis]
    /// Whether the model runs without this input.
    public let isOptional: Bool
    /// What the values mean: one entry for all channels or one for each; empty where the file does not say.
    public let data: [TensorData]
    /// The test tensor's file.
    public let testTensor: PackageFile?
    /// The sample's file: an example for people, in any image format.
    public let sampleTensor: PackageFile?
    /// What happens to an input before, or to an output after the network; in this order, with the casts that the format adds.
    public let steps: [any ProcessingStep]
    /// How the author wants an input to be padded to a larger size; `nil` where the file does not say.
    public let padding: Padding?
    /// Whether the format casts what the steps make of an output to float32, since that is its declared type.
    package let endsInSinglePrecision: Bool
    /// The line of the description at which the entry begins.
    public let line: Int

    /// The declared element type, NumPy's name; `float32` where the file does not say.
    public var dataType: String { data.first?.type ?? "float32" }

    /// Whether the declared values are whole numbers or truth values.
    public var isDiscrete: Bool { !dataType.hasPrefix("float") }

    /// The names of the axes.
    public var axisIDs: [String] { axes.map(\.id) }

    /// Whether elements have places in space or time; a condition or a scalar has none.
    public var hasPlaces: Bool { axes.contains { $0.kind == .space || $0.kind == .time } }
}

extension TensorDescription {
    /// The most axes of a tensor, and the most steps before or after the network.
    private static let mostAxes = 8, mostSteps = 32

    /// Reads an entry of `inputs` or `outputs`.
    init(_ node: DescriptionNode, isOutput: Bool, isFormatFour: Bool = false) throws(PackageError) {
        line = node.line
        id = try node["id"].map { (node) throws(PackageError) in try node.string() } ?? (isOutput ? "output" : "input")
        var axes: [TensorAxis] = []
        let axesNode = try node.required("axes")
        if !axesNode.isList {
            throw axesNode.fault(
                .wrongType, found: "found \(axesNode.summary)",
                remedy: "write a list of axes, or `format_version: 0.4.10` for axes as letters")
        }
        let axisNodes = try axesNode.list()
        guard axisNodes.count <= TensorDescription.mostAxes else {
            throw axesNode.fault(
                .tooLarge, found: "a list of \(axisNodes.count) axes", remedy: "describe at most \(TensorDescription.mostAxes)")
        }
        for axisNode in axisNodes {
            let axis = try TensorAxis(axisNode, isOutput: isOutput)
            guard !axes.contains(where: { $0.id == axis.id }) else {
                throw axisNode.fault(found: "a second axis `\(axis.id)`", remedy: "give each axis of a tensor its own `id`")
            }
            axes.append(axis)
        }
        guard !axes.isEmpty else { throw axesNode.fault(found: "the list is empty", remedy: "write the tensor's axes") }
        self.axes = axes
        isOptional = isOutput ? false : try node["optional"].map { (node) throws(PackageError) in try node.bool() } ?? false
        data = try TensorData.read(node["data"], channels: axes.first { $0.kind == .channel }?.channelNames.count ?? 1)
        testTensor = try node["test_tensor"].map { (node) throws(PackageError) in try PackageFile(node) }
        sampleTensor = try node["sample_tensor"].map { (node) throws(PackageError) in try PackageFile(node) }
        if !isOutput, let chained = node["output_of"] {
            throw chained.fault(.unsupportedStep, found: "an input made by another model", remedy: "join both networks into one ONNX file")
        }
        padding = isOutput ? nil : try node["pad"].map { (node) throws(PackageError) in try Padding(node) }
        var steps: [any ProcessingStep] = []
        if let stepsNode = node[isOutput ? "postprocessing" : "preprocessing"] {
            let stepNodes = try stepsNode.list()
            guard stepNodes.count <= TensorDescription.mostSteps else {
                throw stepsNode.fault(
                    .tooLarge, found: "a list of \(stepNodes.count) steps", remedy: "write at most \(TensorDescription.mostSteps)")
            }
            for stepNode in stepNodes {
                steps.append(try ProcessingSteps.read(stepNode, axes: axes, isPostprocessing: isOutput, isFormatFour: isFormatFour))
            }
        }
        let type = data.first?.type ?? "float32"
        self.steps = TensorDescription.completed(steps, of: id, type: type, isOutput: isOutput, isFormatFour: isFormatFour)
        endsInSinglePrecision =
            isOutput && !isFormatFour && type == ElementType.float32.rawValue && !TensorDescription.endsTyped(steps)
    }
}
