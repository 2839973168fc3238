internal import NeuralNetwork

/// Mean, standard deviation and quantiles of groups of elements.
struct TensorStatistics {
    private let values: RealValues
    private let groups: AxisGroups

    init(_ tensor: AxisTensor, groups: AxisGroups) {
        values = RealValues(tensor.tensor.storage)
        self.groups = groups
    }

    /// Mean and population standard deviation (divided by n) of each group; two passes in double precision.
    func meanAndDeviation() -> (mean: [Double], deviation: [Double]) {
        switch values {
        case .single(let values): meanAndDeviation(of: values)
        case .double(let values): meanAndDeviation(of: values)
        }
    }

    private func meanAndDeviation<Value: BinaryFloatingPoint>(of values: [Value]) -> (mean: [Double], deviation: [Double]) {
        let size = Double(groups.size)
        let mean = sums(of: values) { value, _ in value }.map { $0 / size }
        let squares = sums(of: values) { value, group in (value - mean[group]) * (value - mean[group]) }
        return (mean, squares.map { ($0 / size).squareRoot() })
    }

    /// The sum of a term over each group: rows first, then the rows' sums.
    @inline(__always)
    private func sums<Value: BinaryFloatingPoint>(of values: [Value], _ term: (Double, Int) -> Double) -> [Double] {
        var sums = [Double](repeating: 0, count: groups.count)
        groups.forEachRow { start, length, group, step in
            if step == 0 {
                var row = 0.0
                for index in start..<start + length { row += term(Double(values[index]), group) }
                sums[group] += row
            } else {
                for offset in 0..<length { sums[group + offset] += term(Double(values[start + offset]), group + offset) }
            }
        }
        return sums
    }

    /// A quantile of each group; NaN where the group holds a NaN.
    func quantile(_ share: Double, _ method: QuantileMethod) -> [Double] {
        switch values {
        case .single(let values): quantiles(of: values, share, method)
        case .double(let values): quantiles(of: values, share, method)
        }
    }

    private func quantiles<Value: BinaryFloatingPoint>(of values: [Value], _ share: Double, _ method: QuantileMethod) -> [Double] {
        var members = [[Double]](repeating: [], count: groups.count)
        for group in members.indices { members[group].reserveCapacity(groups.size) }
        groups.forEachRow { start, length, group, step in
            for offset in 0..<length { members[group + offset * step].append(Double(values[start + offset])) }
        }
        return members.map { method.quantile(share, of: $0) }
    }
}

/// How a quantile between two elements is made; the names are NumPy's.
enum QuantileMethod {
    /// Linear interpolation between the neighbours of `(n - 1) · share`.
    case linear
    /// The element of rank `ceil(n · share)`.
    case invertedCDF

    /// The quantile of values in any order; `share` from 0 to 1.
    func quantile(_ share: Double, of values: [Double]) -> Double {
        guard !values.isEmpty, !values.contains(where: \.isNaN) else { return .nan }
        switch self {
        case .linear:
            let place = Double(values.count - 1) * share
            let lower = min(max(Int(place.rounded(.down)), 0), values.count - 1)
            let fraction = place - Double(lower)
            let below = RankSelection.value(ofRank: lower, in: values)
            guard fraction > 0, lower + 1 < values.count else { return below }
            let above = RankSelection.value(ofRank: lower + 1, in: values)
            // NumPy's interpolation is anchored at the nearer neighbour.
            return fraction < 0.5 ? below + (above - below) * fraction : above - (above - below) * (1 - fraction)
        case .invertedCDF:
            let rank = Int((Double(values.count) * share).rounded(.up)) - 1
            return RankSelection.value(ofRank: min(max(rank, 0), values.count - 1), in: values)
        }
    }
}
