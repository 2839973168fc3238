/// `scale_range`: (value - low) / (high - low + eps), where low and high are percentiles of the whole sample over `axes`.
///
/// Percentiles between two values are interpolated linearly, as NumPy does by default. With `reference_tensor` they are those of
/// that input before its preprocessing.
struct ScaleRange: StatisticalStep {
    let id = "scale_range"
    let axes: [String]?
    let lowPercentile: Double
    let highPercentile: Double
    let epsilon: Double
    let referenceTensor: String?

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("axes", "min_percentile", "max_percentile", "eps", "reference_tensor")
        axes = try arguments.reducedAxes()
        lowPercentile = try arguments.number("min_percentile", default: 0, where: { $0 >= 0 && $0 < 100 }, "a number from 0 to below 100")
        highPercentile = try arguments.number(
            "max_percentile", default: 100, where: { $0 > 1 && $0 <= 100 }, "a number above 1 and at most 100")
        guard lowPercentile < highPercentile else {
            throw arguments.node.fault(
                found: "min_percentile \(lowPercentile) is not below max_percentile \(highPercentile)", remedy: "exchange them")
        }
        epsilon = try arguments.epsilon()
        referenceTensor = try arguments.node["reference_tensor"].map { (node) throws(PackageError) in try node.string() }
    }

    var usesStatistics: Bool { true }

    var notes: [String] { StepArguments.notes(reducing: axes) + StepArguments.notes(epsilon: epsilon) }

    func change(_ sample: any SampleStatistics, _ references: [String: any SampleStatistics]) throws(PackageError) -> ElementChange {
        let source = try reference(of: sample, references, reducing: axes)
        let limits = try source.quantiles([lowPercentile / 100, highPercentile / 100], .linear, reducing: axes)
        let (low, high) = (limits[0], limits[1])
        return ElementChange(axes: axes) { value, group in (value - low[group]) / (high[group] - low[group] + epsilon) }
    }
}
