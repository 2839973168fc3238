extension LongTable {
    /// The table of one task of a CSV text.
    public struct Task: Sendable, Equatable {
        /// The task's name; `nil` where the text has no column `task`.
        public let name: String?
        /// The values of the task.
        public let table: LongTable
    }

    /// Reads CSV text (RFC 4180) with the columns `algorithm`, `case`, `value` and, if wanted, `task` and `group`, in any order.
    ///
    /// The first line names the columns. Lines end in LF or CRLF; fields may be quoted. A value is a decimal number such as
    /// `0.83` or `1e-3`; an empty field, `NA` or `NaN` is a missing value. Every error names its line: unknown or repeated
    /// columns, lines with too few or too many fields, empty names, numbers that cannot be read, infinite values, and two
    /// lines for the same algorithm, case and task (both lines).
    ///
    /// - Returns: one table per task, sorted by the name of the task.
    public static func tasks(csv text: String) throws(RankingError) -> [Task] {
        var reader = CSVReader(text: text)
        guard let header = try reader.next() else { throw .noRows }
        let columns = try columns(header)
        var rows: [String: [Row]] = [:]
        while let record = try reader.next() {
            let (task, row) = try row(record, columns: columns, count: header.fields.count)
            rows[task, default: []].append(row)
        }
        guard !rows.isEmpty else { throw .noRows }
        var tasks: [Task] = []
        for name in sortedNames(rows.keys) {
            tasks.append(Task(name: columns["task"] == nil ? nil : name, table: try LongTable(rows: rows[name] ?? [])))
        }
        return tasks
    }

    private static func columns(_ header: CSVReader.Record) throws(RankingError) -> [String: Int] {
        let known = ["algorithm", "case", "value", "task", "group"]
        let expected = "the columns algorithm,case,value and, if wanted, task and group"
        var columns: [String: Int] = [:]
        for (position, name) in header.fields.enumerated() {
            guard known.contains(name) else { throw .malformed(line: header.line, found: "the column “\(name)”", expected: expected) }
            guard columns.updateValue(position, forKey: name) == nil else {
                throw .malformed(line: header.line, found: "the column “\(name)” twice", expected: expected)
            }
        }
        for name in known.prefix(3) where columns[name] == nil {
            throw .malformed(line: header.line, found: "no column “\(name)”", expected: expected)
        }
        return columns
    }

    private static func row(_ record: CSVReader.Record, columns: [String: Int], count: Int) throws(RankingError) -> (String, Row) {
        guard record.fields.count == count else {
            throw .malformed(
                line: record.line, found: "a line with \(record.fields.count) of \(count) fields", expected: "as many as in the first line")
        }
        func field(_ column: String) throws(RankingError) -> String? {
            guard let position = columns[column] else { return nil }
            let text = record.fields[position]
            guard column == "value" || !text.isEmpty else {
                throw .malformed(line: record.line, found: "an empty \(column)", expected: "a name")
            }
            return text
        }
        let row = Row(
            algorithm: try field("algorithm") ?? "", caseID: try field("case") ?? "", group: try field("group"),
            value: try value(field("value") ?? "", line: record.line), line: record.line)
        return (try field("task") ?? "", row)
    }

    private static func value(_ text: String, line: Int) throws(RankingError) -> Double? {
        if text.isEmpty || ["na", "nan"].contains(text.lowercased()) { return nil }
        // Swift would also read hexadecimal numbers and words such as `infinity`.
        let isDecimal = text.utf8.allSatisfy { Array("0123456789+-.eE".utf8).contains($0) }
        guard isDecimal, let value = Double(text), value.isFinite else {
            throw .malformed(
                line: line, found: "the value “\(text.prefix(40))”",
                expected: "a finite decimal number, or an empty field, NA or NaN where the case failed")
        }
        return value
    }
}
