/// The values of several algorithms on the same cases, one row per (algorithm, case).
///
/// Algorithms and cases are sorted by the UTF-8 bytes of their names, so that nothing computed from a table depends on the order
/// of its rows. A value that is missing (the case failed, or there is no row) is `nil`.
public struct LongTable: Sendable, Equatable {
    /// One value as it is handed in.
    public struct Row: Sendable, Equatable {
        /// The algorithm or submission.
        public var algorithm: String
        /// The case's id.
        public var caseID: String
        /// What the case belongs to (patient, plate, specimen): the unit of resampling.
        public var group: String
        /// The metric's value; `nil` where the case failed.
        public var value: Double?
        /// Where the row stands, for messages; `nil` for its position among the rows.
        public var line: Int?

        /// Makes a row. Without a group the case is a group of its own.
        public init(algorithm: String, caseID: String, group: String? = nil, value: Double?, line: Int? = nil) {
            self.algorithm = algorithm
            self.caseID = caseID
            self.group = group ?? caseID
            self.value = value
            self.line = line
        }
    }

    /// A case and what it belongs to.
    public struct Case: Sendable, Hashable {
        /// The case's id.
        public let id: String
        /// The patient, plate or specimen.
        public let group: String

        /// Names a case.
        public init(id: String, group: String) {
            self.id = id
            self.group = group
        }
    }

    /// An algorithm and a case.
    public struct Pair: Sendable, Hashable {
        /// The algorithm's name.
        public let algorithm: String
        /// The case's id.
        public let caseID: String

        /// Names a pair.
        public init(algorithm: String, caseID: String) {
            self.algorithm = algorithm
            self.caseID = caseID
        }
    }

    /// The algorithms' names, sorted.
    public let algorithms: [String]
    /// The cases, sorted by id.
    public let cases: [Case]
    /// The values by algorithm and case: `values[algorithm][case]`.
    public let values: [[Double?]]
    /// Pairs for which there was no row at all, sorted; they count as missing values, like rows without a value.
    public let pairsWithoutRow: [Pair]

    /// Makes a table of rows in any order.
    public init(rows: [Row]) throws(RankingError) {
        guard !rows.isEmpty else { throw .noRows }
        algorithms = Self.sortedNames(rows.map(\.algorithm))
        cases = try Self.cases(of: rows)
        let algorithmIndex = Dictionary(uniqueKeysWithValues: zip(algorithms, 0...))
        let caseIndex = Dictionary(uniqueKeysWithValues: zip(cases.map(\.id), 0...))
        var values = [[Double?]](repeating: [Double?](repeating: nil, count: cases.count), count: algorithms.count)
        var lines = [[Int?]](repeating: [Int?](repeating: nil, count: cases.count), count: algorithms.count)
        for (position, row) in rows.enumerated() {
            guard let algorithm = algorithmIndex[row.algorithm], let caseOfRow = caseIndex[row.caseID] else { continue }
            let line = row.line ?? position + 1
            if let first = lines[algorithm][caseOfRow] {
                throw .duplicate(algorithm: row.algorithm, caseID: row.caseID, firstLine: first, secondLine: line)
            }
            // The bound keeps every sum that a ranking forms finite.
            if let value = row.value, !(value.magnitude <= 1e300) {
                throw .unusableValue(algorithm: row.algorithm, caseID: row.caseID, line: line, found: value)
            }
            lines[algorithm][caseOfRow] = line
            values[algorithm][caseOfRow] = row.value
        }
        self.values = values
        var without: [Pair] = []
        for (algorithm, linesOfAlgorithm) in zip(algorithms, lines) {
            for (caseOfTable, line) in zip(cases, linesOfAlgorithm) where line == nil {
                without.append(Pair(algorithm: algorithm, caseID: caseOfTable.id))
            }
        }
        pairsWithoutRow = without
    }

    private static func cases(of rows: [Row]) throws(RankingError) -> [Case] {
        var seen: [String: (group: String, line: Int)] = [:]
        for (position, row) in rows.enumerated() {
            let line = row.line ?? position + 1
            guard let first = seen[row.caseID] else {
                seen[row.caseID] = (row.group, line)
                continue
            }
            guard first.group == row.group else {
                throw .conflictingGroup(
                    caseID: row.caseID, firstLine: first.line, firstGroup: first.group, secondLine: line, secondGroup: row.group)
            }
        }
        return sortedNames(seen.keys).map { Case(id: $0, group: seen[$0]?.group ?? $0) }
    }

    /// The names without repetition, sorted by their UTF-8 bytes.
    static func sortedNames(_ names: some Sequence<String>) -> [String] {
        Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
