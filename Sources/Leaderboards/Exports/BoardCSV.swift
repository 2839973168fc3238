internal import Records

/// The tables as CSV (RFC 4180): UTF-8, a header, CRLF between lines, a point as decimal mark, all digits, an empty field for no value.
///
/// A text that a spreadsheet would take for a formula gets an apostrophe in front; JSON carries it as it is.
enum BoardCSV {
    /// One line a submission.
    static func leaderboard(_ model: BoardModel) -> String {
        var header = [
            "rank", "rank_low", "rank_high", "not_told_apart_from_first", "simulated", "submission", "name", "team", "authors", "kind",
            "coverage",
            "cases", "scored_cases", "median_wall_seconds", "peak_memory_bytes",
        ]
        header += Verdict.allCases.map { "verdict_\($0.rawValue)" }
        if model.ranking.rankingValueName != nil { header.append("ranking_value") }
        for metric in model.metrics { header += [metric.id, metric.id + " low", metric.id + " high"] }
        header += ["submission_sha256", "evaluation_sha256"]
        let rows = model.entries.map { entry -> [String] in
            let standing = entry.standing
            var row = [
                standing.map { "\($0.rank)" } ?? "", number(standing?.interval?.lowerBound), number(standing?.interval?.upperBound),
                standing.map { "\($0.isTiedWithFirst)" } ?? "", "\(entry.isSimulated)", text(entry.submission.name), text(entry.name),
                text(entry.team ?? ""), text(entry.submission.authors.joined(separator: "; ")), text(entry.submission.kind),
                number(coverage(entry, model)), "\(model.caseCount)", "\(entry.scoredCount)", number(entry.medianWallSeconds),
                entry.peakMemoryBytes.map { "\($0)" } ?? "",
            ]
            row += Verdict.allCases.map { verdict in "\(entry.verdicts.first { $0.verdict == verdict }?.count ?? 0)" }
            if model.ranking.rankingValueName != nil { row.append(number(standing?.rankingValue)) }
            for metric in model.metrics {
                let result = entry.result(metric.id)
                row += [number(result?.value), number(result?.interval?.lowerBound), number(result?.interval?.upperBound)]
            }
            return row + [entry.submission.digest.hex, entry.evaluation.hex]
        }
        return table(header.map(text), rows)
    }

    /// One line a submission and case.
    static func cases(_ model: BoardModel) -> String {
        var header = ["submission", "submission_sha256", "simulated", "case", "group", "verdict", "reason"]
        for metric in model.metrics { header += [metric.id, metric.id + " flags"] }
        header += ["wall_seconds", "cpu_seconds", "peak_memory_bytes", "prediction_sha256", "evidence_sha256"]
        let groups = Dictionary(model.cases.map { ($0.id, $0.group) }, uniquingKeysWith: { first, _ in first })
        let rows = model.entries.flatMap { entry in
            entry.cases.map { result -> [String] in
                let record = result.record
                var row = [
                    text(entry.submission.name), entry.submission.digest.hex, "\(entry.isSimulated)", text(record.id),
                    text(groups[record.id] ?? ""), record.verdict.rawValue, text(record.reason ?? ""),
                ]
                for metric in model.metrics {
                    let score = record.scores.first { $0.id == metric.id }
                    row += [number(score?.value), text(score?.flags.joined(separator: " ") ?? "")]
                }
                return row + [
                    number(result.usage?.wallSeconds), number(result.usage?.cpuSeconds),
                    result.usage?.peakMemoryBytes.map { "\($0)" } ?? "", record.prediction?.hex ?? "", record.evidence?.hex ?? "",
                ]
            }
        }
        return table(header.map(text), rows)
    }

    static func coverage(_ entry: BoardEntry, _ model: BoardModel) -> Double? {
        model.caseCount > 0 ? Double(entry.scoredCount) / Double(model.caseCount) : nil
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        ([header] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    /// The shortest text that reads back to the same number.
    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func text(_ text: String) -> String {
        // Control characters would reach the terminal or editor of whoever looks at the file.
        let visible = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isInvisible($0) }))
        var field = visible
        if let first = visible.unicodeScalars.first, "=+-@".unicodeScalars.contains(first) { field = "'" + visible }
        let needsQuotes = field.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
        guard needsQuotes else { return field }
        var quoted = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
