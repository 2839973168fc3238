import Leaderboards
import Records
import Testing

@Suite("The files beside the pages")
struct BoardExportTests {
    @Test("The table as CSV has every submission with all digits")
    func leaderboardCSV() throws {
        let model = SampleBoard.usual()
        let rows = CSV.rows(try LeaderboardTests.text("leaderboard.csv", of: try Leaderboard(model).files()))
        let header = try #require(rows.first)
        #expect(rows.count == 7)
        #expect(rows.allSatisfy { $0.count == header.count })
        let score = try #require(header.firstIndex(of: "ap@1/2:19/20:1/20"))
        for (row, entry) in zip(rows.dropFirst(), model.entries) {
            #expect(Double(row[score]) == entry.results[0].value)
            #expect(Double(row[score + 1]) == entry.results[0].interval?.lowerBound)
            #expect(row[header.firstIndex(of: "submission") ?? 0] == entry.submission.name)
        }
        let flaky = try #require(rows.first { $0.contains("flaky") })
        #expect(flaky[header.firstIndex(of: "coverage") ?? 0] == "0.625")
        #expect(flaky[header.firstIndex(of: "verdict_crash") ?? 0] == "1")
    }

    @Test("The cases as CSV have one line a submission and case")
    func casesCSV() throws {
        let rows = CSV.rows(try LeaderboardTests.text("cases.csv", of: try Leaderboard(SampleBoard.usual()).files()))
        #expect(rows.count == 1 + 6 * 8)
        let crash = try #require(rows.first { $0.contains("crash") })
        #expect(crash[0] == "flaky" && crash[3] == "c3")
    }

    @Test("A text that a spreadsheet would take for a formula is disarmed, and quoting survives every character")
    func hostileCSV() throws {
        let model = SampleBoard.hostile()
        let files = try Leaderboard(model).files()
        for path in ["leaderboard.csv", "cases.csv"] {
            let rows = CSV.rows(try LeaderboardTests.text(path, of: files))
            #expect(rows.allSatisfy { $0.count == rows[0].count }, "\(path)")
            for field in rows.joined() where Double(field) == nil { #expect(!"=+-@".contains(field.first ?? " "), "\(path): \(field)") }
        }
        let names = CSV.rows(try LeaderboardTests.text("leaderboard.csv", of: files)).dropFirst().map { $0[5] }
        // Control characters and marks of direction are left out: whoever opens the file would not see what they do.
        let visible = SampleBoard.hostileNames.map { name in
            String(
                String.UnicodeScalarView(
                    name.unicodeScalars.filter { scalar in
                        ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
                    }))
        }
        #expect(Set(names) == Set(visible.map { $0.hasPrefix("=") ? "'" + $0 : $0 }))
    }

    @Test("The JSON files carry every name and value as they are")
    func json() throws {
        let model = SampleBoard.hostile()
        let files = try Leaderboard(model).files()
        let board = try JSONValue(parsing: try LeaderboardTests.text("leaderboard.json", of: files))
        for (index, entry) in model.entries.enumerated() {
            let shown = try #require(board["entries"]?[index])
            #expect(shown["submission"]?["name"] == .string(entry.submission.name))
            #expect(shown["submission"]?["simulated"] == .bool(entry.isSimulated))
            #expect(shown["results"]?[0]?["value"] == entry.results[0].value.map { .number($0) })
        }
        #expect(board["metrics"]?[4]?["range"] == [nil, nil])
        let cases = try JSONValue(parsing: try LeaderboardTests.text("cases.json", of: files))
        #expect(cases["submissions"]?[0]?["cases"]?[0]?["id"] == .string("<img src=x onerror=alert(1)>"))
        let pages = files.filter { $0.path.hasPrefix("submissions/") }.map(\.path)
        #expect(pages.count { $0.hasSuffix(".json") } == model.entries.count)
    }

    @Test("The list of files has the SHA-256 of each")
    func manifest() throws {
        let files = try Leaderboard(SampleBoard.usual()).files()
        let list = try JSONValue(parsing: try LeaderboardTests.text("files.json", of: files))
        guard case .object(let digests)? = list["sha256"] else { throw Missing() }
        #expect(Set(digests.keys) == Set(files.map(\.path)).subtracting(["files.json"]))
        for file in files where file.path != "files.json" { #expect(digests[file.path] == .string(Digest(of: file.bytes).hex)) }
    }

    private struct Missing: Error {}
}

/// A reader of CSV as RFC 4180 has it.
enum CSV {
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var field = ""
        var isQuoted = false
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            if isQuoted {
                if scalar != "\"" {
                    field.unicodeScalars.append(scalar)
                } else if scalars.first == "\"" {
                    field.unicodeScalars.append("\"")
                    scalars.removeFirst()
                } else {
                    isQuoted = false
                }
                continue
            }
            switch scalar {
            case "\"" where field.isEmpty: isQuoted = true
            case ",":
                rows[rows.count - 1].append(field)
                field = ""
            case "\r": continue
            case "\n":
                rows[rows.count - 1].append(field)
                field = ""
                rows.append([])
            default: field.unicodeScalars.append(scalar)
            }
        }
        return rows.filter { !$0.isEmpty }
    }
}
