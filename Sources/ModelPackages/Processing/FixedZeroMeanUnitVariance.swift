/// `fixed_zero_mean_unit_variance`: (value - mean) / (std + 1e-6) with given numbers, or lists along an axis.
///
/// Format 0.4, whose name for it is `zero_mean_unit_variance` with `mode: fixed`, lets the author choose the small number.
struct FixedZeroMeanUnitVariance: ProcessingStep {
    let id = "fixed_zero_mean_unit_variance"
    let mean: AxisParameter
    let deviation: AxisParameter
    let epsilon: Double
    /// Whether results are float64, as NumPy's are.
    let widens: Bool

    init(_ arguments: StepArguments) throws(PackageError) {
        if arguments.isFormatFour { try arguments.only("mean", "std", "axis", "eps") } else { try arguments.only("mean", "std", "axis") }
        epsilon = try arguments.epsilon()
        widens = arguments.keepsDouble
        _ = try arguments.node.required("mean")
        let node = try arguments.node.required("std")
        mean = try AxisParameter(arguments, key: "mean", default: 0)
        deviation = try AxisParameter(arguments, key: "std", default: 1)
        try mean.checkLength(with: deviation, arguments)
        guard deviation.values.allSatisfy({ $0 >= 1e-6 }) else {
            throw node.fault(found: "a standard deviation below 1e-6", remedy: "write numbers of at least 1e-6")
        }
    }

    var notes: [String] { StepArguments.notes(epsilon: epsilon) }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let groups = try mean.groups(of: tensor, with: deviation, step: id)
        return tensor.mapped(by: groups, widening: widens) { value, group in (value - mean[group]) / (deviation[group] + epsilon) }
    }
}
