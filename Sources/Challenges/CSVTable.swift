/// Rows and fields of a CSV text (RFC 4180), each row with its line; blank lines are skipped.
struct CSVTable {
    struct Row {
        var line: Int
        var fields: [String]
    }

    struct Mistake {
        var line: Int
        var found: String
    }

    private(set) var rows: [Row] = []
    private(set) var mistakes: [Mistake] = []

    init(_ text: String) {
        var line = 1
        var row = Row(line: 1, fields: [])
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        func endField() {
            row.fields.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        func endRow() {
            endField()
            if row.fields != [""] { rows.append(row) }
            row = Row(line: line, fields: [])
        }
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if isQuoted {
                if byte == UInt8(ascii: "\""), next == UInt8(ascii: "\"") {
                    field.append(byte)
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                    wasQuoted = true
                } else {
                    if byte == UInt8(ascii: "\n") { line += 1 }
                    field.append(byte)
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""):
                    if !field.isEmpty || wasQuoted { mistakes.append(Mistake(line: line, found: "a quote in the middle of a field")) }
                    isQuoted = true
                case UInt8(ascii: ","): endField()
                case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"): break
                case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                    line += 1
                    endRow()
                default: field.append(byte)
                }
            }
            index += 1
        }
        if isQuoted { mistakes.append(Mistake(line: row.line, found: "a quote that is not closed")) }
        if !field.isEmpty || !row.fields.isEmpty || wasQuoted { endRow() }
    }
}
