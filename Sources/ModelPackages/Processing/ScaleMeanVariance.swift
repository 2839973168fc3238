/// `scale_mean_variance`: (value - mean) / (std + eps) · (std of the reference + eps) + mean of the reference.
///
/// The reference is an input before its preprocessing.
struct ScaleMeanVariance: StatisticalStep {
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

    func change(_ sample: any SampleStatistics, _ references: [String: any SampleStatistics]) throws(PackageError) -> ElementChange {
        let own = try sample.meanAndDeviation(reducing: axes)
        let aim = try reference(of: sample, references, reducing: axes).meanAndDeviation(reducing: axes)
        return ElementChange(axes: axes) { value, group in
            (value - own.mean[group]) / (own.deviation[group] + epsilon) * (aim.deviation[group] + epsilon) + aim.mean[group]
        }
    }
}
