/// Kendall's rank correlation tau-b: (concordant − discordant pairs) / √((pairs − ties in one) (pairs − ties in the other)).
/// Agrees with scipy `kendalltau` and R `cor(method = "kendall")`.
public enum KendallTau {
    /// The correlation of two rankings of the same things, from -1 to 1; `nil` where one of them ranks all things equal.
    public static func b(_ left: [Int], _ right: [Int]) -> Double? {
        precondition(left.count == right.count, "two rankings of different things")
        var difference = 0
        var untiedLeft = 0
        var untiedRight = 0
        for first in left.indices {
            for second in left.indices.dropFirst(first + 1) {
                let signLeft = (left[first] - left[second]).signum()
                let signRight = (right[first] - right[second]).signum()
                difference += signLeft * signRight
                untiedLeft += signLeft.magnitude == 1 ? 1 : 0
                untiedRight += signRight.magnitude == 1 ? 1 : 0
            }
        }
        guard untiedLeft > 0, untiedRight > 0 else { return nil }
        return Double(difference) / (Double(untiedLeft) * Double(untiedRight)).squareRoot()
    }
}
