/// The paired Wilcoxon signed-rank test by its normal approximation.
///
/// Zero differences are dropped; equal absolute differences get average ranks and the variance its correction for ties; half a
/// rank of correction for continuity. Agrees with R `wilcox.test(paired = TRUE, exact = FALSE)` and with scipy
/// `wilcoxon(zero_method="wilcox", correction=True, method="asymptotic")`; without any difference the p-value is 1, as in R.
public struct WilcoxonSignedRank: Sendable {
    private let differences: [Double]
    /// The positions of the differences other than 0, by ascending magnitude.
    private let order: [Int]

    /// Prepares the test of some paired differences.
    public init(differences: [Double]) {
        self.differences = differences
        order = differences.indices.filter { differences[$0] != 0 }.sorted { differences[$0].magnitude < differences[$1].magnitude }
    }

    /// The one-sided p-value against "the differences are not above 0".
    public func pValueGreater() -> Double {
        pValueGreater(weights: [Int](repeating: 1, count: differences.count))
    }

    /// The same where each difference counts as often as its weight says.
    func pValueGreater(weights: [Int]) -> Double {
        var ranksOfPositive = 0.0
        var count = 0
        var tieTerm = 0.0
        var start = 0
        while start < order.count {
            let magnitude = differences[order[start]].magnitude
            var end = start
            var tied = 0
            var positive = 0
            while end < order.count, differences[order[end]].magnitude == magnitude {
                tied += weights[order[end]]
                if differences[order[end]] > 0 { positive += weights[order[end]] }
                end += 1
            }
            // The average of the ranks count + 1 … count + tied.
            ranksOfPositive += Double(positive) * (Double(count) + Double(tied + 1) / 2)
            tieTerm += Double(tied) * (Double(tied) * Double(tied) - 1)
            count += tied
            start = end
        }
        guard count > 0 else { return 1 }
        let n = Double(count)
        let variance = n * (n + 1) * (2 * n + 1) / 24 - tieTerm / 48
        return NormalDistribution.upperTail((ranksOfPositive - n * (n + 1) / 4 - 0.5) / variance.squareRoot())
    }
}

/// Holm's adjustment of p-values for the number of tests: q of the i-th smallest of N is the largest (N − k + 1) p over k ≤ i, at
/// most 1. Source: Holm 1979; agrees with R `p.adjust(method = "holm")`.
public enum HolmAdjustment {
    /// The adjusted p-values in the order of the given ones.
    public static func adjust(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        var adjusted = pValues
        var largest = 0.0
        for (position, index) in order.enumerated() {
            largest = max(largest, min(1, Double(pValues.count - position) * pValues[index]))
            adjusted[index] = largest
        }
        return adjusted
    }
}
