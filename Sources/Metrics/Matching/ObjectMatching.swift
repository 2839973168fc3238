/// Objects of the truth and of the prediction, paired one to one.
public struct ObjectMatching: Sendable, Equatable {
    /// The matched pairs, by ascending truth.
    public let pairs: [OverlapCell]
    /// Matched pairs.
    public var truePositives: Int { pairs.count }
    /// Objects of the prediction without a partner.
    public let falsePositives: Int
    /// Objects of the truth without a partner.
    public let falseNegatives: Int
}

extension OverlapTable {
    /// The one-to-one matching with the most pairs whose IoU is at or above a threshold; compared in whole numbers, so that an IoU
    /// of exactly 3/5 reaches 3/5.
    ///
    /// Above 1/2 every object has at most one such partner. At 1/2 an object can have two that are its exact halves, and either
    /// gives the same numbers. Below, the number of pairs is the exact maximum; where several matchings reach it, `pairs` is one of them.
    public func matching(atLeast threshold: Fraction) -> ObjectMatching {
        let eligible = cells.filter { reaches(threshold, $0) }
        return matching(threshold > .oneHalf ? eligible : MaximumMatching.pairs(of: eligible, in: self))
    }

    /// The pairs whose IoU is strictly above 1/2: unique without any search.
    public func matchingAboveOneHalf() -> ObjectMatching {
        matching(cells.filter { 2 * $0.voxels > union($0) })
    }

    private func matching(_ pairs: [OverlapCell]) -> ObjectMatching {
        ObjectMatching(pairs: pairs, falsePositives: prediction.count - pairs.count, falseNegatives: truth.count - pairs.count)
    }

    /// voxels / union >= numerator / denominator, crosswise in 128 bits.
    private func reaches(_ threshold: Fraction, _ cell: OverlapCell) -> Bool {
        let left = UInt64(cell.voxels).multipliedFullWidth(by: UInt64(threshold.denominator))
        let right = UInt64(union(cell)).multipliedFullWidth(by: UInt64(threshold.numerator))
        return (left.high, left.low) >= (right.high, right.low)
    }

    /// The IoU of all pairs; summed from the smallest, so that the names of the labels do not change the last bit.
    func iouSum(_ pairs: [OverlapCell]) -> Double { pairs.map(iou).sorted().reduce(0, +) }
}
