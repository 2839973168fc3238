internal import NeuralNetwork

/// `scale_linear`: value · gain + offset; gain and offset are numbers, or lists along an axis.
struct ScaleLinear: ProcessingStep {
    let id = "scale_linear"
    let gain: AxisParameter
    let offset: AxisParameter
    private let keepsDouble: Bool

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("gain", "offset", "axis")
        gain = try AxisParameter(arguments, key: "gain", default: 1)
        offset = try AxisParameter(arguments, key: "offset", default: 0)
        try gain.checkLength(with: offset, arguments)
        keepsDouble = arguments.keepsDouble
    }

    /// Whether results are float64 though the values are not: NumPy's products of whole numbers with others, and with lists, are.
    func widens(_ type: ElementType) -> Bool { keepsDouble && (!type.isReal || gain.axis != nil) }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let groups = try gain.groups(of: tensor, with: offset, step: id)
        let rounded = OperationRounding(tensor, hasLists: gain.axis != nil)
        return tensor.mapped(by: groups, widening: widens(tensor.tensor.elementType)) { value, group in
            rounded(value * rounded(gain[group])) + rounded(offset[group])
        }
    }
}
