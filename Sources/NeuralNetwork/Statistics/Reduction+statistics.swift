#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension Reduction {
    /// Whether what it gives follows from sums and extremes of its values.
    var followsFromStatistics: Bool { result(of: GroupStatistics()) != nil }

    /// What it gives for values of which statistics are known; `nil` if these do not tell.
    func result(of values: GroupStatistics) -> Double? {
        switch kind {
        case .mean: values.mean
        case .sum: values.sum
        case .maximum: values.maximum
        case .minimum: values.minimum
        case .sumOfSquares: values.squares
        case .l2: exponent == 2 ? values.squares.squareRoot() : nil
        case .logSum: log(values.sum)
        case .product, .l1, .logSumExp: nil
        }
    }
}
