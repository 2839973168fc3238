/// The closed list of steps.
enum ProcessingSteps {
    /// Reads an entry of `preprocessing` or `postprocessing`.
    ///
    /// - Parameter axes: the tensor's axes, whose names the step's arguments may use.
    static func read(
        _ node: DescriptionNode, axes: [TensorAxis], isPostprocessing: Bool, isFormatFour: Bool = false
    ) throws(PackageError) -> any ProcessingStep {
        let idNode = try node.required("id")
        let id = try idNode.string()
        let empty = DescriptionNode(file: node.file, line: node.line, field: node.field + ".kwargs", content: .mapping([]))
        var extents: [String: Int] = [:]
        for axis in axes { if case .fixed(let extent) = axis.size { extents[axis.id] = extent } }
        let arguments = StepArguments(
            node: node["kwargs"] ?? empty, axes: axes.map(\.id), extents: extents, isFormatFour: isFormatFour,
            keepsDouble: isPostprocessing && !isFormatFour)
        switch id {
        case "ensure_dtype": return try EnsureElementType(arguments)
        case "binarize": return try Binarize(arguments)
        case "clip": return try Clip(arguments)
        case "scale_linear": return try ScaleLinear(arguments)
        case "sigmoid": return try Sigmoid(arguments)
        case "softmax": return try Softmax(arguments)
        case "zero_mean_unit_variance": return try ZeroMeanUnitVariance(arguments)
        case "fixed_zero_mean_unit_variance": return try FixedZeroMeanUnitVariance(arguments)
        case "scale_range": return try ScaleRange(arguments)
        case "scale_mean_variance":
            guard isPostprocessing else {
                throw idNode.fault(
                    .unsupportedStep, found: "`scale_mean_variance` before the network", remedy: "use it in `postprocessing`")
            }
            return try ScaleMeanVariance(arguments)
        case "custom":
            throw idNode.fault(
                .unsupportedStep, found: "the step `custom` is code of the package, which is never run",
                remedy: "build the step into the ONNX network, or submit a program")
        case "stardist_postprocessing", "cellpose_flow_dynamics":
            guard isPostprocessing else {
                throw idNode.fault(.unsupportedStep, found: "`\(id)` before the network", remedy: "use it in `postprocessing`")
            }
            return id == "stardist_postprocessing" ? try StarDistPostprocessing(arguments) : try CellposeFlowDynamics(arguments)
        default:
            throw idNode.fault(
                .unsupportedStep, found: "found \(idNode.summary)",
                remedy: "use ensure_dtype, binarize, clip, scale_linear, sigmoid, softmax, zero_mean_unit_variance, "
                    + "fixed_zero_mean_unit_variance, scale_range, scale_mean_variance, stardist_postprocessing or cellpose_flow_dynamics")
        }
    }
}
