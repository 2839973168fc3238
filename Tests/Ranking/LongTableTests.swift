import Ranking
import Testing

@Suite("Tables of values")
struct LongTableTests {
    @Test("A CSV text becomes a table whatever the order of lines and columns, the quoting and the line ends")
    func csv() throws {
        let plain = "algorithm,case,value,group\nb,c2,0.5,g\na,c1,0.25,g\na,c2,NaN,g\n"
        let quoted = "\u{FEFF}group,value,\"case\",algorithm\r\ng,\"\",c2,\"a\"\r\n\"g\",2.5e-1,c1,a\r\ng,.5,c2,b"
        let table = try #require(LongTable.tasks(csv: plain).first)
        #expect(table.name == nil)
        #expect(table.table.algorithms == ["a", "b"])
        #expect(table.table.cases.map(\.id) == ["c1", "c2"])
        #expect(table.table.cases.map(\.group) == ["g", "g"])
        #expect(table.table.values == [[0.25, nil], [nil, 0.5]])
        #expect(table.table.pairsWithoutRow == [LongTable.Pair(algorithm: "b", caseID: "c1")])
        #expect(try LongTable.tasks(csv: quoted) == [table])
    }

    @Test("Quoted fields hold commas, quotes and line ends")
    func quoting() throws {
        let table = try LongTable.tasks(csv: "algorithm,case,value\n\"a,\"\"b\"\"\nc\",1,0\n\"x\",1,1\n")[0].table
        #expect(table.algorithms == ["a,\"b\"\nc", "x"])
        #expect(table.cases[0].group == "1")
    }

    @Test("Tasks are apart, and the same case may occur in each")
    func tasks() throws {
        let tasks = try LongTable.tasks(csv: "task,algorithm,case,value\nt2,a,1,0.1\nt1,a,1,0.2\nt1,b,1,NA\n")
        #expect(tasks.map(\.name) == ["t1", "t2"])
        #expect(tasks[0].table.values == [[0.2], [nil]])
        #expect(tasks[1].table.values == [[0.1]])
    }

    @Test(
        "A bad line is named",
        arguments: [
            ("algorithm,case\n", 1, "no column “value”"), ("algorithm,case,value,score\n", 1, "the column “score”"),
            ("algorithm;case;value\n", 1, "the column “algorithm;case;value”"),
            ("algorithm,case,value,case\n", 1, "the column “case” twice"),
            ("algorithm,case,value\na,1,0\na,2\n", 3, "a line with 2 of 3 fields"),
            ("algorithm,case,value\na,1,0,5\n", 2, "a line with 4 of 3 fields"),
            ("algorithm,case,value\na,1,0\n\na,2,0\n", 3, "a line with 1 of 3 fields"),
            ("algorithm,case,value\na,1,x\n", 2, "the value “x”"),
            ("algorithm,case,value\n\"a\nb\",1,0\na,1,inf\n", 4, "the value “inf”"),
            ("algorithm,case,value\na,1,0x10\n", 2, "the value “0x10”"),
            ("algorithm,case,value\na,1, 1\n", 2, "the value “ 1”"), ("algorithm,case,value\na,1,1e999\n", 2, "the value “1e999”"),
            ("algorithm,case,value\n,1,1\n", 2, "an empty algorithm"), ("algorithm,case,value,group\na,1,1,\n", 2, "an empty group"),
            ("algorithm,case,value\na\"b,1,1\n", 2, "a quote inside a field"),
            ("algorithm,case,value\n\"a\"b,1,1\n", 2, "text after a closing quote"),
            ("algorithm,case,value\n\"a,1,1\nb,2", 2, "a quoted field without an end"),
        ])
    func malformed(_ text: String, _ line: Int, _ found: String) {
        let error = #expect(throws: RankingError.self) { try LongTable.tasks(csv: text) }
        guard case .malformed(line, found, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Two values for one algorithm and case are an error that names both lines")
    func duplicates() {
        #expect(throws: RankingError.duplicate(algorithm: "a", caseID: "1", firstLine: 2, secondLine: 4)) {
            try LongTable.tasks(csv: "algorithm,case,value\na,1,0.1\nb,1,0.1\na,1,0.1\n")
        }
        // A row without a value is a row, too.
        #expect(throws: RankingError.duplicate(algorithm: "a", caseID: "1", firstLine: 1, secondLine: 2)) {
            try LongTable(rows: [.init(algorithm: "a", caseID: "1", value: nil), .init(algorithm: "a", caseID: "1", value: 1)])
        }
        #expect(
            throws: RankingError.conflictingGroup(caseID: "1", firstLine: 2, firstGroup: "g", secondLine: 3, secondGroup: "h")
        ) { try LongTable.tasks(csv: "algorithm,case,value,group\na,1,0.1,g\nb,1,0.1,h\n") }
    }

    @Test("Nothing to rank and values that are no numbers are errors")
    func unusable() {
        #expect(throws: RankingError.noRows) { try LongTable(rows: []) }
        #expect(throws: RankingError.noRows) { try LongTable.tasks(csv: "") }
        #expect(throws: RankingError.noRows) { try LongTable.tasks(csv: "algorithm,case,value\n") }
        for value in [Double.infinity, -.infinity, .nan, 1e301] {
            #expect(throws: RankingError.self) { try LongTable(rows: [.init(algorithm: "a", caseID: "1", value: value)]) }
        }
    }
}
