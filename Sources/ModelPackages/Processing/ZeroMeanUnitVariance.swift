/// `zero_mean_unit_variance`: (value - mean) / (std + eps); mean and population standard deviation of the whole sample over `axes`.
struct ZeroMeanUnitVariance: ProcessingStep {
    let id = "zero_mean_unit_variance"
    let axes: [String]?
    let epsilon: Double

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("axes", "eps")
        axes = try arguments.reducedAxes()
        epsilon = try arguments.epsilon()
    }

    var usesStatistics: Bool { true }

    var notes: [String] { StepArguments.notes(reducing: axes) }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let groups = AxisGroups(of: tensor, reducing: axes)
        let (mean, deviation) = TensorStatistics(tensor, groups: groups).meanAndDeviation()
        return tensor.mapped(by: groups) { value, group in (value - mean[group]) / (deviation[group] + epsilon) }
    }
}
