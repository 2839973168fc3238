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
