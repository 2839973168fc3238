import Imaging

/// Reads a case list: CSV with the header `id,image,truth,group` and optionally `spacing`; paths are relative to the list's own folder.
///
/// Quoting as in RFC 4180; one case a line. `spacing` holds micrometres for the input's spatial axes, slowest first,
/// separated by blanks, commas or semicolons (`0.5 0.65 0.65`).
struct CaseList {
    static let columns = ["id", "image", "truth", "group"]
    static let maximumBytes = 64 << 20

    let file: String
    let spatialAxes: [Axis]?
    private(set) var cases: [CaseEntry] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// What is not looked at because lines could not be read.
    private(set) var blindSpots: [BlindSpot] = []

    /// Reads the list at `file` (relative to the challenge folder); the input's spatial axes, where they are known, say how many
    /// spacings there are.
    init(bytes: [UInt8], file: String, spatialAxes: [Axis]?) {
        self.file = file
        self.spatialAxes = spatialAxes
        guard bytes.count <= Self.maximumBytes else {
            report(nil, found: "\(bytes.count) bytes", write: "write at most 64 MiB")
            noteUnread([])
            return
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            report(nil, found: "bytes that are not UTF-8", write: "save the file as UTF-8")
            noteUnread([])
            return
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let table = CSVTable(text)
        for mistake in table.mistakes {
            report(mistake.line, found: mistake.found, write: "write a quote inside quotes twice, and close every quote")
        }
        guard let header = table.rows.first else {
            report(
                nil, found: "an empty file", write: "write the header `\(Self.columns.joined(separator: ","))` and one line for each case")
            return
        }
        guard let positions = readHeader(header) else {
            noteUnread([header.line])
            return
        }
        readRows(table.rows.dropFirst(), positions: positions, width: header.fields.count)
        if table.rows.count == 1 { report(header.line, found: "no cases", write: "write one line for each case") }
    }

    private mutating func readHeader(_ header: CSVTable.Row) -> [String: Int]? {
        let known = Self.columns + ["spacing"]
        var positions: [String: Int] = [:]
        var isComplete = true
        for (index, name) in header.fields.enumerated() {
            guard known.contains(name) else {
                let nearest = Spelling.nearest(to: name, among: known.filter { !header.fields.contains($0) })
                report(
                    header.line, found: "the unknown column \(Quoting.quoted(name))",
                    write: nearest.map { "write `\($0)`" } ?? "remove it; the columns are \(known.joined(separator: ","))")
                isComplete = false
                continue
            }
            if positions[name] != nil {
                report(header.line, found: "the column `\(name)` twice", write: "keep one of them")
                isComplete = false
            }
            positions[name] = index
        }
        for name in Self.columns where positions[name] == nil {
            report(header.line, found: "no column `\(name)`", write: "write the header `\(Self.columns.joined(separator: ","))`")
            isComplete = false
        }
        return isComplete ? positions : nil
    }

    private mutating func readRows(_ rows: ArraySlice<CSVTable.Row>, positions: [String: Int], width: Int) {
        var seen: [String: Int] = [:]
        var unread: [Int] = []
        for row in rows {
            guard row.fields.count == width else {
                report(row.line, found: "\(row.fields.count) fields", write: "write \(width) fields, as in the header")
                unread.append(row.line)
                continue
            }
            func field(_ name: String) -> String { positions[name].map { row.fields[$0] } ?? "" }
            let id = field("id")
            // Predictions are files named by the id, and some file systems do not tell upper from lower case.
            if let earlier = seen[id.lowercased()] {
                report(
                    row.line, found: "the case id \(Quoting.quoted(id)) a second time (first in line \(earlier))",
                    write: "give each case an id of its own, different in more than upper and lower case")
            }
            seen[id.lowercased()] = seen[id.lowercased()] ?? row.line
            if !Identifier.isValid(id) {
                report(row.line, found: "the case id \(Quoting.quoted(id))", write: "use \(Identifier.rule)")
            }
            let image = path(field("image"), column: "image", line: row.line)
            let truth = path(field("truth"), column: "truth", line: row.line)
            let group = field("group")
            if group.isEmpty || group.utf8.count > 256
                || group.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            {
                report(
                    row.line, found: group.isEmpty ? "no group" : "the group \(Quoting.quoted(group))",
                    write: "write the patient, plate or specimen of the case; its id if every case is from another one")
            }
            let spacing = readSpacing(field("spacing"), line: row.line)
            guard let image, let truth else {
                unread.append(row.line)
                continue
            }
            cases.append(CaseEntry(id: id, image: image, truth: truth, group: group, spacing: spacing, line: row.line))
        }
        if !unread.isEmpty { noteUnread(unread) }
    }

    /// Says that cases are not looked at: those of the lines, or all where the lines are none or the header.
    private mutating func noteUnread(_ lines: [Int]) {
        let isPart = !cases.isEmpty || lines.count > 1
        blindSpots.append(
            BlindSpot(file: file, lines: lines, what: isPart ? "images and truths of these lines" : "the cases of this list"))
    }

    /// The path relative to the challenge folder.
    private mutating func path(_ text: String, column: String, line: Int) -> String? {
        guard !text.isEmpty else {
            report(line, found: "no \(column)", write: "write the path of the \(column) file, relative to the folder of this list")
            return nil
        }
        if let mistake = RelativePath.mistake(in: text) {
            report(
                line, found: "the \(column) path \(Quoting.quoted(text)), which \(mistake)",
                write: "write a path below the folder of this list, such as `images/a.png`")
            return nil
        }
        return RelativePath.join(RelativePath.folder(of: file), text)
    }

    private mutating func readSpacing(_ text: String, line: Int) -> [Double]? {
        guard !text.isEmpty else { return nil }
        let parts = text.split { $0 == " " || $0 == "," || $0 == ";" }
        let values = parts.compactMap { Double(String($0)) }.filter { $0.isFinite && $0 > 0 }
        guard values.count == parts.count, !values.isEmpty else {
            report(line, found: "the spacing \(Quoting.quoted(text))", write: "write micrometres above 0, such as `0.65 0.65`")
            return nil
        }
        if let axes = spatialAxes, axes.count != values.count {
            report(
                line, found: "\(values.count == 1 ? "one spacing" : "\(values.count) spacings") \(Quoting.quoted(text))",
                write: "write \(axes.count), for the axes \(axes.map(\.rawValue).joined(separator: ", ")) in this order")
            return nil
        }
        return values
    }

    private mutating func report(_ line: Int?, found: String, write: String) {
        diagnostics.append(Diagnostic(file: file, line: line, found: found, write: write))
    }
}
