/// `scale_mean_variance`: (value - mean) / (std + eps) · (std of the reference + eps) + mean of the reference.
///
/// The reference is an input before its preprocessing.
struct ScaleMeanVariance: ProcessingStep {
    let id = "scale_mean_variance"
    let axes: [String]?
    let epsilon: Double
    let referenceTensor: String?

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("axes", "eps", "reference_tensor")
        axes = try arguments.reducedAxes()
        epsilon = try arguments.epsilon()
        referenceTensor = try arguments.node.required("reference_tensor").string()
    }

    var usesStatistics: Bool { true }

    var notes: [String] { StepArguments.notes(reducing: axes) }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let groups = AxisGroups(of: tensor, reducing: axes)
        let own = TensorStatistics(tensor, groups: groups).meanAndDeviation()
        let statistics = try ReferenceStatistics.of(tensor, groups: groups, axes: axes, reference: referenceTensor, references, step: id)
        let aim = statistics.meanAndDeviation()
        return tensor.mapped(by: groups) { value, group in
            (value - own.mean[group]) / (own.deviation[group] + epsilon) * (aim.deviation[group] + epsilon) + aim.mean[group]
        }
    }
}
