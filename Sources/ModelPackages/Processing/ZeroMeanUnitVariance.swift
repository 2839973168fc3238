/// `zero_mean_unit_variance`: (value - mean) / (std + eps); mean and population standard deviation of the whole sample over `axes`.
struct ZeroMeanUnitVariance: StatisticalStep {
    let id = "zero_mean_unit_variance"
    let axes: [String]?
    let epsilon: Double

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("axes", "eps")
        axes = try arguments.reducedAxes()
        epsilon = try arguments.epsilon()
    }

    var usesStatistics: Bool { true }

    var notes: [String] { StepArguments.notes(reducing: axes) + StepArguments.notes(epsilon: epsilon) }

    func change(_ sample: any SampleStatistics, _ references: [String: any SampleStatistics]) throws(PackageError) -> ElementChange {
        let (mean, deviation) = try sample.meanAndDeviation(reducing: axes)
        return ElementChange(axes: axes) { value, group in (value - mean[group]) / (deviation[group] + epsilon) }
    }
}
