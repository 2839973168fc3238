import Records

/// One line per evaluation: verdicts, the mean of the primary metric over all cases, time and memory.
enum ResultTable {
    static func of(_ records: [EvaluationRecord]) -> TextTable {
        var table = TextTable([
            ("submission", .left), ("cases scored", .right), ("median time", .right), ("peak memory", .right), ("other verdicts", .left),
        ])
        for record in records {
            let usage = record.cases.compactMap { record.host.cases[$0.id] }
            let times = usage.map(\.wallSeconds).sorted()
            let median = times.isEmpty ? nil : (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
            table.add([
                record.submission.name, "\(record.cases.count { $0.verdict == .ok })/\(record.cases.count)",
                Decimals.seconds(median),
                Decimals.mebibytes(usage.compactMap(\.peakMemoryBytes).max()),
                others(record),
            ])
        }
        return table
    }

    private static func others(_ record: EvaluationRecord) -> String {
        record.cases.filter { $0.verdict != .ok }.map { "\($0.id) \($0.verdict.rawValue)" }.joined(separator: ", ")
    }
}
