internal import NeuralNetwork

/// Mean, standard deviation and quantiles of a tensor that is in memory.
struct TensorStatistics: SampleStatistics {
    private let tensor: AxisTensor
    private let values: RealValues

    init(_ tensor: AxisTensor) {
        self.tensor = tensor
        values = RealValues(tensor.tensor.storage)
    }

    func groupCount(reducing axes: [String]?) -> Int { AxisGroups(of: tensor, reducing: axes).count }

    func meanAndDeviation(reducing axes: [String]?) -> (mean: [Double], deviation: [Double]) {
        let groups = AxisGroups(of: tensor, reducing: axes)
        let size = Double(groups.size)
        let mean = sums(groups) { value, _ in value }.map { $0 / size }
        let squares = sums(groups) { value, group in (value - mean[group]) * (value - mean[group]) }
        return (mean, squares.map { ($0 / size).squareRoot() })
    }

    /// The sum of a term over each group.
    ///
    /// Many small groups are summed in the order of their elements, since exact sums of them all would take too much memory;
    /// such statistics are not streamed.
    private func sums(_ groups: AxisGroups, _ term: (Double, Int) -> Double) -> [Double] {
        guard groups.count > StreamedStatistics.mostGroups else {
            var sums = GroupSums(count: groups.count)
            sums.add(values, groups, term)
            return sums.values
        }
        var sums = [Double](repeating: 0, count: groups.count)
        values.forEach(in: groups) { value, group in sums[group] += term(value, group) }
        return sums
    }

    func quantiles(_ shares: [Double], _ method: QuantileMethod, reducing axes: [String]?) -> [[Double]] {
        let groups = AxisGroups(of: tensor, reducing: axes)
        var members = [[Double]](repeating: [], count: groups.count)
        for group in members.indices { members[group].reserveCapacity(groups.size) }
        values.forEach(in: groups) { value, group in members[group].append(value) }
        return shares.map { share in members.map { method.quantile(share, of: $0) } }
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
        let place = place(share, count: values.count)
        let below = RankSelection.value(ofRank: place.rank, in: values)
        return place.fraction > 0 ? place.value(below: below, above: RankSelection.value(ofRank: place.rank + 1, in: values)) : below
    }

    /// Where a quantile lies among sorted values.
    struct Place {
        /// The rank of the element below it; 0 is the smallest.
        let rank: Int
        /// How far it lies on the way to the next element; 0 if it is the element.
        let fraction: Double

        /// The quantile between two elements; NumPy's interpolation is anchored at the nearer neighbour.
        func value(below: Double, above: Double) -> Double {
            fraction == 0 ? below : fraction < 0.5 ? below + (above - below) * fraction : above - (above - below) * (1 - fraction)
        }
    }

    /// Where a quantile lies among `count` values, at least one.
    func place(_ share: Double, count: Int) -> Place {
        switch self {
        case .linear:
            let place = Double(count - 1) * share
            let lower = min(max(Int(place.rounded(.down)), 0), count - 1)
            let fraction = place - Double(lower)
            return Place(rank: lower, fraction: fraction > 0 && lower + 1 < count ? fraction : 0)
        case .invertedCDF:
            let rank = Int((Double(count) * share).rounded(.up)) - 1
            return Place(rank: min(max(rank, 0), count - 1), fraction: 0)
        }
    }
}
