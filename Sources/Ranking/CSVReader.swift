/// Reads CSV text (RFC 4180) record by record: fields separated by commas, quoted where they hold commas, quotes or line ends;
/// lines end in LF or CRLF; a byte order mark at the beginning is skipped.
struct CSVReader {
    struct Record: Equatable {
        /// The line on which the record begins, counted from 1.
        let line: Int
        let fields: [String]
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next record, `nil` at the end of the text.
    mutating func next() throws(RankingError) -> Record? {
        guard position < bytes.count else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(current == UInt8(ascii: "\"") ? try quotedField() : try plainField())
            switch current {
            case UInt8(ascii: ","):
                position += 1
            case nil:
                return Record(line: start, fields: fields)
            default:
                endLine()
                return Record(line: start, fields: fields)
            }
        }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var isAtLineEnd: Bool {
        current == 0x0A || (current == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A)
    }

    private mutating func endLine() {
        position += current == 0x0D ? 2 : 1
        line += 1
    }

    private mutating func plainField() throws(RankingError) -> String {
        let start = position
        while let byte = current, byte != UInt8(ascii: ","), !isAtLineEnd {
            guard byte != UInt8(ascii: "\"") else {
                throw .malformed(line: line, found: "a quote inside a field", expected: "the whole field in quotes, quotes doubled")
            }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quotedField() throws(RankingError) -> String {
        let start = line
        var field: [UInt8] = []
        position += 1
        while let byte = current {
            position += 1
            if byte == 0x0A { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                field.append(byte)
                continue
            }
            if current == UInt8(ascii: "\"") {
                field.append(byte)
                position += 1
                continue
            }
            guard current == nil || current == UInt8(ascii: ",") || isAtLineEnd else {
                throw .malformed(line: line, found: "text after a closing quote", expected: "a comma or the end of the line")
            }
            return String(decoding: field, as: UTF8.self)
        }
        throw .malformed(line: start, found: "a quoted field without an end", expected: "a closing quote")
    }
}
