import Leaderboards
import Records

/// The ranking of a leaderboard in a terminal.
enum BoardTable {
    static func of(_ model: BoardModel) -> TextTable {
        let primary = model.primaryMetric.id
        var table = TextTable([
            ("rank", .right), ("submission", .left), (primary, .right), ("95 % interval", .right), ("ranks", .right), ("cases", .right),
            ("time", .right), ("memory", .right), ("failures", .left),
        ])
        for entry in model.entries {
            let result = entry.result(primary)
            table.add([
                entry.standing.map { "\($0.rank)" } ?? "-", entry.name + (entry.isSimulated ? " (simulated)" : ""),
                Decimals.text(result?.value), Decimals.interval(result?.interval), ranks(entry.standing?.interval),
                "\(entry.scoredCount)/\(model.caseCount)", Decimals.seconds(entry.medianWallSeconds),
                Decimals.mebibytes(entry.peakMemoryBytes),
                entry.verdicts.filter { $0.verdict != .ok }.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", "),
            ])
        }
        return table
    }

    /// An interval of ranks: `1 to 2`, or one number where both ends are the same.
    static func ranks(_ interval: ClosedRange<Double>?) -> String {
        guard let interval else { return "-" }
        let ends = [interval.lowerBound, interval.upperBound].map { $0 == $0.rounded() ? "\(Int($0))" : Decimals.text($0, places: 1) }
        return ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")
    }
}
