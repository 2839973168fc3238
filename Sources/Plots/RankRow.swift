/// One row of a rank plot, drawn into a table cell: how often each rank came out when the cases were drawn anew.
///
/// The area of a circle is proportional to the share, the line is the rank interval, the cross is the median.
/// The numbers stand in the same row of the table, so the drawing is hidden from screen readers.
public struct RankRow: Sendable {
    /// The share of each rank, from rank 1 on; shares lie in 0…1.
    public var shares: [Double]
    /// The interval of the rank.
    public var interval: ClosedRange<Double>?
    /// The median rank.
    public var median: Double?

    /// Makes a row of its parts.
    public init(shares: [Double], interval: ClosedRange<Double>?, median: Double?) {
        self.shares = shares
        self.interval = interval
        self.median = median
    }

    /// The drawing; it fills its box in both directions.
    public var svg: String {
        var content = SVG.rules(at: RankRow.labelledRanks(count: shares.count).map { x(Double($0)) })
        if let interval {
            content += SVG.line("mark", from: x(interval.lowerBound), to: x(interval.upperBound), y: "50%", width: "1.5")
        }
        let largest = min(11, max(4, 200 / Double(max(1, shares.count))))
        for (index, share) in shares.enumerated() where share > 0 {
            content += SVG.circle(
                "blob", x: x(Double(index + 1)), y: "50%", radius: max(0.6, largest * share.squareRoot()), opacity: ".55")
        }
        if let median {
            content += SVG.cross("median", x: x(median), y: "50%", arm: 3)
        }
        return SVG.decoration("ranks", content)
    }

    /// The ranks with their numbers, for the head of the column.
    public static func axis(count: Int) -> String {
        let row = RankRow(shares: Array(repeating: 0, count: count), interval: nil, median: nil)
        return SVG.decoration("axis", labelledRanks(count: count).map { SVG.label("\($0)", x: row.x(Double($0)), y: "80%") }.joined())
    }

    /// At most about a dozen ranks carry a number and a line; the first is one of them.
    private static func labelledRanks(count: Int) -> [Int] {
        guard count > 0 else { return [] }
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { count / $0 <= 12 } ?? max(1, count / 10)
        return step == 1 ? Array(1...count) : [1] + Array(stride(from: step, through: count, by: step))
    }

    private func x(_ rank: Double) -> String {
        SVG.number(4 + 92 * (rank - 0.5) / Double(max(1, shares.count))) + "%"
    }
}
