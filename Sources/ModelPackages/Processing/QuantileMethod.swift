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
