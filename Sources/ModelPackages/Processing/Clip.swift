/// `clip`: values below `min` become `min`, values above `max` become `max`; either may be a percentile of the sample.
///
/// As in bioimageio.core 0.11, percentiles over axes of a sample are elements of it (NumPy's `inverted_cdf`); those of a data set, without
/// `axes` or with the batch among them, are interpolated linearly. NaN stays NaN, and where
/// one is among the values of which a percentile is taken, all of them become it.
struct Clip: StatisticalStep {
    let id = "clip"
    let low: Bound?
    let high: Bound?
    let axes: [String]?

    /// A limit.
    enum Bound {
        case value(Double)
        case percentile(Double)
    }

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("min", "max", "min_percentile", "max_percentile", "axes")
        low = try Clip.bound(arguments, "min", "min_percentile", { $0 >= 0 && $0 < 100 }, "a number from 0 to below 100")
        high = try Clip.bound(arguments, "max", "max_percentile", { $0 > 1 && $0 <= 100 }, "a number above 1 and at most 100")
        axes = try arguments.reducedAxes()
        switch (low, high) {
        case (nil, nil):
            throw arguments.node.fault(
                .missing, found: "no limit is given", remedy: "write `min`, `max`, `min_percentile` or `max_percentile`")
        case (.value(let low), .value(let high)) where low >= high, (.percentile(let low), .percentile(let high)) where low >= high:
            throw arguments.node.fault(found: "the lower limit \(low) is not below the upper limit \(high)", remedy: "exchange them")
        default: break
        }
    }

    private static func bound(
        _ arguments: StepArguments, _ key: String, _ percentileKey: String, _ isAllowed: (Double) -> Bool, _ rule: String
    ) throws(PackageError) -> Bound? {
        let value = try arguments.number(key)
        guard arguments.node[percentileKey] != nil else { return value.map(Bound.value) }
        guard value == nil else {
            throw arguments.node.fault(found: "`\(key)` and `\(percentileKey)`", remedy: "write one of them")
        }
        return .percentile(try arguments.number(percentileKey, default: 0, where: isAllowed, rule))
    }

    var usesStatistics: Bool { needsSample }

    var notes: [String] { needsSample ? StepArguments.notes(reducing: axes) : [] }

    func change(_ sample: any SampleStatistics, _ references: [String: any SampleStatistics]) throws(PackageError) -> ElementChange {
        let lows = try limits(low, of: sample)
        let highs = try limits(high, of: sample)
        return ElementChange(axes: needsSample ? axes : nil) { value, group in
            var value = value
            // A percentile of values of which one is NaN is NaN, and so is what it limits.
            if let lows, value < lows[group] || lows[group].isNaN { value = lows[group] }
            if let highs, value > highs[group] || highs[group].isNaN { value = highs[group] }
            return value
        }
    }

    /// Whether a limit is a percentile.
    var needsSample: Bool {
        switch (low, high) {
        case (.percentile, _), (_, .percentile): true
        default: false
        }
    }

    /// Whether percentiles are meant over a data set.
    private var isOfDataSet: Bool { axes?.contains("batch") ?? true }

    private func limits(_ bound: Bound?, of sample: any SampleStatistics) throws(PackageError) -> [Double]? {
        switch bound {
        case nil: nil
        case .value(let value): [Double](repeating: value, count: needsSample ? try sample.groupCount(reducing: axes) : 1)
        case .percentile(let percentile):
            try sample.quantiles([percentile / 100], isOfDataSet ? .linear : .invertedCDF, reducing: axes)[0]
        }
    }
}
