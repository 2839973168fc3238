/// Means or medians of some columns of values, each value counted as often as its weight says.
///
/// Sums carry their rounding errors along (Neumaier 1974), so that equal sets of values have equal means whatever their order.
struct WeightedAggregate {
    private let aggregate: RankingScheme.Aggregate
    private let columns: [[Double]]
    /// For the median: the positions of each column in ascending order of its values.
    private let orders: [[Int]]

    init(_ aggregate: RankingScheme.Aggregate, of columns: [[Double]]) {
        self.aggregate = aggregate
        self.columns = columns
        orders = aggregate == .median ? columns.map { column in column.indices.sorted { column[$0] < column[$1] } } : []
    }

    /// The aggregate of each column.
    ///
    /// - Parameter weights: how often each position counts, below 2^26; at least one is positive.
    func callAsFunction(weights: [Int]) -> [Double] {
        let total = weights.reduce(0, +)
        switch aggregate {
        case .mean: return columns.map { Self.sum($0, weights: weights) / Double(total) }
        case .median: return zip(columns, orders).map { Self.median($0, order: $1, weights: weights, total: total) }
        }
    }

    private static func sum(_ values: [Double], weights: [Int]) -> Double {
        var sum = 0.0
        var lost = 0.0
        func add(_ term: Double) {
            let next = sum + term
            lost += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
            sum = next
        }
        for (value, weight) in zip(values, weights) where weight > 0 {
            // Two halves of the value whose products with the weight are exact.
            let high = Double(bitPattern: value.bitPattern & ~0x7FF_FFFF)
            add(high * Double(weight))
            add((value - high) * Double(weight))
        }
        return sum + lost
    }

    private static func median(_ values: [Double], order: [Int], weights: [Int], total: Int) -> Double {
        // Of an even number of values the mean of the two in the middle.
        let lower = (total - 1) / 2
        let upper = total / 2
        var passed = 0
        var lowerValue: Double?
        for index in order where weights[index] > 0 {
            passed += weights[index]
            if lowerValue == nil, passed > lower { lowerValue = values[index] }
            if passed > upper, let lowerValue { return (lowerValue + values[index]) / 2 }
        }
        return .nan
    }
}
