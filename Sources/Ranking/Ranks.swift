/// Competition ranks: 1 and the number of strictly better results; equal results share the rank ("min": 1, 1, 3).
/// Agrees with scipy `rankdata(method="min")`.
public enum Ranks {
    /// The ranks of some scores, in their order.
    public static func of(_ scores: [Double], higherIsBetter: Bool) -> [Int] {
        let order = scores.indices.sorted { higherIsBetter ? scores[$0] > scores[$1] : scores[$0] < scores[$1] }
        var ranks = [Int](repeating: 1, count: scores.count)
        for (position, index) in order.enumerated() where position > 0 {
            let previous = order[position - 1]
            ranks[index] = scores[previous] == scores[index] ? ranks[previous] : position + 1
        }
        return ranks
    }

    /// The ranks of values of which some are missing: a missing value ranks behind every value, and missing values share a rank.
    ///
    /// The rank of a missing value is 1 and the number of values. challengeR 1.0.5 takes 1 and the largest rank of a value
    /// instead, which is better than the rank of a bad value where values tie (0.9, 0.9, missing: 2 there, 3 here); with that rule a
    /// failed case could improve an algorithm's rank.
    public static func of(_ values: [Double?], higherIsBetter: Bool) -> [Int] {
        let present = values.indices.filter { values[$0] != nil }
        let ranksOfPresent = of(present.compactMap { values[$0] }, higherIsBetter: higherIsBetter)
        var ranks = [Int](repeating: present.count + 1, count: values.count)
        for (index, rank) in zip(present, ranksOfPresent) { ranks[index] = rank }
        return ranks
    }
}
