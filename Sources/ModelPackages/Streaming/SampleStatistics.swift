/// Where a step takes statistics of a whole sample from: a tensor in memory, or windows of a sample that is larger than memory.
///
/// Both give the same bits: sums are exact before they are rounded, and quantiles are elements.
protocol SampleStatistics {
    /// The number of groups when these axes run freely; `nil` means all axes.
    func groupCount(reducing axes: [String]?) throws(PackageError) -> Int
    /// Mean and population standard deviation (divided by n) of each group, in double precision; the squares are taken about the mean.
    func meanAndDeviation(reducing axes: [String]?) throws(PackageError) -> (mean: [Double], deviation: [Double])
    /// Quantiles, by share and group; NaN where a group holds a NaN.
    func quantiles(_ shares: [Double], _ method: QuantileMethod, reducing axes: [String]?) throws(PackageError) -> [[Double]]
}

/// How each element of a sample changes once the statistics are known: by its value and its group.
struct ElementChange: Sendable {
    /// The axes that are not told apart by groups; `nil` means all.
    let axes: [String]?
    private let change: @Sendable (Double, Int) -> Double

    init(axes: [String]?, _ change: @escaping @Sendable (Double, Int) -> Double) {
        self.axes = axes
        self.change = change
    }

    /// Changes a whole sample.
    func apply(to tensor: AxisTensor) -> AxisTensor { tensor.mapped(by: AxisGroups(of: tensor, reducing: axes), change) }

    /// Changes a window of a sample of the extents `full`.
    func apply(to window: AxisTensor, at origin: [Int], of full: [Int]) -> AxisTensor {
        window.mapped(by: AxisGroups(of: window, at: origin, of: full, reducing: axes), change)
    }
}

/// A step that changes each element by statistics of the whole sample.
protocol StatisticalStep: ProcessingStep {
    /// The axes over which statistics are taken jointly; `nil` means all.
    var axes: [String]? { get }
    /// Takes the statistics.
    ///
    /// - Parameter references: those of the inputs before their preprocessing, by name.
    func change(_ sample: any SampleStatistics, _ references: [String: any SampleStatistics]) throws(PackageError) -> ElementChange
}

extension StatisticalStep {
    /// Carries the step out on a sample in memory.
    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        var statistics: [String: any SampleStatistics] = [:]
        if let name = referenceTensor, let reference = references[name] { statistics[name] = TensorStatistics(reference) }
        return try change(TensorStatistics(tensor), statistics).apply(to: tensor)
    }

    /// The sample itself, or the input that the step names, which must have as many groups.
    func reference(
        of sample: any SampleStatistics, _ references: [String: any SampleStatistics], reducing axes: [String]?
    ) throws(PackageError) -> any SampleStatistics {
        guard let name = referenceTensor else { return sample }
        guard let other = references[name] else {
            throw PackageError(.tensor, found: "the step `\(id)` needs the input `\(name)`, which was not given", remedy: "give that input")
        }
        let (own, others) = (try sample.groupCount(reducing: axes), try other.groupCount(reducing: axes))
        guard own == others else {
            throw PackageError(
                .tensor, found: "the step `\(id)` takes \(others) statistics from `\(name)` for \(own) groups",
                remedy: "add the axes that only one of the two has to `axes`, so that both have as many")
        }
        return other
    }
}
